//! Numbers as unsigned LEB128: 7 bits in each byte, the low ones first (7.2).

/// Writes a number in its shortest form.
pub(super) fn encode(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
    bytes
}

/// Reads a number from the front; gives what follows it. `None` for one that has no end or does not fit.
pub(super) fn decode(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u64;
    for (n, byte) in bytes.iter().enumerate().take(5) {
        number |= u64::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(number).ok()?, bytes.get(n + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;
    use proptest::prelude::*;

    #[test]
    fn vectors_of_13_4() {
        for (number, bytes) in [
            (0, "00"),
            (1, "01"),
            (127, "7f"),
            (128, "8001"),
            (300, "ac02"),
            (16384, "808001"),
            (u32::MAX, "ffffffff0f"),
        ] {
            assert_eq!(encode(number), hex(bytes));
            assert_eq!(decode(&hex(bytes)), Some((number, &[][..])));
        }
        for endless in [&[][..], &[0x80], &[0x80; 9], &[0xff, 0xff, 0xff, 0xff, 0x1f]] {
            assert_eq!(decode(endless), None);
        }
    }

    proptest! {
        #[test]
        fn numbers_survive(number: u32, rest in prop::collection::vec(any::<u8>(), 0..4)) {
            let bytes = [encode(number), rest.clone()].concat();
            prop_assert_eq!(decode(&bytes), Some((number, rest.as_slice())));
        }
    }
}
