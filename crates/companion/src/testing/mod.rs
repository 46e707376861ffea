//! A phone, a station and an air for tests, in virtual time.

mod air;
mod anchor;
mod home;
mod station;
mod world;

pub(crate) use air::{Air, Fate};
pub(crate) use anchor::Anchor;
pub(crate) use home::{FLAT, HUB, Home, STAIRWELL, engine};
pub(crate) use station::{FakeStation, Mood};
pub(crate) use world::TestWorld;
