//! ServerHello (2):
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | version `03 03` |
//! | 2 | 32 | random |
//! | 34 | 1 + n | length and session id; real locks send 32 bytes |
//! | 35 + n | 2 | suite `C0 2C` |
//! | 37 + n | 1 | compression: 0 |
//! | 38 + n | 2 + m | length and list of extensions |

use super::{
    EXTENDED_MASTER_SECRET, SUITE, has_extension, kind, message, prefixed1, prefixed2, with_length2,
};
use crate::danalock::tls::record::VERSION;

/// Renegotiation info, extended master secret, point formats: what fits the size that real locks send.
const EXTENSIONS: [u8; 15] = [0xff, 0x01, 0, 1, 0, 0, 0x17, 0, 0, 0, 0x0b, 0, 2, 1, 0];

/// What the lock opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerHello {
    pub(crate) random: [u8; 32],
}

impl ServerHello {
    pub(crate) fn encode(&self, session_id: &[u8; 32]) -> Vec<u8> {
        let body = [&VERSION[..], &self.random, &[32], session_id, &SUITE, &[0], &with_length2(&EXTENSIONS)];
        message(kind::SERVER_HELLO, &body.concat())
    }

    /// Reads a body; `None` unless it chooses the one suite of the profile, no compression and the extended master
    /// secret.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let rest = body.strip_prefix(&VERSION)?;
        let (random, rest) = rest.split_first_chunk()?;
        let (session, rest) = prefixed1(rest)?;
        let rest = rest.strip_prefix(&SUITE).filter(|_| session.len() <= 32)?;
        let (extensions, after) = prefixed2(rest.strip_prefix(&[0])?)?;
        let fits = after.is_empty() && has_extension(extensions, EXTENDED_MASTER_SECRET)?;
        fits.then_some(Self { random: *random })
    }
}
