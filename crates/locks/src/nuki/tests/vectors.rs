//! The vectors of chapters 15 and 16.

use crate::nuki::crypto::SharedKey;
use crate::nuki::{Credential, Generation};

const VECTORS: &str = include_str!("vectors.txt");

/// The lock of chapter 15.
pub(crate) const AUTHORIZATION: u32 = 0x0034_5c01;
/// The phone of chapter 15.
pub(crate) const APP: u32 = 0x1234_abcd;

/// Bytes from hex digits.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A vector by its name.
pub(crate) fn vector(name: &str) -> Vec<u8> {
    let named = VECTORS.lines().filter_map(|line| line.split_once(" = ")).find(|(of, _)| *of == name);
    hex(named.unwrap_or_else(|| panic!("no vector {name}")).1)
}

/// A vector of known length.
pub(crate) fn array<const N: usize>(name: &str) -> [u8; N] {
    vector(name).try_into().unwrap()
}

/// A key by the name of its vector.
pub(crate) fn shared_key(name: &str) -> SharedKey {
    SharedKey::new(&array(name))
}

/// What the phone of 15.B has after pairing.
pub(crate) fn paired() -> Credential {
    Credential {
        authorization_id: AUTHORIZATION,
        shared_key: array("shared_key"),
        app_id: APP,
        generation: Generation::Classic,
        pin: None,
        unlatch: false,
    }
}
