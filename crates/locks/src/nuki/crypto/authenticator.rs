//! Proofs in pairing that a side has the key: HMAC-SHA-256 over what was said (6.1).

use ring::hmac::{HMAC_SHA256, Key, sign, verify};

use super::SharedKey;

/// What one proof covers.
pub(crate) struct Authenticator(Vec<u8>);

impl Authenticator {
    /// `a1`, by the phone: `pkA || pkK || nK1`.
    pub(crate) fn of_keys(phone: &[u8; 32], lock: &[u8; 32], challenge: &[u8; 32]) -> Self {
        Self([*phone, *lock, *challenge].concat())
    }

    /// `a2`, by the phone: type, App-ID, name, `nA` as they are sent, then `nK2`.
    pub(crate) fn of_data(sent: &[u8], challenge: &[u8; 32]) -> Self {
        Self([sent, challenge].concat())
    }

    /// `a3`, by the lock: authorization id, UUID, `nK3` as they are sent, then `nA`.
    pub(crate) fn of_authorization(sent: &[u8], phone_nonce: &[u8; 32]) -> Self {
        Self([sent, phone_nonce].concat())
    }

    /// `a4`, by the phone: authorization id, `nK3`.
    pub(crate) fn of_confirmation(authorization_id: u32, challenge: &[u8; 32]) -> Self {
        Self([&authorization_id.to_le_bytes()[..], challenge].concat())
    }

    pub(crate) fn sign(&self, key: &SharedKey) -> [u8; 32] {
        let tag = sign(&hmac_key(key), &self.0);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// Compares in constant time.
    pub(crate) fn is(&self, tag: &[u8; 32], key: &SharedKey) -> bool {
        verify(&hmac_key(key), &self.0, tag).is_ok()
    }
}

fn hmac_key(key: &SharedKey) -> Key {
    Key::new(HMAC_SHA256, key.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::{array, shared_key, vector};

    #[test]
    fn authenticators_of_15_b_and_c() {
        let key = shared_key("shared_key");
        let (phone, lock) = (array("client_public"), array("lock_public"));
        let keys = |challenge| Authenticator::of_keys(&phone, &lock, &array(challenge)).sign(&key).to_vec();
        assert_eq!((keys("nK1"), keys("nU1")), (vector("a1"), vector("aU")));

        let sent = [vec![0], vector("app_id_le"), vector("name"), vector("nA")].concat();
        assert_eq!(Authenticator::of_data(&sent, &array("nK2")).sign(&key).to_vec(), vector("a2"));
        let sent = [vector("auth_id_le"), vector("uuid"), vector("nK3")].concat();
        assert_eq!(Authenticator::of_authorization(&sent, &array("nA")).sign(&key).to_vec(), vector("a3"));
        let a4 = Authenticator::of_confirmation(0x0034_5c01, &array("nK3"));
        assert_eq!(a4.sign(&key).to_vec(), vector("a4"));
        assert!(a4.is(&array("a4"), &key) && !a4.is(&array("a3"), &key));
    }
}
