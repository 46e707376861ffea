//! The key agreement of pairing: X25519, then HSalsa20 over zeros (5).

use salsa20::cipher::consts::U10;
use salsa20::hsalsa;
use terskel_model::Entropy;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::SharedKey;
use crate::secret::same;

/// A key pair made for one pairing. The secret is wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct KeyPair {
    secret: [u8; 32],
    #[zeroize(skip)]
    public: [u8; 32],
}

impl KeyPair {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        let pair = Self { secret, public: x25519(secret, X25519_BASEPOINT_BYTES) };
        secret.zeroize();
        pair
    }

    pub(crate) fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The long-term key. `None` where `theirs` makes every secret give zero: a point of small order.
    pub(crate) fn agree(&self, theirs: &[u8; 32]) -> Option<SharedKey> {
        let k = Zeroizing::new(x25519(self.secret, *theirs));
        (!same(k.as_slice(), &[0; 32])).then(|| derive(&k))
    }
}

fn derive(k: &[u8; 32]) -> SharedKey {
    let mut hash = hsalsa::<U10>(k.into(), &[0; 16].into());
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&hash);
    hash.iter_mut().for_each(|byte| byte.zeroize());
    SharedKey::new(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::{hex, vector};

    struct Fixed(Vec<u8>);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    fn pair(secret: &str) -> KeyPair {
        KeyPair::new(&Fixed(vector(secret)))
    }

    #[test]
    fn keys_of_15_a() {
        let (phone, lock) = (pair("client_secret"), pair("lock_secret"));
        assert_eq!(phone.public().as_slice(), vector("client_public"));
        assert_eq!(lock.public().as_slice(), vector("lock_public"));
        assert_eq!(x25519(phone.secret, lock.public).as_slice(), vector("dh"));
        for key in [phone.agree(lock.public()), lock.agree(phone.public())] {
            assert_eq!(key.unwrap().bytes().as_slice(), vector("shared_key"));
        }
    }

    #[test]
    fn keys_of_the_makers_own_examples() {
        for version in ["v21", "v23", "vu"] {
            let pair = pair(&format!("{version}_client_secret"));
            assert_eq!(pair.public().as_slice(), vector(&format!("{version}_client_public")));
            let lock: [u8; 32] = vector(&format!("{version}_lock_public")).try_into().unwrap();
            assert_eq!(x25519(pair.secret, lock).as_slice(), vector(&format!("{version}_dh")));
            let key = pair.agree(&lock).unwrap();
            assert_eq!(key.bytes().as_slice(), vector(&format!("{version}_shared_key")));
        }
    }

    #[test]
    fn points_of_small_order_are_refused() {
        let pair = pair("client_secret");
        let order_8 = hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        let mut one = [0; 32];
        one[0] = 1;
        for point in [[0; 32], one, order_8.try_into().unwrap()] {
            assert!(pair.agree(&point).is_none());
        }
    }
}
