use std::fmt;

use p256::SecretKey;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
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
        let parsed = Signature::from_slice(signature).map_err(|_| KeyError::BadSignature)?;
        if parsed.normalize_s() != parsed {
            return Err(KeyError::BadSignature);
        }
        let key = VerifyingKey::from_sec1_bytes(&self.signing).map_err(|_| KeyError::Malformed)?;
        key.verify(message, &parsed).map_err(|_| KeyError::BadSignature)
    }
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
