//! Dispatches, from the response centre to the closed visit.

pub(crate) mod accept;
mod changed;
pub(crate) mod create;
pub(crate) mod deadlines;
pub(crate) mod decline;
mod load;
mod project;
pub(crate) mod read;

pub(crate) use accept::swap;
pub(crate) use changed::{changed, next_revision};
pub(crate) use load::{CALLED, CALLED_BEFORE_MS, Loaded, doors, hub, load, load_state, lock, resident};
pub(crate) use project::{Viewer, outside, project};
