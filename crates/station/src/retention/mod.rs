//! What has reached the end of its time is erased by the station itself: `docs/retention.md`, as code. [`rules`] says what,
//! [`periods`] after how long, [`run`] when and how; `table` holds the schema against them.

mod periods;
mod rules;
mod run;
#[cfg(test)]
mod table;

pub use periods::{Retention, RetentionError};
pub(crate) use run::{Turn, erase_due, watch};
