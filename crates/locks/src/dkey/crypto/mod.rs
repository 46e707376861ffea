//! Chapter 4: the ciphers and checks, without any notion of who talks.

mod association;
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

pub(super) use crate::secret::same;

/// `E(k, b)`: AES-128, one block, encrypt direction (4.1).
fn encrypt(key: &[u8; 16], block: &[u8; 16]) -> [u8; 16] {
    let mut block = (*block).into();
    Aes128::new(key.into()).encrypt_block(&mut block);
    block.into()
}
