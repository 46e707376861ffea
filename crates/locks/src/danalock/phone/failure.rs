//! Why a session with a Danalock can't go on.

use terskel_model::door::DoorReason;

use crate::danalock::afi::Status;
use crate::danalock::tls::TlsError;
use crate::failure::Failure;

/// The lock does not let the token in.
pub(super) fn login(status: Status) -> Failure {
    Failure::new(status.reason(), format!("login: the lock answers {status}"))
}

/// A message that has no place where it came.
pub(super) fn unexpected(what: &str) -> Failure {
    Failure::new(DoorReason::LockError, format!("{what} that was not asked for"))
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
