//! XSalsa20-Poly1305 under the long-term key: NaCl's `crypto_secretbox`, tag first (5).

use crypto_secretbox::aead::AeadInPlace;
use crypto_secretbox::{KeyInit, Tag, XSalsa20Poly1305};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes of the tag.
pub(crate) const TAG: usize = 16;

/// The key of one authorization. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct SharedKey([u8; 32]);

impl SharedKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Tag, then ciphertext. `None` only for lengths that no message has.
    pub(crate) fn seal(&self, nonce: &[u8; 24], plain: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = vec![0; TAG];
        sealed.extend(plain);
        let (head, body) = sealed.split_at_mut(TAG);
        let tag = self.cipher().encrypt_in_place_detached(nonce.into(), &[], body).ok()?;
        head.copy_from_slice(&tag);
        Some(sealed)
    }

    /// `None` where the tag does not fit.
    pub(crate) fn open(&self, nonce: &[u8; 24], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (tag, body) = sealed.split_first_chunk::<TAG>()?;
        let mut plain = Zeroizing::new(body.to_vec());
        let tag = Tag::from(*tag);
        self.cipher().decrypt_in_place_detached(nonce.into(), &[], &mut plain, &tag).ok()?;
        Some(plain)
    }

    fn cipher(&self) -> XSalsa20Poly1305 {
        XSalsa20Poly1305::new(&self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::nuki::tests::vectors::{array, shared_key, vector};

    #[test]
    fn the_tag_comes_first_and_any_changed_bit_is_noticed() {
        let key = shared_key("shared_key");
        let nonce = array("D1_nonce");
        let sealed = key.seal(&nonce, &vector("D1_plaintext")).unwrap();
        assert_eq!(sealed, vector("D1_phone_request_challenge")[30..]);
        assert_eq!(key.open(&nonce, &sealed).unwrap().to_vec(), vector("D1_plaintext"));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&nonce, &changed).is_none(), "byte {at}");
        }
        assert!(key.open(&nonce, &sealed[..15]).is_none());
    }
}
