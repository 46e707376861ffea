//! The outside of a record (6.1).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | content type |
//! | 1 | 2 | version `03 03` |
//! | 3 | 2 | length of the body, big endian |
//! | 5 | n | body |

pub(super) const VERSION: [u8; 2] = [3, 3];

/// Content types.
pub(crate) mod content {
    pub(crate) const CHANGE_CIPHER_SPEC: u8 = 0x14;
    pub(crate) const ALERT: u8 = 0x15;
    pub(crate) const HANDSHAKE: u8 = 0x16;
    pub(crate) const APPLICATION: u8 = 0x17;
}

/// One whole record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) content: u8,
    pub(crate) body: &'a [u8],
}

impl<'a> Record<'a> {
    pub(super) fn encode(content: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&[content][..], &VERSION, &length, body].concat()
    }

    /// Reads a payload that must be exactly one record.
    pub(crate) fn decode(payload: &'a [u8]) -> Option<Self> {
        let ([content, major, minor, high, low], body) = payload.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        ([*major, *minor] == VERSION && length == body.len()).then_some(Self { content: *content, body })
    }
}
