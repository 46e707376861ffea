//! Breaking the glass: in an emergency a worker on shift opens a home of the own team without permission or dispatch. It
//! needs a reason, gives keys for a quarter of an hour, is told to lead and response centres at once, and waits for a lead's
//! review.

pub(crate) mod list;
pub(crate) mod notices;
pub(crate) mod open;
pub(crate) mod review;

pub(crate) use list::one_for;
