//! 0x0019 Set PIN, phone (8.10): the new PIN, 2 bytes or 4; then challenge and old PIN.

use crate::nuki::Generation;

/// The new PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SetPin(pub(crate) u32);

impl SetPin {
    /// Exactly as many bytes as the generation's PIN has, and no more digits.
    pub(crate) fn decode(body: &[u8], generation: Generation) -> Option<Self> {
        let pin = match (generation, body) {
            (Generation::Classic, [a, b]) => u16::from_le_bytes([*a, *b]).into(),
            (Generation::Ultra, [a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
            _ => return None,
        };
        (pin <= generation.largest_pin()).then_some(Self(pin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generation_says_how_long_it_is() {
        let pin = |body: &[u8], generation| SetPin::decode(body, generation).map(|pin| pin.0);
        assert_eq!(pin(&[0xd2, 4], Generation::Classic), Some(1234));
        assert_eq!(pin(&[0x40, 0xe2, 1, 0], Generation::Ultra), Some(123_456));
        assert_eq!(pin(&[0x10, 0x27], Generation::Classic), None);
        assert_eq!((pin(&[1], Generation::Classic), pin(&[1, 2], Generation::Ultra)), (None, None));
    }
}
