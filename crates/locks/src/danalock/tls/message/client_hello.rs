//! ClientHello (1), body of 125 bytes:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | version `03 03` |
//! | 2 | 32 | random |
//! | 34 | 1 | length of the session id: 0 |
//! | 35 | 38 | length and list of suites |
//! | 73 | 2 | compression: `01 00` |
//! | 75 | 50 | length and list of extensions |
//!
//! Suites and extensions are those that locks are known to accept, of which only one suite is ever chosen.

use super::{
    EXTENDED_MASTER_SECRET, SUITE, has_extension, kind, message, prefixed1, prefixed2, with_length2,
};
use crate::danalock::tls::record::VERSION;

const SUITES: [u16; 18] = [
    0xcca9, 0xc02c, 0xc0ad, 0xc024, 0xc00a, 0xc0af, 0xc02b, 0xc0ac, 0xc023, 0xc009, 0xc0ae, 0xc02e, 0xc026,
    0xc005, 0xc02d, 0xc025, 0xc004, 0x00ff,
];
const GROUPS: [u16; 8] = [0x001d, 0x0017, 0x0018, 0x001e, 0x0019, 0x001a, 0x001b, 0x001c];
const SIGNATURES: [u16; 3] = [0x0603, 0x0503, 0x0403];

/// What the phone opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientHello {
    pub(crate) random: [u8; 32],
}

impl ClientHello {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let extensions = [
            extension(0x000a, &with_length2(&list(&GROUPS))),
            extension(0x000d, &with_length2(&list(&SIGNATURES))),
            extension(0x000b, &[1, 0]),
            extension(0x0016, &[]),
            extension(EXTENDED_MASTER_SECRET, &[]),
        ];
        let body = [
            &VERSION[..],
            &self.random,
            &[0],
            &with_length2(&list(&SUITES)),
            &[1, 0],
            &with_length2(&extensions.concat()),
        ];
        message(kind::CLIENT_HELLO, &body.concat())
    }

    /// Reads a body; `None` unless it offers what the lock speaks.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let rest = body.strip_prefix(&VERSION)?;
        let (random, rest) = rest.split_first_chunk()?;
        let (_session, rest) = prefixed1(rest)?;
        let (suites, rest) = prefixed2(rest)?;
        let (compressions, rest) = prefixed1(rest)?;
        let (extensions, after) = prefixed2(rest)?;
        let fits = suites.len().is_multiple_of(2)
            && suites.chunks(2).any(|suite| suite == SUITE)
            && compressions.contains(&0)
            && after.is_empty()
            && has_extension(extensions, EXTENDED_MASTER_SECRET)?;
        fits.then_some(Self { random: *random })
    }
}

fn list(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &with_length2(body)].concat()
}
