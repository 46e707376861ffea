//! Sealing a lock's secret to one phone: HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
//! AES-128-GCM.

use std::convert::Infallible;

use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use terskel_model::Entropy;
use zeroize::Zeroizing;

use crate::{KeyError, PhoneIdentity, PhonePublic};

type PublicKey = <DhP256HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <DhP256HkdfSha256 as Kem>::PrivateKey;
type Encapped = <DhP256HkdfSha256 as Kem>::EncappedKey;

/// A lock's secret, sealed to one phone: an encapsulated key, and the ciphertext with its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub(crate) enc: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
}

/// `info` is bound to the ciphertext: it must be the same at [`open`].
pub(crate) fn seal(
    to: &PhonePublic,
    info: &[u8],
    secret: &[u8],
    entropy: &(impl Entropy + ?Sized),
) -> Result<Sealed, KeyError> {
    let to = PublicKey::from_bytes(&to.sealing).map_err(|_| KeyError::Malformed)?;
    let (enc, ciphertext) = hpke::single_shot_seal_with_rng::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &to,
        info,
        secret,
        b"",
        &mut Draw(entropy),
    )
    .map_err(|_| KeyError::Malformed)?;
    Ok(Sealed { enc: enc.to_bytes().to_vec(), ciphertext })
}

pub(crate) fn open(
    sealed: &Sealed,
    info: &[u8],
    identity: &PhoneIdentity,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let secret = PrivateKey::from_bytes(&identity.sealing_secret()[..]).map_err(|_| KeyError::CannotOpen)?;
    let enc = Encapped::from_bytes(&sealed.enc).map_err(|_| KeyError::CannotOpen)?;
    hpke::single_shot_open::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &enc,
        info,
        &sealed.ciphertext,
        b"",
    )
    .map(Zeroizing::new)
    .map_err(|_| KeyError::CannotOpen)
}

/// Lends an [`Entropy`] to a library that wants a random generator.
struct Draw<'a, E: ?Sized>(&'a E);

impl<E: Entropy + ?Sized> TryRng for Draw<'_, E> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(terskel_model::world::random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(terskel_model::world::random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl<E: Entropy + ?Sized> TryCryptoRng for Draw<'_, E> {}
