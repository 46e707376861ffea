//! What the driver makes of the lock's error codes (10.1).

use terskel_model::door::DoorReason;

use crate::failure::Failure;
use crate::nuki::message::code;

pub(super) fn refused(code: u8, command: u16) -> Failure {
    Failure::new(reason(code), refusal(code, command))
}

/// For the log.
pub(super) fn refusal(code: u8, command: u16) -> String {
    format!("error 0x{code:02x} for 0x{command:04x}")
}

/// What to tell people.
pub(super) fn reason(refused_with: u8) -> DoorReason {
    match refused_with {
        code::TIME_NOT_ALLOWED
        | code::DISABLED
        | code::AUTO_UNLOCK_TOO_RECENT
        | code::REJECTED
        | code::REJECTED_NIGHT => DoorReason::LockNotNow,
        code::NOT_AUTHORIZED => DoorReason::KeyRejected,
        code::BUSY => DoorReason::LockBusy,
        code::MOTOR_BLOCKED | code::CLUTCH_FAILURE | code::MOTOR_TIMEOUT | code::MOTOR_POSITION_LIMIT => {
            DoorReason::Jammed
        }
        code::NOT_CALIBRATED | code::POSITION_UNKNOWN => DoorReason::NotCalibrated,
        code::MOTOR_LOW_VOLTAGE | code::VOLTAGE_TOO_LOW => DoorReason::BatteryEmpty,
        _ => DoorReason::LockError,
    }
}

/// The lock says so of a message that it did not execute: a copy may have been (10.1).
pub(super) fn is_doubtful(code: u8) -> bool {
    matches!(code, code::BAD_NONCE | code::BAD_CRC)
}
