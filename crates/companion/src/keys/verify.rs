//! Whether a key is what the station says it is.

use terskel_api::dispatch::IssuedKey;
use terskel_keys::digital_key;

use crate::store::{KeyFacts, KeyState, Phone};

/// The key, if this phone can trust and use it.
pub(crate) fn verify(key: &IssuedKey, phone: &Phone) -> Option<KeyFacts> {
    let verified = digital_key::verify(&key.key.0, &phone.authority.into(), &phone.identity.public())
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
        state: KeyState::Good,
        expires: claims.expires,
        bytes: key.key.0.clone(),
    })
}
