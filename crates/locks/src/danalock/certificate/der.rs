//! Strict DER, as far as certificates and signatures need it: definite lengths in their shortest form.

pub(super) mod tag {
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const BIT_STRING: u8 = 0x03;
    pub(in super::super) const OCTET_STRING: u8 = 0x04;
    pub(in super::super) const OID: u8 = 0x06;
    pub(in super::super) const UTF8_STRING: u8 = 0x0c;
    pub(in super::super) const PRINTABLE_STRING: u8 = 0x13;
    pub(in super::super) const UTC_TIME: u8 = 0x17;
    pub(in super::super) const GENERALIZED_TIME: u8 = 0x18;
    pub(in super::super) const SEQUENCE: u8 = 0x30;
    pub(in super::super) const SET: u8 = 0x31;
    pub(in super::super) const CONTEXT_0: u8 = 0xa0;
    pub(in super::super) const CONTEXT_3: u8 = 0xa3;
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// Tag and length included.
    pub(super) whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// All of the bytes are one element with this tag: its content.
    pub(super) fn only(bytes: &'a [u8], tag: u8) -> Option<&'a [u8]> {
        let mut reader = Self(bytes);
        let element = reader.expect(tag)?;
        reader.is_empty().then_some(element.content)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next element, whatever it is.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let ([tag, first], rest) = self.0.split_first_chunk()?;
        // Tags of more than one byte are not in use.
        let tag = Some(*tag).filter(|tag| tag & 0x1f != 0x1f)?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81 => {
                let (length, rest) = rest.split_first()?;
                (Some(usize::from(*length)).filter(|length| *length >= 0x80)?, rest)
            }
            0x82 => {
                let (length, rest) = rest.split_first_chunk()?;
                (Some(usize::from(u16::from_be_bytes(*length))).filter(|length| *length >= 0x100)?, rest)
            }
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Element { tag, content, whole })
    }

    /// The next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }
}

/// The magnitude of a number that must not be negative, without leading zeros.
pub(super) fn unsigned(content: &[u8]) -> Option<&[u8]> {
    match content {
        [0] => Some(&[]),
        [0, high, ..] if *high < 0x80 => None,
        [0, rest @ ..] => Some(rest),
        [high, ..] if *high < 0x80 => Some(content),
        _ => None,
    }
}

/// Writes an element.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let header: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [header, &content].concat()
}

/// Writes a number that is not negative.
pub(super) fn integer(magnitude: &[u8]) -> Vec<u8> {
    let start = magnitude.iter().position(|byte| *byte != 0).unwrap_or(magnitude.len());
    let digits = magnitude.get(start..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_none_or(|high| *high >= 0x80) { &[0] } else { &[] };
    element(tag::INTEGER, &[sign, digits])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_definite_and_shortest() {
        for bad in [&[0x30, 0x80, 0, 0][..], &[0x30, 0x81, 1, 0], &[0x30, 0x82, 0, 1, 0], &[0x1f, 1, 0], &[2]]
        {
            assert_eq!(Reader::new(bad).next(), None, "{bad:?}");
        }
        assert_eq!(Reader::only(&[2, 1, 5, 0], tag::INTEGER), None, "something follows");
    }

    #[test]
    fn numbers() {
        assert_eq!(integer(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
        for bad in [&[][..], &[0x80], &[0, 1]] {
            assert_eq!(unsigned(bad), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(content in prop::collection::vec(any::<u8>(), 0..700)) {
            let written = element(tag::OCTET_STRING, &[&content]);
            prop_assert_eq!(Reader::only(&written, tag::OCTET_STRING), Some(content.as_slice()));
        }

        #[test]
        fn numbers_survive(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let written = integer(&bytes);
            let magnitude = unsigned(Reader::only(&written, tag::INTEGER).unwrap()).unwrap();
            prop_assert!(bytes.ends_with(magnitude) && bytes[..bytes.len() - magnitude.len()].iter().all(|b| *b == 0));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut reader = Reader::new(&bytes);
            while reader.next().is_some() {}
        }
    }
}
