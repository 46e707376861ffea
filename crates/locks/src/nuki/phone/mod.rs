//! The phone's half: [`LockSession`] opens and locks, [`PairingSession`] makes a credential, [`AuthorizationSession`]
//! manages who may come in.

mod act;
mod answer;
mod authorization;
mod authorizations;
mod clock;
mod entries;
mod failure;
mod judge;
mod link;
mod log;
mod next;
mod pair;
mod pairing;
mod session;

use std::time::Duration;

pub use authorization::{Authorization, AuthorizationCommand, AuthorizationEvent, AuthorizationProblem};
pub use authorizations::AuthorizationSession;
pub use pairing::{PairingCommand, PairingEvent, PairingProblem, PairingRequest, PairingSession};
pub use session::LockSession;

use super::{GENERAL, KEYTURNER_SERVICE, USER};
use crate::session::Profile;

/// For the reply to a request (11.2).
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// From ACCEPTED to COMPLETE (11.2).
const DONE_WITHIN: Duration = Duration::from_secs(30);
/// For a whole pairing (11.2).
const PAIRED_WITHIN: Duration = Duration::from_secs(30);

fn profile() -> Profile {
    Profile { service: KEYTURNER_SERVICE, notify: vec![GENERAL, USER] }
}
