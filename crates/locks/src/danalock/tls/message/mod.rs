//! Handshake messages (6.3), one per record: type 1, length 3, body.

mod certificate;
mod client_hello;
mod finished;
mod key_exchange;
mod server_hello;

pub(super) use certificate::{certificate_list, certificate_request, only_certificate};
pub(super) use client_hello::ClientHello;
pub(super) use finished::{finished, verify_data};
pub(super) use key_exchange::{ClientKeyExchange, ServerKeyExchange};
pub(super) use server_hello::ServerHello;

/// ECDHE-ECDSA-AES256-GCM-SHA384.
const SUITE: [u8; 2] = [0xc0, 0x2c];
/// Extended master secret (RFC 7627).
const EXTENDED_MASTER_SECRET: u16 = 0x0017;

/// Handshake types.
pub(super) mod kind {
    pub(crate) const CLIENT_HELLO: u8 = 1;
    pub(crate) const SERVER_HELLO: u8 = 2;
    pub(crate) const CERTIFICATE: u8 = 11;
    pub(crate) const SERVER_KEY_EXCHANGE: u8 = 12;
    pub(crate) const CERTIFICATE_REQUEST: u8 = 13;
    pub(crate) const SERVER_HELLO_DONE: u8 = 14;
    pub(crate) const CLIENT_KEY_EXCHANGE: u8 = 16;
    pub(crate) const FINISHED: u8 = 20;
}

/// A message with its header.
pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &length3(body.len())[..], body].concat()
}

/// Kind and body of what must be exactly one message.
pub(super) fn parse(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (body, after) = prefixed3(rest)?;
    after.is_empty().then_some((*kind, body))
}

fn length3(length: usize) -> [u8; 3] {
    let [.., a, b, c] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [a, b, c]
}

/// What a 3-byte length announces, and what follows it.
fn prefixed3(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let ([a, b, c], rest) = bytes.split_first_chunk()?;
    let length = u32::from_be_bytes([0, *a, *b, *c]);
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// What a 2-byte length announces, and what follows it.
fn prefixed2(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// What a 1-byte length announces, and what follows it.
fn prefixed1(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

fn with_length2(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()[..], bytes].concat()
}

/// Does a list of extensions, without its own length, have this one? `None`: it is malformed.
fn has_extension(mut list: &[u8], wanted: u16) -> Option<bool> {
    let mut found = false;
    while !list.is_empty() {
        let (kind, rest) = list.split_first_chunk()?;
        found |= u16::from_be_bytes(*kind) == wanted;
        list = prefixed2(rest)?.1;
    }
    Some(found)
}
