//! Whether a key is what the station says it is.

use terskel_api::Bytes;
use terskel_api::dispatch::IssuedKey;
use terskel_api::key::ShiftKey;
use terskel_keys::{KeyError, digital_key};
use terskel_model::door::Operation;

use crate::session;
use crate::state::Core;
use crate::store::{KeyFacts, KeyState, Phone};

/// The phone, after it has asked the station about authorities that it has not heard of, if some of these keys are by such.
pub(crate) async fn acquainted(core: &Core, phone: Phone, keys: impl Iterator<Item = &Bytes>) -> Phone {
    let public = phone.identity.public();
    let verified = |key: &Bytes| digital_key::verify(&key.0, &phone.authority, &public).err();
    if !keys.map(verified).any(|error| error == Some(KeyError::UnknownAuthority)) {
        return phone;
    }
    match session::ask_authority(core, &phone).await {
        Ok(phone) => phone,
        Err(problem) => {
            tracing::warn!(%problem, "the station's keys are not known");
            phone
        }
    }
}

/// The key, if this phone can trust and use it.
pub(crate) fn verify(key: &IssuedKey, phone: &Phone) -> Option<KeyFacts> {
    let verified = digital_key::verify(&key.key.0, &phone.authority, &phone.identity.public())
        .inspect_err(|error| tracing::error!(key = %key.id, %error, "a digital key does not verify"))
        .ok()?;
    let claims = verified.claims();
    if claims.id != key.id || claims.lock != key.lock || claims.phone != phone.id {
        tracing::error!(key = %key.id, "a digital key is not what it was said to be");
        return None;
    }
    Some(KeyFacts {
        id: claims.id,
        dispatch: None,
        lock: claims.lock,
        once: false,
        opens: claims.operations.contains(&Operation::Open),
        locks: claims.operations.contains(&Operation::Lock),
        state: KeyState::Good,
        expires: claims.expires,
        bytes: key.key.0.clone(),
    })
}

/// As [`verify`], of a key without a dispatch.
pub(crate) fn verify_shift(key: &ShiftKey, phone: &Phone) -> Option<KeyFacts> {
    let issued = IssuedKey { id: key.id, lock: key.lock, door: key.door, key: key.key.clone() };
    verify(&issued, phone).map(|facts| KeyFacts { once: key.once, ..facts })
}
