//! Session keys and the proofs that a side has them (4.3, 4.4).

use ring::digest::{SHA256, digest};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::iv::iv_of_phone;
use super::keystream::Keystream;
use super::{Opener, Sealer, encrypt};
use crate::dkey::ActivationCode;

/// What one connection is sealed with.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct SessionKeys {
    k1: [u8; 16],
    k2: [u8; 16],
    iv: [u8; 16],
    reply: [u8; 16],
}

impl SessionKeys {
    /// For a phone that is associated: both keys from the secret, and a reply of three encryptions.
    pub(crate) fn of_secret(secret: &[u8; 32], iv: [u8; 16]) -> Self {
        let mut input = Zeroizing::new([0; 48]);
        input[..32].copy_from_slice(secret);
        input[32..].copy_from_slice(&iv);
        let hash = digest(&SHA256, input.as_slice());
        let (mut k1, mut k2) = ([0; 16], [0; 16]);
        k1.copy_from_slice(&hash.as_ref()[..16]);
        k2.copy_from_slice(&hash.as_ref()[16..]);
        let reply = encrypt(&k1, &encrypt(&k2, &encrypt(&k1, &iv)));
        Self { k1, k2, iv, reply }
    }

    /// For association: one key, the code and eight asterisks, and a reply of one encryption.
    pub(crate) fn of_code(code: &ActivationCode, iv: [u8; 16]) -> Self {
        let mut key = [b'*'; 16];
        key[..8].copy_from_slice(code.ascii());
        Self { k1: key, k2: key, iv, reply: encrypt(&key, &iv) }
    }

    /// The proof the phone sends. In an association it equals the lock's first keystream block.
    pub(crate) fn reply(&self) -> &[u8; 16] {
        &self.reply
    }

    /// Sealer and opener of the phone's half.
    pub(crate) fn phone(&self) -> (Sealer, Opener) {
        (Sealer::new(self.phone_stream()), Opener::new(self.lock_stream()))
    }

    /// Sealer and opener of the lock's half.
    pub(crate) fn lock(&self) -> (Sealer, Opener) {
        (Sealer::new(self.lock_stream()), Opener::new(self.phone_stream()))
    }

    fn lock_stream(&self) -> Keystream {
        Keystream::new(self.k1, self.k2, self.iv)
    }

    fn phone_stream(&self) -> Keystream {
        Keystream::new(self.k1, self.k2, encrypt(&self.k1, &iv_of_phone(&self.iv)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{CODE, IV, SECRET, hex};

    fn blocks(mut stream: Keystream) -> Vec<u8> {
        (0..4).flat_map(|_| stream.step()).collect()
    }

    #[test]
    fn key_session_of_13_2() {
        let keys = SessionKeys::of_secret(&SECRET, IV);
        assert_eq!(keys.k1.as_slice(), hex("2a8f9d96e03000946133bc2f066f8b31"));
        assert_eq!(keys.k2.as_slice(), hex("a124faa70ff4de8b4c19cd81f41a50a9"));
        assert_eq!(keys.reply().as_slice(), hex("7ec79ec93d800ef6fa6ca434d7989954"));
        assert_eq!(encrypt(&keys.k1, &iv_of_phone(&IV)).as_slice(), hex("0590c86d66f3cb95f4c7ba8e1c8a7f32"));
        let phone = "f5c2af869cb0823e6e2dbd2ee4583741 e09f636b5cfcb4e6cb82cd1b9e5e23a5
                     4bdb1d1abb8500558818890740084986 607ffc8f9a205f02a5d4781ec3289e3f";
        assert_eq!(blocks(keys.phone_stream()), hex(phone));
        let lock = "8f242d86c53c3d41dc7235c4e5cb63d4 f5a4f6506fe8ffdeda5f21269b531c9e
                    23d66370b65f39a187c4504a00803bc1 54e3dbcbcdb13317979963182a22c8bb";
        assert_eq!(blocks(keys.lock_stream()), hex(lock));
    }

    #[test]
    fn pin_session_of_13_3() {
        let keys = SessionKeys::of_code(&ActivationCode::parse(CODE).unwrap(), IV);
        assert_eq!(keys.k1.as_slice(), hex("47425a54485843302a2a2a2a2a2a2a2a"));
        assert_eq!(keys.reply().as_slice(), hex("5cefab3429544f9d4471c2add01aa901"));
        assert_eq!(encrypt(&keys.k1, &iv_of_phone(&IV)).as_slice(), hex("6abe4d73ba5ba7793843f95252e635b6"));
        let phone = "c2e4d924ecd1a65203e8e644edb5fc6f 64d590617f88d1b3fe4a8b085a624ddc
                     d6dafd006563effdbaa11738a2158c25 c38e01a61de41683ff7346536c1f2e09";
        assert_eq!(blocks(keys.phone_stream()), hex(phone));
        let lock = "5cefab3429544f9d4471c2add01aa901 09a82efdbf83dc2fd7d47e6e60b48172
                    e3ceba0285f723e54c8283b07837a1ac 1af72b1c029ae67aa098efe0e8abd6e0";
        assert_eq!(blocks(keys.lock_stream()), hex(lock));
    }
}
