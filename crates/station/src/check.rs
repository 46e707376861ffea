//! Rules for single fields; the problem names the field.

use chrono::Datelike;
use terskel_model::{Timestamp, name};

use crate::problem::{Failure, invalid};

/// 1 to `max` characters.
pub(crate) fn required(field: &str, text: &str, max: usize) -> Result<String, Failure> {
    name::required(text, max).map_err(|e| invalid(field, e.to_string()))
}

/// 0 to `max` characters.
pub(crate) fn optional(field: &str, text: &str, max: usize) -> Result<String, Failure> {
    name::optional(text, max).map_err(|e| invalid(field, e.to_string()))
}

/// A time that a clock may show, however wrong it is. Beyond these years, some readers of dates give up.
pub(crate) fn this_age(field: &str, at: Timestamp) -> Result<Timestamp, Failure> {
    if (2000..=2200).contains(&at.year()) { Ok(at) } else { Err(invalid(field, "is not a time of this age")) }
}

/// Exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(field: &str, bytes: &[u8]) -> Result<[u8; N], Failure> {
    bytes.try_into().map_err(|_| invalid(field, format!("must be {N} bytes")))
}

/// A Bluetooth address, as `AA:BB:CC:DD:EE:FF` with any case; gives it in capitals.
pub(crate) fn bluetooth_address(field: &str, text: &str) -> Result<String, Failure> {
    let parts: Vec<&str> = text.split(':').collect();
    let good = parts.len() == 6
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()));
    if good { Ok(text.to_ascii_uppercase()) } else { Err(invalid(field, "is not AA:BB:CC:DD:EE:FF")) }
}

/// 4 to 12 digits. The text of the problem says nothing about the PIN.
pub(crate) fn pin(field: &str, pin: &str) -> Result<(), Failure> {
    if (4..=12).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(invalid(field, "must be 4 to 12 digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_six_pairs_of_hex_digits() {
        assert_eq!(bluetooth_address("a", "aa:bb:cc:dd:ee:0f").unwrap(), "AA:BB:CC:DD:EE:0F");
        for wrong in ["", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:gg", "aabbccddeeff", "+a:bb:cc:dd:ee:ff"] {
            assert!(bluetooth_address("a", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pin_is_four_to_twelve_digits() {
        assert!(pin("pin", "4711").is_ok() && pin("pin", "123456789012").is_ok());
        for wrong in ["", "123", "1234567890123", "12a4", "１２３４"] {
            assert!(pin("pin", wrong).is_err(), "{wrong}");
        }
    }
}
