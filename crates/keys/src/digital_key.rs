//! Digital keys: what the station lets one phone do at one lock, for a while, with the lock's own secret inside,
//! sealed to that phone. A CWT (RFC 8392) in COSE_Sign1, EdDSA by the station's authority. Claims, sizes and examples
//! stand in `docs/digital-key.md`.

use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{LockFamily, Operation};
use terskel_model::rules::KEY_CLOCK_SLACK;
use terskel_model::{DispatchId, DoorId, Entropy, KeyId, LockId, PermissionId, PhoneId, Timestamp, WorkerId};
use zeroize::Zeroizing;

use crate::cose::Domain;
use crate::seal;
pub use crate::seal::Sealed;
use crate::{Authority, AuthorityKeys, KeyError, PhoneIdentity, PhonePublic};

mod claims;
#[cfg(test)]
mod tests;

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
    /// What it stands on: how long it may last.
    pub basis: KeyBasis,
    /// The dispatch it was issued for. With [`KeyBasis::Dispatch`] there is one.
    pub dispatch: Option<DispatchId>,
    /// The team lead's decision that it was made from.
    pub permission: Option<PermissionId>,
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
/// As [`seal`] and [`sign`].
pub fn issue(
    authority: &Authority,
    claims: &Claims,
    phone: &PhonePublic,
    credential: &[u8],
    entropy: &(impl Entropy + ?Sized),
) -> Result<Vec<u8>, KeyError> {
    sign(authority, claims, phone, seal(claims, phone, credential, entropy)?)
}

/// The first half of [`issue`]: the lock's secret for this phone, in this key.
///
/// # Errors
/// [`KeyError::Malformed`] for a credential over [`MAX_CREDENTIAL`], and for a sealing key that is no point of P-256.
pub fn seal(
    claims: &Claims,
    phone: &PhonePublic,
    credential: &[u8],
    entropy: &(impl Entropy + ?Sized),
) -> Result<Sealed, KeyError> {
    if credential.len() > MAX_CREDENTIAL {
        return Err(KeyError::Malformed);
    }
    seal::seal(phone, &info(claims), credential, entropy)
}

/// The second half of [`issue`]: the station's word.
///
/// # Errors
/// [`KeyError::BadWindow`]; [`KeyError::Malformed`] for a dispatch's key without a dispatch, for more text than fits,
/// and for public keys that are no points of P-256.
pub fn sign(
    authority: &Authority,
    claims: &Claims,
    phone: &PhonePublic,
    sealed: Sealed,
) -> Result<Vec<u8>, KeyError> {
    check_window(claims)?;
    PhonePublic::parse(&phone.signing, &phone.sealing)?;
    authority.sign(Domain::DigitalKey, claims::write(claims, &phone.signing, sealed)?)
}

/// Checks that `key` was signed by an authority of the station, is no longer than it may be, and was issued to this
/// phone. Its time is for [`DigitalKey::check`], at every use.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::UnknownCritical`], [`KeyError::UnknownAuthority`], [`KeyError::BadSignature`],
/// [`KeyError::BadWindow`], [`KeyError::WrongPhone`].
pub fn verify(key: &[u8], authorities: &AuthorityKeys, phone: &PhonePublic) -> Result<DigitalKey, KeyError> {
    let (claims, confirmed, sealed) = claims::read(authorities.open(Domain::DigitalKey, key)?)?;
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

/// Counted in the whole seconds that are written: not empty, from issue to end no longer than what it stands on allows,
/// and valid from no earlier than a slow clock needs.
fn check_window(claims: &Claims) -> Result<(), KeyError> {
    let seconds = |at: Timestamp| at.timestamp();
    let (start, issued, end) =
        (seconds(claims.not_before), seconds(claims.issued_at), seconds(claims.expires));
    let within = |span: i64, limit: std::time::Duration| u64::try_from(span).unwrap_or(0) <= limit.as_secs();
    let fits = start < end
        && issued < end
        && within(end.saturating_sub(issued), claims.basis.lifetime())
        && within(issued.saturating_sub(start), KEY_CLOCK_SLACK);
    if fits { Ok(()) } else { Err(KeyError::BadWindow) }
}

/// Binds the sealed secret to this lock and this key: it does not open in another one.
fn info(claims: &Claims) -> Vec<u8> {
    [&b"terskel/credential/1"[..], claims.lock.0.as_bytes(), claims.id.0.as_bytes()].concat()
}
