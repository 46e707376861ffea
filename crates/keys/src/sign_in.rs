//! What a phone signs when a worker signs in on it, so that a staff number and a PIN are worth nothing elsewhere.

use terskel_model::{PhoneId, Timestamp};

/// The message to sign and to check: `"terskel/sign-in/1"` ‖ phone id (16 bytes) ‖ time (milliseconds since 1970,
/// signed, 8 bytes) ‖ length of staff number (8 bytes) ‖ staff number (UTF-8) ‖ nonce (the rest). Numbers are
/// big-endian; the length keeps staff number and nonce apart.
#[must_use]
pub fn message(phone: PhoneId, staff_number: &str, at: Timestamp, nonce: &[u8]) -> Vec<u8> {
    let mut message = b"terskel/sign-in/1".to_vec();
    message.extend(phone.0.as_bytes());
    message.extend(at.timestamp_millis().to_be_bytes());
    message.extend((staff_number.len() as u64).to_be_bytes());
    message.extend(staff_number.as_bytes());
    message.extend(nonce);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ADAS_PHONE, evening, hex};

    #[test]
    fn staff_number_and_nonce_cannot_trade_bytes() {
        let one = message(ADAS_PHONE, "4711", evening(), b"2nonce");
        let other = message(ADAS_PHONE, "47112", evening(), b"nonce");
        assert_ne!(one, other);
    }

    #[test]
    fn the_format_stands() {
        let expected = [
            "746572736b656c2f7369676e2d696e2f31",
            "0000000000000000000000000000ada1",
            "0000019bc3c7a640",
            "0000000000000004",
            "34373131",
            "6e6f6e6365",
        ];
        assert_eq!(hex(&message(ADAS_PHONE, "4711", evening(), b"nonce")), expected.concat());
    }
}
