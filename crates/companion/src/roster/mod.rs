//! The homes of the team on shift: fetched page by page, kept fresh, and found by any part of a name or an address.

#[cfg(test)]
mod bench;
mod fetch;
mod find;
mod fold;
mod order;
#[cfg(test)]
mod tests;

pub(crate) use fetch::keep_roster;
pub(crate) use find::find_homes;
pub(crate) use fold::folded;
pub(crate) use order::{Alphabet, norwegian, swedish};
