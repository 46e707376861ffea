//! What the two sides exchange to agree on a secret.
//!
//! ECDHPublicCmd 0x17 (lock) and ECDHPublicReplyCmd 0x18 (phone): 64 bytes, `X || Y`.
//!
//! AssociationParametersCmd 0x09 (lock):
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | key holder id |
//! | 4 | 16 | wrapped: what the secret's first half is masked with |

use super::id;
use crate::dkey::frame::Frame;

/// The lock's public key.
pub(crate) fn public_key(key: Vec<u8>) -> Frame {
    Frame::new(id::PUBLIC_KEY, key)
}

/// The phone's public key.
pub(crate) fn public_key_reply(key: Vec<u8>) -> Frame {
    Frame::new(id::PUBLIC_KEY_REPLY, key)
}

/// What the lock adds to the key agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AssociationParameters {
    pub(crate) key_holder_id: [u8; 4],
    pub(crate) wrapped: [u8; 16],
}

impl AssociationParameters {
    pub(crate) fn encode(self) -> Frame {
        Frame::new(id::ASSOCIATION_PARAMETERS, [&self.key_holder_id[..], &self.wrapped].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (key_holder_id, wrapped) = payload.split_first_chunk()?;
        Some(Self { key_holder_id: *key_holder_id, wrapped: wrapped.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{KEY_HOLDER, WRAPPED, hex};

    #[test]
    fn parameters_of_transcript_a() {
        let sent = AssociationParameters { key_holder_id: KEY_HOLDER, wrapped: WRAPPED };
        let pieces = sent.encode().pieces();
        assert_eq!(pieces, [hex("892c000001303132333435363738393a"), hex("09053b3c3d3e3f")]);
        assert_eq!(AssociationParameters::decode(&sent.encode().payload), Some(sent));
        assert_eq!(AssociationParameters::decode(&[0; 19]), None);
    }
}
