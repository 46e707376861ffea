//! Digital keys: what the station lets one phone do at one lock, for a while, with the lock's own secret inside,
//! sealed to that phone.
//!
//! A CWT (RFC 8392) in COSE_Sign1, EdDSA by the station's authority:
//!
//! | claim | label | value |
//! | --- | --- | --- |
//! | `iss` | 1 | the station, text |
//! | `sub` | 2 | worker id, text |
//! | `aud` | 3 | lock id, text |
//! | `exp` | 4 | not valid from then on, seconds since 1970 |
//! | `nbf` | 5 | valid from then on |
//! | `iat` | 6 | when it was issued |
//! | `cti` | 7 | key id, 16 bytes |
//! | `cnf` | 8 | the phone's ES256 key as COSE_Key (RFC 8747) |
//! | phone | −70001 | phone id, 16 bytes |
//! | door | −70002 | door id, 16 bytes |
//! | family | −70003 | lock family, text |
//! | operations | −70004 | array of text |
//! | dispatch | −70005 | dispatch id, 16 bytes; absent when issued from a permission |
//! | sealed | −70006 | array: encapsulated key, ciphertext (HPKE; info = domain ‖ lock id ‖ key id) |

use std::time::Duration;

use terskel_model::door::{LockFamily, Operation};
use terskel_model::{DispatchId, DoorId, Entropy, KeyId, LockId, PhoneId, Timestamp, WorkerId};
use zeroize::Zeroizing;

use crate::cose::Domain;
use crate::seal::{self, Sealed};
use crate::{Authority, AuthorityKey, KeyError, PhoneIdentity, PhonePublic};

mod claims;
#[cfg(test)]
mod tests;

/// No digital key lives longer than the longest shift.
pub const MAX_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// The largest secret that fits into a key, in bytes.
pub const MAX_CREDENTIAL: usize = 4096;

/// What a digital key says. Times are kept in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Names the key in the audit trail.
    pub id: KeyId,
    /// The station that answers for it.
    pub issuer: String,
    /// Who may use it.
    pub worker: WorkerId,
    /// On which phone.
    pub phone: PhoneId,
    /// For which lock.
    pub lock: LockId,
    /// In which door.
    pub door: DoorId,
    /// Which protocol the lock speaks.
    pub family: LockFamily,
    /// The dispatch it was issued for, unless it comes from a permission.
    pub dispatch: Option<DispatchId>,
    /// What may be asked of the lock.
    pub operations: Vec<Operation>,
    /// Valid from then on.
    pub not_before: Timestamp,
    /// Not valid from then on.
    pub expires: Timestamp,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// Issues a key for the phone, with `credential`, the secret the lock asks for, sealed inside.
///
/// # Errors
/// [`KeyError::Malformed`] for an empty window or one over [`MAX_LIFETIME`], for a credential over
/// [`MAX_CREDENTIAL`], for more text than fits, and for public keys that are no points of P-256.
pub fn issue(
    authority: &Authority,
    claims: &Claims,
    phone: &PhonePublic,
    credential: &[u8],
    entropy: &(impl Entropy + ?Sized),
) -> Result<Vec<u8>, KeyError> {
    check_window(claims)?;
    PhonePublic::parse(&phone.signing, &phone.sealing)?;
    if credential.len() > MAX_CREDENTIAL {
        return Err(KeyError::Malformed);
    }
    let sealed = seal::seal(phone, &info(claims), credential, entropy)?;
    authority.sign(Domain::DigitalKey, claims::write(claims, &phone.signing, sealed)?)
}

/// Checks that `key` was signed by the authority and issued to this phone. Its time is for
/// [`DigitalKey::check`], at every use.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::BadSignature`], [`KeyError::WrongPhone`].
pub fn verify(key: &[u8], authority: &AuthorityKey, phone: &PhonePublic) -> Result<DigitalKey, KeyError> {
    let (claims, confirmed, sealed) = claims::read(authority.open(Domain::DigitalKey, key)?)?;
    check_window(&claims)?;
    if confirmed == phone.signing { Ok(DigitalKey { claims, sealed }) } else { Err(KeyError::WrongPhone) }
}

/// A key that was issued to this phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitalKey {
    claims: Claims,
    sealed: Sealed,
}

impl DigitalKey {
    /// What it says.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether it allows this, at this lock, now.
    ///
    /// # Errors
    /// [`KeyError::WrongLock`], [`KeyError::OperationNotAllowed`], [`KeyError::NotYetValid`], and
    /// [`KeyError::Expired`] at or after its end.
    pub fn check(&self, lock: LockId, operation: &Operation, now: Timestamp) -> Result<(), KeyError> {
        if lock != self.claims.lock {
            return Err(KeyError::WrongLock);
        }
        if !self.claims.operations.contains(operation) {
            return Err(KeyError::OperationNotAllowed);
        }
        if now < self.claims.not_before {
            return Err(KeyError::NotYetValid);
        }
        if now >= self.claims.expires {
            return Err(KeyError::Expired);
        }
        Ok(())
    }

    /// The secret the lock asks for.
    ///
    /// # Errors
    /// [`KeyError::CannotOpen`] with any identity but the one it was sealed to.
    pub fn open_credential(&self, identity: &PhoneIdentity) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        seal::open(&self.sealed, &info(&self.claims), identity)
    }
}

/// Counted in the whole seconds that are written.
fn check_window(claims: &Claims) -> Result<(), KeyError> {
    let seconds = claims.expires.timestamp().saturating_sub(claims.not_before.timestamp());
    match u64::try_from(seconds) {
        Ok(1..) if seconds.unsigned_abs() <= MAX_LIFETIME.as_secs() => Ok(()),
        _ => Err(KeyError::Malformed),
    }
}

/// Binds the sealed secret to this lock and this key: it does not open in another one.
fn info(claims: &Claims) -> Vec<u8> {
    [&b"terskel/credential/1"[..], claims.lock.0.as_bytes(), claims.id.0.as_bytes()].concat()
}
