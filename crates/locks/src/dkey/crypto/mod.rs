//! Chapter 4: the ciphers and checks, without any notion of who talks.

mod association;
mod crc;
mod iv;
mod keys;
mod keystream;
mod seal;

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

pub(super) use association::{KeyPair, association_secret};
pub(super) use iv::iv;
pub(super) use keys::SessionKeys;
pub(super) use seal::{Opener, Sealer};

/// `E(k, b)`: AES-128, one block, encrypt direction (4.1).
fn encrypt(key: &[u8; 16], block: &[u8; 16]) -> [u8; 16] {
    let mut block = (*block).into();
    Aes128::new(key.into()).encrypt_block(&mut block);
    block.into()
}

/// Compares secrets in a time that depends only on their lengths.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |sum, (x, y)| std::hint::black_box(sum | (x ^ y)));
    a.len() == b.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_by_any_bit_or_by_length() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
        assert!(!same(b"", b"a"));
    }
}
