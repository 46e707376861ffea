//! Members with tag and length, both varints; numbers in them are big endian in their shortest form (7.2).

use super::varint;

/// Writes a number as a member.
pub(super) fn encode(tag: u32, number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    member(tag, bytes.get(start..).unwrap_or_default())
}

/// Writes a member.
pub(super) fn member(tag: u32, value: &[u8]) -> Vec<u8> {
    let length = varint::encode(u32::try_from(value.len()).unwrap_or(u32::MAX));
    [&varint::encode(tag)[..], &length, value].concat()
}

/// Reads members up to the first that is not whole.
pub(super) fn members(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, rest) = varint::decode(bytes)?;
        let (length, rest) = varint::decode(rest)?;
        let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        bytes = rest;
        Some((tag, value))
    })
}

/// The number in the first member with this tag.
pub(super) fn number(bytes: &[u8], wanted: u32) -> Option<u32> {
    let (_, value) = members(bytes).find(|(tag, _)| *tag == wanted)?;
    (1..=4).contains(&value.len()).then(|| value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;
    use proptest::prelude::*;

    #[test]
    fn vectors_of_13_4() {
        for (tag, value, bytes) in [
            (1, 0, "010100"),
            (2, 60, "02013c"),
            (2, 300, "0202012c"),
            (3, 65536, "0303010000"),
            (5, 2, "050102"),
        ] {
            assert_eq!(encode(tag, value), hex(bytes));
            assert_eq!(number(&hex(bytes), tag), Some(value));
        }
    }

    proptest! {
        #[test]
        fn numbers_survive(tag: u32, value: u32) {
            prop_assert_eq!(number(&encode(tag, value), tag), Some(value));
        }

        #[test]
        fn reading_ends(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(members(&bytes).count() <= bytes.len());
        }
    }
}
