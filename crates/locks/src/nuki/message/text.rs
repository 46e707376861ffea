//! Text of a fixed width (1): UTF-8, filled up with zeros.

/// Cut at a character boundary.
pub(super) fn encode<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let cut = &text.as_bytes()[..text.floor_char_boundary(N)];
    bytes[..cut.len()].copy_from_slice(cut);
    bytes
}

/// Up to the first zero, leniently.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_and_ends_at_a_zero() {
        assert_eq!(encode::<4>("æøå"), [0xc3, 0xa6, 0xc3, 0xb8]);
        assert_eq!(encode::<5>("æøå"), [0xc3, 0xa6, 0xc3, 0xb8, 0]);
        assert_eq!(decode(b"Anna\0junk"), "Anna");
        assert_eq!(decode(&[0x41, 0xff]), "A\u{fffd}");
        assert_eq!(decode(&encode::<3>("")), "");
    }
}
