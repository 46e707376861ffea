//! Who is asking.

mod caller;
mod credential;
mod nonce;
mod phone;
mod phone_token;
mod pin;
mod proof;
mod secrets;
mod throttle;
pub(crate) mod token;

pub(crate) use caller::{Administrator, AnySession, Centre, LeadOrAdministrator, TeamLead};
pub(crate) use nonce::offer_nonce;
pub(crate) use phone::{PhoneSession, RefreshSession, phone_keys};
pub(crate) use phone_token::{Kind, PhoneToken};
pub use pin::PinWork;
pub(crate) use pin::{PinCheck, hash_pin};
pub(crate) use secrets::SessionSecrets;
pub(crate) use throttle::{Attempt, Ticket, locked_out, slow_down};
pub use token::Role;
