//! The key agreement that makes a new secret (4.7).

use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use terskel_model::Entropy;
use zeroize::Zeroizing;

use super::encrypt;

/// A P-256 key pair made for one association. The scalar is wiped when dropped.
pub(crate) struct KeyPair(SecretKey);

impl KeyPair {
    /// `None` if the source of randomness gives only impossible scalars: it is broken.
    pub(crate) fn new(entropy: &dyn Entropy) -> Option<Self> {
        (0..8).find_map(|_| {
            let mut scalar = Zeroizing::new([0; 32]);
            entropy.fill(scalar.as_mut_slice());
            SecretKey::from_slice(scalar.as_slice()).ok().map(Self)
        })
    }

    /// `X || Y`, big endian, as it travels.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.public_key().to_sec1_point(false).as_bytes()[1..].to_vec()
    }

    /// `Z`: the X coordinate of the shared point. `None` if `theirs` is not 64 bytes on the curve.
    pub(crate) fn agree(&self, theirs: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let mut point = [4; 65];
        point[1..].copy_from_slice(theirs.first_chunk::<64>().filter(|_| theirs.len() == 64)?);
        let theirs = PublicKey::from_sec1_bytes(&point).ok()?;
        let shared = self.0.diffie_hellman(&theirs);
        let mut z = Zeroizing::new([0; 32]);
        z.copy_from_slice(shared.raw_secret_bytes().as_slice());
        Some(z)
    }
}

/// `(E(Z[0..16], IV) XOR wrapped) || Z[16..32]`.
pub(crate) fn association_secret(z: &[u8; 32], iv: &[u8; 16], wrapped: &[u8; 16]) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new(*z);
    let mut key = Zeroizing::new([0; 16]);
    key.copy_from_slice(&z[..16]);
    let mask = Zeroizing::new(encrypt(&key, iv));
    for (byte, (mask, wrapped)) in secret.iter_mut().zip(mask.iter().zip(wrapped)) {
        *byte = mask ^ wrapped;
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{ASSOCIATED, IV, LOCK_SCALAR, PHONE_SCALAR, WRAPPED, hex};

    struct Fixed(Vec<u8>);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    const Z: &str = "db264f4426b72d4cf17cfba2b37de1d2f9ffbf97b7fc9bfb0679211cf5562643";
    const PHONE: &str = "5051877d89d13decd90a773a468657a7a8ba0365f641720037d1d7d734c3a9a6
                         70e7a46d19c1eb2b37d795c412e3875bd044ddf13d9942fd43f9458c167cf799";
    const LOCK: &str = "566d4bd6b6d8af23abf53089307f4991eb9c1b5997219ec492cbdddde71c8798
                        136ca23c3db9f735a226b5329f50511daf6f6306e0574cf5dc677819cd2b1694";

    #[test]
    fn vectors_of_13_4() {
        let phone = KeyPair::new(&Fixed(hex(PHONE_SCALAR))).unwrap();
        let lock = KeyPair::new(&Fixed(hex(LOCK_SCALAR))).unwrap();
        assert_eq!((phone.public(), lock.public()), (hex(PHONE), hex(LOCK)));
        let z = phone.agree(&hex(LOCK)).unwrap();
        assert_eq!(z.as_slice(), hex(Z));
        assert_eq!(lock.agree(&hex(PHONE)).unwrap(), z);
        assert_eq!(association_secret(&z, &IV, &WRAPPED).as_slice(), hex(ASSOCIATED));
    }

    #[test]
    fn points_off_the_curve_and_broken_randomness_are_refused() {
        let phone = KeyPair::new(&Fixed(hex(PHONE_SCALAR))).unwrap();
        assert!(phone.agree(&[7; 64]).is_none());
        assert!(phone.agree(&[0; 64]).is_none());
        assert!(phone.agree(&hex(LOCK)[..63]).is_none());
        assert!(KeyPair::new(&Fixed(vec![0; 32])).is_none());
    }
}
