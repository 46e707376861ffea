//! 0x0012 Error Report, lock (8.5).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | error code (10.1) |
//! | 1 | 2 | command it refers to; 0 if the lock could not tell |

use super::id;
use super::reader::Reader;
use crate::nuki::frame::Message;

/// Error codes that something hangs on (10.1).
pub(crate) mod code {
    pub(crate) const BAD_CRC: u8 = 0xfd;
    pub(crate) const BAD_LENGTH: u8 = 0xfe;
    pub(crate) const UNKNOWN: u8 = 0xff;
    pub(crate) const NOT_PAIRING: u8 = 0x10;
    pub(crate) const BAD_AUTHENTICATOR: u8 = 0x11;
    pub(crate) const BAD_PAIRING_PARAMETER: u8 = 0x12;
    pub(crate) const MAX_USER: u8 = 0x13;
    pub(crate) const NOT_AUTHORIZED: u8 = 0x20;
    pub(crate) const BAD_PIN: u8 = 0x21;
    pub(crate) const BAD_NONCE: u8 = 0x22;
    pub(crate) const BAD_PARAMETER: u8 = 0x23;
    pub(crate) const INVALID_AUTH_ID: u8 = 0x24;
    pub(crate) const DISABLED: u8 = 0x25;
    pub(crate) const TIME_NOT_ALLOWED: u8 = 0x27;
    pub(crate) const TOO_MANY_PIN_ATTEMPTS: u8 = 0x28;
    pub(crate) const TOO_MANY_ENTRIES: u8 = 0x29;
    pub(crate) const AUTO_UNLOCK_TOO_RECENT: u8 = 0x40;
    pub(crate) const POSITION_UNKNOWN: u8 = 0x41;
    pub(crate) const MOTOR_BLOCKED: u8 = 0x42;
    pub(crate) const CLUTCH_FAILURE: u8 = 0x43;
    pub(crate) const MOTOR_TIMEOUT: u8 = 0x44;
    pub(crate) const BUSY: u8 = 0x45;
    pub(crate) const CANCELED: u8 = 0x46;
    pub(crate) const NOT_CALIBRATED: u8 = 0x47;
    pub(crate) const MOTOR_POSITION_LIMIT: u8 = 0x48;
    pub(crate) const MOTOR_LOW_VOLTAGE: u8 = 0x49;
    pub(crate) const VOLTAGE_TOO_LOW: u8 = 0x4c;
    pub(crate) const REJECTED: u8 = 0x4e;
    pub(crate) const REJECTED_NIGHT: u8 = 0x4f;
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ErrorReport {
    pub(crate) code: u8,
    pub(crate) command: u16,
}

impl ErrorReport {
    pub(crate) fn encode(self) -> Message {
        let [low, high] = self.command.to_le_bytes();
        Message::new(id::ERROR_REPORT, [self.code, low, high])
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self { code: reader.u8()?, command: reader.u16()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::{decode_plain, encode_inner, encode_plain};
    use crate::nuki::tests::vectors::{AUTHORIZATION, vector};

    #[test]
    fn errors_of_15() {
        for (code, command, wire) in [
            (code::NOT_AUTHORIZED, 0, "F1_not_authorized_on_e201"),
            (code::NOT_PAIRING, id::REQUEST_DATA, "F2_not_pairing"),
            (code::BAD_CRC, id::REQUEST_DATA, "F3_bad_crc"),
        ] {
            let report = ErrorReport { code, command };
            assert_eq!(encode_plain(&report.encode()), vector(wire));
            let payload = decode_plain(&vector(wire)).unwrap().payload;
            assert_eq!(ErrorReport::decode(&payload), Some(report));
        }
        let report = ErrorReport { code: code::TIME_NOT_ALLOWED, command: id::LOCK_ACTION };
        assert_eq!(encode_inner(AUTHORIZATION, &report.encode()).to_vec(), vector("D9_plaintext"));
        assert_eq!(ErrorReport::decode(&[1, 2]), None);
    }
}
