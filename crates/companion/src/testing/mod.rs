//! A phone, a station and an air for tests, in virtual time.

mod anchor;

pub(crate) use anchor::Anchor;
