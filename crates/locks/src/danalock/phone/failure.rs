//! Why a session can't go on.

use terskel_model::door::DoorReason;

use crate::danalock::afi::Status;
use crate::danalock::tls::TlsError;

/// A reason for people and a detail for the log.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: DoorReason,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn new(reason: DoorReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// The lock does not let the token in.
    pub(super) fn login(status: Status) -> Self {
        Self::new(status.reason(), format!("login: the lock answers {status}"))
    }

    /// A message that has no place where it came.
    pub(super) fn unexpected(what: &str) -> Self {
        Self::new(DoorReason::LockError, format!("{what} that was not asked for"))
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        let reason = match error {
            TlsError::Certificate(_) | TlsError::Signature => DoorReason::WrongDevice,
            TlsError::Profile(_) => DoorReason::Unsupported,
            TlsError::Unexpected(_)
            | TlsError::Seal
            | TlsError::Finished
            | TlsError::Alert
            | TlsError::Entropy => DoorReason::LockError,
        };
        Self::new(reason, error.to_string())
    }
}
