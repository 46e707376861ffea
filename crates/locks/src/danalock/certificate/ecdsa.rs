//! ECDSA on P-256 over a digest of any of the SHA-2 lengths, of which the curve uses the leftmost 32 bytes (6.2).

use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

use super::der::{Reader, element, integer, tag, unsigned};

/// What a signature is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        }
    }
}

/// A DER signature. `None`: the scalar is no key.
pub(crate) fn sign(scalar: &[u8; 32], hash: Hash, message: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::from_slice(scalar).ok()?;
    let signature: Signature = key.sign_prehash(digest(hash.algorithm(), message).as_ref()).ok()?;
    let bytes = signature.to_bytes();
    let (r, s) = bytes.as_slice().split_at_checked(32)?;
    Some(element(tag::SEQUENCE, &[&integer(r), &integer(s)]))
}

/// Is that DER signature over the message by the owner of the point?
pub(crate) fn verify(point: &[u8; 65], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(point).ok();
    let digest = digest(hash.algorithm(), message);
    key.zip(parse(signature))
        .is_some_and(|(key, signature)| key.verify_prehash(digest.as_ref(), &signature).is_ok())
}

fn parse(der: &[u8]) -> Option<Signature> {
    let mut reader = Reader::new(Reader::only(der, tag::SEQUENCE)?);
    let mut fixed = || -> Option<[u8; 32]> {
        let digits = unsigned(reader.expect(tag::INTEGER)?.content)?;
        let mut number = [0; 32];
        number.get_mut(32_usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
        Some(number)
    };
    let (r, s) = (fixed()?, fixed()?);
    Signature::from_scalars(r, s).ok().filter(|_| reader.is_empty())
}
