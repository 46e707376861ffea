//! Who is asking.

mod caller;
mod pin;
mod throttle;
pub(crate) mod token;

pub(crate) use caller::{Administrator, AnySession, Centre, PhoneSession, TeamLead, phone_keys};
pub(crate) use pin::{PinCheck, hash_pin};
pub(crate) use throttle::{Attempt, Ticket, locked_out, slow_down};
pub use token::Role;
