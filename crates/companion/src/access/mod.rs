//! Who may get in, for a worker who leads the team: looking, giving, taking away, and a phone that is lost.
//!
//! Nothing of it is queued: a lead must know whether it has happened. It is asked of the station while the lead waits, under an
//! id that makes asking again the same thing, and what is shown is the station's own answer. That lies in memory alone, as long
//! as the lead looks at it, and is read again meanwhile.

mod desk;
mod give;
mod look;
mod lose;
mod take_away;
#[cfg(test)]
mod tests;

pub(crate) use desk::{AccessDesk, AccessLive, Subject};
pub(crate) use give::{NewAccess, give};
pub(crate) use look::{look, stop_looking};
pub(crate) use lose::report_lost;
pub(crate) use take_away::take_away;
