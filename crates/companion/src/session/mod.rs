//! Enrolling the phone, signing in and out, and the end of the shift.

mod authority;
mod call;
mod enrol;
mod lead;
mod shift;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;

pub(crate) use authority::ask as ask_authority;
pub(crate) use call::{TokenLife, call};
pub(crate) use enrol::enrol;
pub(crate) use lead::lead;
pub(crate) use shift::keep_time;
pub(crate) use sign_in::sign_in;
pub(crate) use sign_out::sign_out;
