//! 0x0001 Request Data, phone (8.1).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | command wanted |
//! | 2 | x | data for that command; none of those used here has any |

use super::id;
use super::reader::Reader;
use crate::nuki::frame::Message;

/// Which command is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestData(pub(crate) u16);

impl RequestData {
    pub(crate) fn encode(self) -> Message {
        Message::new(id::REQUEST_DATA, self.0.to_le_bytes())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        Reader(payload).u16().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::encode_inner;
    use crate::nuki::tests::vectors::{AUTHORIZATION, vector};

    #[test]
    fn d1_and_e12() {
        let wanted = RequestData(id::CHALLENGE);
        assert_eq!(encode_inner(AUTHORIZATION, &wanted.encode()).to_vec(), vector("D1_plaintext"));
        let invited = encode_inner(AUTHORIZATION + 1, &wanted.encode());
        assert_eq!(invited.to_vec(), vector("E12_plaintext_invited_request"));
        assert_eq!(RequestData::decode(&[4, 0]), Some(wanted));
        assert_eq!(RequestData::decode(&[4]), None);
    }
}
