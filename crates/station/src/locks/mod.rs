//! How locks are: what phones tell of them, and what their lead sees.

pub(crate) mod list;
mod report;

pub(crate) use report::{check_report, reported};
