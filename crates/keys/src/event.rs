//! Audit events as a phone signs them: CBOR of [`PhoneEvent`] in COSE_Sign1, ES256 by the phone's identity, the key
//! id being the phone id (16 bytes). Each holds the hash of the one before, so that none can be left out.

use coset::iana::Algorithm::ES256;
use ring::digest::{SHA256, digest};
use terskel_model::event::PhoneEvent;

use crate::cose::{self, Domain, Signed};
use crate::{KeyError, PhoneIdentity, PhonePublic};

/// Signs an event.
///
/// # Errors
/// [`KeyError::Malformed`] when its texts make it too long.
pub fn sign(event: &PhoneEvent, identity: &PhoneIdentity) -> Result<Vec<u8>, KeyError> {
    let mut payload = Vec::new();
    ciborium::into_writer(event, &mut payload).map_err(|_| KeyError::Malformed)?;
    let kid = event.phone.0.as_bytes().to_vec();
    cose::sign(Domain::Event, ES256, kid, payload, |message| identity.sign(message).to_vec())
}

/// Reads an event **without checking its signature**: only to find out whose public key to check it with.
///
/// # Errors
/// [`KeyError::Malformed`].
pub fn peek(signed: &[u8]) -> Result<PhoneEvent, KeyError> {
    read(&cose::parse(Domain::Event, ES256, signed)?)
}

/// Reads an event that this phone has signed.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::BadSignature`].
pub fn verify(signed: &[u8], phone: &PhonePublic) -> Result<PhoneEvent, KeyError> {
    let signed = cose::parse(Domain::Event, ES256, signed)?;
    phone.verify(&signed.message, &signed.signature)?;
    read(&signed)
}

/// What the next event of this phone holds as `previous`: SHA-256 of the signed bytes.
#[must_use]
pub fn chain_hash(signed: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, signed).as_ref());
    hash
}

fn read(signed: &Signed) -> Result<PhoneEvent, KeyError> {
    let mut rest = signed.payload.as_slice();
    let event: PhoneEvent = ciborium::from_reader(&mut rest).map_err(|_| KeyError::Malformed)?;
    if !rest.is_empty() || signed.kid != event.phone.0.as_bytes() {
        return Err(KeyError::Malformed);
    }
    Ok(event)
}
