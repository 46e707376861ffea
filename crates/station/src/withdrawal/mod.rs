//! Keys taken away before their time. In one transaction the station stops issuing and writes down an order for each
//! phone; the stream carries it there; the phone wipes, and confirms by a signed event.

pub(crate) mod dismissal;
pub(crate) mod list;
pub(crate) mod loss;
mod order;
pub(crate) mod parting;
pub(crate) mod service_end;
pub(crate) mod session;
pub(crate) mod shift_end;
pub(crate) mod shifts;
mod told;

pub(crate) use list::{by_permission, view};
pub(crate) use order::keys_of_permission;
pub(crate) use told::{Told, load, waiting_for};
