//! Lock credentials and door codes at rest: AES-256-GCM under the station's master key, bound to the id of the lock or
//! door (design law 8).

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use terskel_model::Entropy;
use terskel_model::world::random;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::problem::Failure;

/// The master key.
pub(crate) struct Seal(LessSafeKey);

impl Seal {
    pub(crate) fn new(key: &[u8; 32]) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, key).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    pub(crate) fn seal(&self, id: Uuid, secret: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, Failure> {
        let nonce: [u8; NONCE_LEN] = random(entropy);
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(id), &mut sealed)
            .map_err(|_| Failure::Internal("a secret could not be sealed"))?;
        Ok([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Undoes [`Seal::seal`]; fails for another id, another key or a changed byte.
    pub(crate) fn open(&self, id: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        const BROKEN: Failure = Failure::Internal("a sealed secret does not open with this master key");
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(BROKEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BROKEN)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self.0.open_in_place(nonce, aad(id), &mut body).map_err(|_| BROKEN)?.len();
        body.truncate(length);
        Ok(body)
    }
}

fn aad(id: Uuid) -> Aad<[u8; 16]> {
    Aad::from(id.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::world::ManualWorld;
    use terskel_model::{LockId, Timestamp};

    #[test]
    fn a_credential_opens_for_its_own_lock_and_no_other() {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let seal = Seal::new(&[7; 32]).unwrap();
        let (flat, stairwell) = (LockId::new(&world).0, LockId::new(&world).0);
        let sealed = seal.seal(flat, b"secret", &world).unwrap();
        assert_eq!(*seal.open(flat, &sealed).unwrap(), b"secret");
        assert!(seal.open(stairwell, &sealed).is_err());
        assert!(Seal::new(&[8; 32]).unwrap().open(flat, &sealed).is_err());
        assert!(seal.open(flat, &sealed[..10]).is_err());
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
    }
}
