//! Why a session with a dKey can't go on.

use terskel_model::door::DoorReason;

use crate::dkey::message::error;
use crate::failure::Failure;

/// A frame that has no place where it came.
pub(super) fn unexpected(id: u8, waiting_for: &str) -> Failure {
    Failure::new(DoorReason::LockError, format!("0x{id:02x} while waiting for {waiting_for}"))
}

/// A payload of the wrong form.
pub(super) fn malformed(id: u8) -> Failure {
    Failure::new(DoorReason::LockError, format!("0x{id:02x} is malformed"))
}

/// The lock answered one of the phone's frames with an error (7.1).
pub(super) fn refused(code: u8, id: u8) -> Failure {
    let reason = match code {
        error::NOT_AUTHENTICATED | error::AUTHENTICATION_FAILED | error::NO_AVAILABLE_KEYS => {
            DoorReason::KeyRejected
        }
        _ => DoorReason::LockError,
    };
    Failure::new(reason, format!("error {code} for 0x{id:02x}"))
}
