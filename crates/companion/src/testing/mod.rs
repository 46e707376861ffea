//! A phone, a station and an air for tests, in virtual time.

mod air;
mod anchor;
mod home;
mod station;
mod toy;
mod weather;
mod world;

pub(crate) use air::{Air, Fate};
pub(crate) use anchor::{Anchor, TIME_IS_REAL};
pub(crate) use home::{FLAT, HUB, Home, STAIRWELL, engine, engine_on, store_key};
pub(crate) use station::{FakeStation, Firsts, Flaw, Mood};
pub(crate) use weather::Weather;
pub(crate) use world::TestWorld;

use terskel_locks::family::Families;
use terskel_locks::{danalock, dkey, nuki};

/// The families of this build, and one line for one more.
pub(crate) static FAMILIES: Families = &[&danalock::Danalock, &dkey::Dkey, &nuki::Nuki, &toy::Toy];
