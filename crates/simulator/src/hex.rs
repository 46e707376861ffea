//! Bytes as hex digits in files and on the control API.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// `N` bytes of `2·N` hex digits. `None`: another length or another character.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    if text.len() != 2 * N {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}

/// Any number of bytes, two digits each. `None`: half a byte, or another character.
pub(crate) fn decode_all(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| Some(decode::<1>(std::str::from_utf8(pair).ok()?)?[0]);
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in pairs {
        bytes.push(byte(pair)?);
    }
    Some(bytes)
}

/// Lower-case hex digits, wiped when dropped: the bytes may be a secret.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(*decode::<3>("00fFa1").unwrap(), [0, 255, 0xa1]);
        assert_eq!(*encode(&[0, 255, 0xa1]), "00ffa1");
        for wrong in ["", "00ffa", "00ffa1b2", "00ff+1", "00ffæ"] {
            assert!(decode::<3>(wrong).is_none(), "{wrong}");
        }
        assert_eq!(*decode_all("00fFa1").unwrap(), [0, 255, 0xa1]);
        assert!(decode_all("00f").is_none() && decode_all("0x").is_none());
    }
}
