//! The name of a lock: its 6-byte serial, everywhere (chapter 1).

use std::fmt;

/// A lock's serial; also its address in frames. Shown as 12 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Serial(pub [u8; 6]);

impl Serial {
    /// Reads the canonical form: 12 lower-case hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let canonical = text.len() == 12 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(text, 16).ok().filter(|_| canonical)?;
        number.to_be_bytes().last_chunk().copied().map(Self)
    }

    /// As certificates spell it: upper case (6.6).
    #[must_use]
    pub(crate) fn common_name(self) -> String {
        self.to_string().to_ascii_uppercase()
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        let serial = Serial([0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]);
        assert_eq!(Serial::parse("0a1b2c3d4e5f"), Some(serial));
        assert_eq!(
            (serial.to_string(), serial.common_name()),
            ("0a1b2c3d4e5f".into(), "0A1B2C3D4E5F".into())
        );
        for other in ["0A1B2C3D4E5F", "0a:1b:2c:3d:4e:5f", "0a1b2c3d4e5", "+a1b2c3d4e5f", "", "nonsense"] {
            assert_eq!(Serial::parse(other), None, "{other}");
        }
    }
}
