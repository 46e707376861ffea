//! Whether a key is what the station says it is.

use terskel_api::dispatch::IssuedKey;
use terskel_keys::{KeyError, digital_key};

use crate::store::{KeyFacts, KeyState, Phone};

/// The station signs with a key that the phone has not heard of.
#[derive(Debug)]
pub(crate) struct UnknownAuthority;

/// The key, if this phone can trust and use it.
pub(crate) fn verify(key: &IssuedKey, phone: &Phone) -> Result<Option<KeyFacts>, UnknownAuthority> {
    let verified = match digital_key::verify(&key.key.0, &phone.authority, &phone.identity.public()) {
        Ok(verified) => verified,
        Err(KeyError::UnknownAuthority) => return Err(UnknownAuthority),
        Err(error) => {
            tracing::error!(key = %key.id, %error, "a digital key does not verify");
            return Ok(None);
        }
    };
    let claims = verified.claims();
    if claims.id != key.id || claims.lock != key.lock || claims.phone != phone.id {
        tracing::error!(key = %key.id, "a digital key is not what it was said to be");
        return Ok(None);
    }
    Ok(Some(KeyFacts {
        id: claims.id,
        dispatch: None,
        lock: claims.lock,
        once: false,
        state: KeyState::Good,
        expires: claims.expires,
        bytes: key.key.0.clone(),
    }))
}
