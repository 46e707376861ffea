use std::fmt;

use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use terskel_model::Entropy;
use terskel_model::world::random;
use zeroize::Zeroizing;

use crate::KeyError;

/// A phone's two P-256 secrets: one signs (ES256), one opens what is sealed to the phone (HPKE). Wiped on drop.
pub struct PhoneIdentity {
    signing: SigningKey,
    sealing: SecretKey,
    public: PhonePublic,
}

impl PhoneIdentity {
    /// A new identity, for enrolment.
    pub fn generate(entropy: &(impl Entropy + ?Sized)) -> Self {
        Self::from_secrets(random_secret(entropy), random_secret(entropy))
    }

    /// What [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] unless these are two secrets of 32 bytes, each in `[1, n)`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 64 {
            return Err(KeyError::Malformed);
        }
        let secret = |half: &[u8]| SecretKey::from_slice(half).map_err(|_| KeyError::Malformed);
        Ok(Self::from_secrets(secret(&bytes[..32])?, secret(&bytes[32..])?))
    }

    /// For the sealed store: the signing secret, then the sealing secret, 32 bytes big-endian each.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 64]> {
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..32].copy_from_slice(&Zeroizing::new(self.signing.to_bytes())[..]);
        bytes[32..].copy_from_slice(&self.sealing_secret()[..]);
        bytes
    }

    /// What others know the phone by.
    #[must_use]
    pub fn public(&self) -> PhonePublic {
        self.public.clone()
    }

    /// Signs with ES256: `r ‖ s`, 32 bytes each. Deterministic (RFC 6979), with the smaller of the two possible `s`,
    /// so that one message has one signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.signing.sign(message);
        signature.normalize_s().to_bytes().into()
    }

    pub(crate) fn sealing_secret(&self) -> Zeroizing<[u8; 32]> {
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&Zeroizing::new(self.sealing.to_bytes())[..]);
        secret
    }

    fn from_secrets(signing: SecretKey, sealing: SecretKey) -> Self {
        let public =
            PhonePublic { signing: sec1(&signing.public_key()), sealing: sec1(&sealing.public_key()) };
        Self { signing: SigningKey::from(&signing), sealing, public }
    }
}

impl fmt::Debug for PhoneIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneIdentity(…)")
    }
}

/// A phone's public keys, SEC1 uncompressed (`04 ‖ x ‖ y`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhonePublic {
    /// Checks what the phone signed.
    pub signing: [u8; 65],
    /// Seals for the phone.
    pub sealing: [u8; 65],
}

impl PhonePublic {
    /// Takes two keys from outside.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] unless both are uncompressed points of P-256.
    pub fn parse(signing: &[u8], sealing: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { signing: parse_point(signing)?, sealing: parse_point(sealing)? })
    }

    /// Checks an ES256 signature as [`PhoneIdentity::sign`] makes it.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`], also for a signature with the larger `s`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        verify_es256(&self.signing, message, signature)
    }
}

/// Half the order of P-256 (SEC 2 §2.4.2): the larger one of two possible `s` is above it.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde,
    0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

pub(crate) fn verify_es256(key: &[u8; 65], message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
    // Big-endian numbers of one length are in the order of their bytes.
    if signature.len() != 64 || signature[32..] > HALF_ORDER[..] {
        return Err(KeyError::BadSignature);
    }
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(message, signature)
        .map_err(|_| KeyError::BadSignature)
}

pub(crate) fn parse_point(bytes: &[u8]) -> Result<[u8; 65], KeyError> {
    let point: [u8; 65] = bytes.try_into().map_err(|_| KeyError::Malformed)?;
    p256::PublicKey::from_sec1_bytes(&point).map_err(|_| KeyError::Malformed)?;
    Ok(point)
}

fn sec1(key: &p256::PublicKey) -> [u8; 65] {
    let mut bytes = [0; 65];
    bytes.copy_from_slice(key.to_sec1_point(false).as_bytes());
    bytes
}

