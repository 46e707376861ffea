//! ServerKeyExchange (12):
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 3 | named curve secp256r1: `03 00 17` |
//! | 3 | 1 + 65 | length and point, uncompressed |
//! | 69 | 2 | ECDSA with SHA-512: `06 03` |
//! | 71 | 2 + n | length and DER signature over both randoms and the first 69 bytes |
//!
//! ClientKeyExchange (16): length and point.

use super::{kind, message, prefixed2, with_length2};

const CURVE: [u8; 4] = [3, 0, 0x17, 65];
const ECDSA_SHA512: [u8; 2] = [6, 3];

/// The lock's ephemeral key, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerKeyExchange<'a> {
    pub(crate) point: [u8; 65],
    pub(crate) signature: &'a [u8],
}

impl<'a> ServerKeyExchange<'a> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let body = [&CURVE[..], &self.point, &ECDSA_SHA512, &with_length2(self.signature)].concat();
        message(kind::SERVER_KEY_EXCHANGE, &body)
    }

    pub(crate) fn decode(body: &'a [u8]) -> Option<Self> {
        let (point, rest) = body.strip_prefix(&CURVE)?.split_first_chunk()?;
        let (signature, after) = prefixed2(rest.strip_prefix(&ECDSA_SHA512)?)?;
        after.is_empty().then_some(Self { point: *point, signature })
    }

    /// What is signed.
    pub(crate) fn signed(client: &[u8; 32], server: &[u8; 32], point: &[u8; 65]) -> Vec<u8> {
        [&client[..], server, &CURVE, point].concat()
    }
}

/// The phone's ephemeral key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientKeyExchange {
    pub(crate) point: [u8; 65],
}

impl ClientKeyExchange {
    pub(crate) fn encode(&self) -> Vec<u8> {
        message(kind::CLIENT_KEY_EXCHANGE, &[&[65], &self.point[..]].concat())
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let point = body.strip_prefix(&[65])?.try_into().ok()?;
        Some(Self { point })
    }
}
