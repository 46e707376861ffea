//! Status codes of results (7.5).

use terskel_model::door::DoorReason;

/// The codes that are known.
pub(crate) mod code {
    pub(crate) const OK: u8 = 0x00;
    pub(crate) const UNKNOWN_COMMAND: u8 = 0x03;
    pub(crate) const BUSY: u8 = 0x05;
    pub(crate) const ARGUMENT_ERROR: u8 = 0x06;
    pub(crate) const NOTHING_CHANGED: u8 = 0x07;
    pub(crate) const UNSUPPORTED_ARGUMENT: u8 = 0x09;
    pub(crate) const CRITICAL_BATTERY: u8 = 0x0b;
    pub(crate) const BAD_STATE: u8 = 0x15;
    pub(crate) const INVALID_DATA: u8 = 0x16;
    pub(crate) const BLOCKED: u8 = 0x17;
    pub(crate) const HARDWARE_FAILURE: u8 = 0x18;
    pub(crate) const TIMEOUT: u8 = 0x19;
    pub(crate) const NOT_PERMITTED: u8 = 0x40;
    pub(crate) const NOT_LOGGED_IN: u8 = 0x41;
    pub(crate) const TOKEN_UNKNOWN: u8 = 0x5e;
    pub(crate) const TOKEN_NOT_YET: u8 = 0x5f;
    pub(crate) const TOKEN_EXPIRED: u8 = 0x60;
    pub(crate) const LAST_OF_TOKEN: u8 = 0x73;
}

/// A status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u8);

impl Status {
    /// The door is as it was asked to be: also where it was so before.
    pub(crate) fn is_done(self) -> bool {
        matches!(self.0, code::OK | code::NOTHING_CHANGED)
    }

    /// The command may have moved the bolt although it failed: the motor was at work, or nobody knows the code.
    pub(crate) fn may_have_moved(self) -> bool {
        matches!(self.0, code::HARDWARE_FAILURE | code::TIMEOUT) || self.label() == "UNKNOWN"
    }

    /// What it means for whoever stands at the door. That 0x5F and 0x60 are about time is known of simulated locks
    /// alone.
    pub(crate) fn reason(self) -> DoorReason {
        match self.0 {
            code::BUSY => DoorReason::LockBusy,
            code::CRITICAL_BATTERY => DoorReason::BatteryEmpty,
            code::BLOCKED => DoorReason::Jammed,
            code::TOKEN_NOT_YET | code::TOKEN_EXPIRED => DoorReason::KeyExpired,
            code::NOT_PERMITTED | code::NOT_LOGGED_IN | code::TOKEN_UNKNOWN..=code::LAST_OF_TOKEN => {
                DoorReason::KeyRejected
            }
            _ => DoorReason::LockError,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self.0 {
            code::OK => "OK",
            code::UNKNOWN_COMMAND => "UNKNOWN_COMMAND",
            code::BUSY => "BUSY",
            code::ARGUMENT_ERROR => "ARGUMENT_ERROR",
            code::NOTHING_CHANGED => "NOTHING_CHANGED",
            code::UNSUPPORTED_ARGUMENT => "UNSUPPORTED_ARGUMENT",
            code::CRITICAL_BATTERY => "CRITICAL_BATTERY",
            code::BAD_STATE => "BAD_STATE",
            code::INVALID_DATA => "INVALID_DATA",
            code::BLOCKED => "BLOCKED",
            code::HARDWARE_FAILURE => "HARDWARE_FAILURE",
            code::TIMEOUT => "TIMEOUT",
            code::NOT_PERMITTED => "NOT_PERMITTED",
            code::NOT_LOGGED_IN => "NOT_LOGGED_IN",
            code::TOKEN_UNKNOWN..=code::LAST_OF_TOKEN => "TOKEN_VALIDITY",
            _ => "UNKNOWN",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (0x{:02x})", self.label(), self.0)
    }
}