/// Draws until the bytes are a scalar of the curve; all but one in 2³² draws are.
fn random_secret(entropy: &(impl Entropy + ?Sized)) -> SecretKey {
    loop {
        let bytes = Zeroizing::new(random::<32>(entropy));
        if let Ok(secret) = SecretKey::from_slice(&bytes[..]) {
            return secret;
        }
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;
    use crate::testing::{adas_phone, bos_phone, hex, world};

    /// The key of RFC 6979 A.2.5.
    const RFC_SECRET: [u8; 32] = [
        0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93, 0x4e,
        0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21,
    ];

    #[test]
    fn signatures_are_those_of_rfc_6979_with_the_smaller_s() {
        let phone = PhoneIdentity::from_bytes(&[RFC_SECRET, RFC_SECRET].concat()).unwrap();
        let signature = phone.sign(b"test");
        let r = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367";
        let s = "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";
        assert_eq!(hex(&signature), [r, s].concat());
        // The RFC's own s for this message is the larger one: n - s.
        let signature = phone.sign(b"sample");
        assert_eq!(hex(&signature[..32]), "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
        let s = hex(&signature[32..]);
        assert_eq!(s, "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9");
    }

    #[test]
    fn another_implementation_agrees() {
        let ada = adas_phone();
        let key = VerifyingKey::from_sec1_bytes(&ada.public().signing).unwrap();
        let signature = Signature::from_slice(&ada.sign(b"hello")).unwrap();
        assert!(key.verify(b"hello", &signature).is_ok());
        assert_eq!(ada.public().verify(b"hello", &ada.sign(b"hello")), Ok(()));
    }

    #[test]
    fn other_words_other_phones_and_the_larger_s_do_not_verify() {
        let (ada, bo) = (adas_phone(), bos_phone());
        let signature = ada.sign(b"hello");
        let refused = Err(KeyError::BadSignature);
        assert_eq!(ada.public().verify(b"hullo", &signature), refused);
        assert_eq!(bo.public().verify(b"hello", &signature), refused);
        assert_eq!(ada.public().verify(b"hello", &signature[..63]), refused);
        let (r, s) = Signature::from_slice(&signature).unwrap().split_scalars();
        let twin = Signature::from_scalars(r.to_bytes(), (-s).to_bytes()).unwrap();
        assert!(
            VerifyingKey::from_sec1_bytes(&ada.public().signing).unwrap().verify(b"hello", &twin).is_ok()
        );
        assert_eq!(ada.public().verify(b"hello", &twin.to_bytes()), refused);
    }

    #[test]
    fn an_identity_survives_the_store() {
        let phone = PhoneIdentity::generate(&world());
        let again = PhoneIdentity::from_bytes(&phone.to_bytes()[..]).unwrap();
        assert_eq!(again.public(), phone.public());
        assert_eq!(again.sign(b"hello"), phone.sign(b"hello"));
        assert_ne!(phone.public().signing, phone.public().sealing);
    }

    #[test]
    fn bytes_that_are_no_secrets_are_refused() {
        for bytes in [vec![], vec![1; 63], vec![1; 65], vec![0; 64], vec![0xff; 64]] {
            assert_eq!(PhoneIdentity::from_bytes(&bytes).err(), Some(KeyError::Malformed));
        }
    }

    #[test]
    fn only_uncompressed_points_are_public_keys() {
        let PhonePublic { signing, sealing } = adas_phone().public();
        assert!(PhonePublic::parse(&signing, &sealing).is_ok());
        let compressed = [&[2 + (signing[64] & 1)], &signing[1..33]].concat();
        for bad in [&compressed[..], &[], &[0], &[4; 65], &[&signing[..], &[0]].concat()] {
            assert_eq!(PhonePublic::parse(bad, &sealing), Err(KeyError::Malformed));
            assert_eq!(PhonePublic::parse(&signing, bad), Err(KeyError::Malformed));
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", adas_phone()), "PhoneIdentity(…)");
    }
}
