//! The phone's half: [`LockSession`] opens and locks, [`AssociationSession`] makes a credential.

mod associate;
mod authenticate;
mod failure;
mod identify;
mod operate;
mod session;

use std::time::Duration;

pub use associate::{AssociationCommand, AssociationEvent, AssociationProblem, AssociationSession};
pub use session::LockSession;

use super::{FROM_SERVER, SERVICE, TO_SERVER};
use crate::session::Profile;

/// For every frame that is awaited (chapter 8, \[S\]).
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// For the outcome of an operation (chapter 8, \[S\]).
const OUTCOME_WITHIN: Duration = Duration::from_secs(10);

fn profile() -> Profile {
    Profile { service: SERVICE, notify: vec![TO_SERVER, FROM_SERVER] }
}
