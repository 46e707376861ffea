//! Badges: the station's word that a phone belongs to a worker, shown to hubs, which check it offline.

use coset::cwt::{ClaimName, ClaimsSet};
use terskel_model::{PhoneId, Timestamp, WorkerId};

use crate::cose::Domain;
use crate::{Authority, AuthorityKey, KeyError, cwt, identity};

/// Who carries which phone, and until when that holds. Times are kept in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Who.
    pub worker: WorkerId,
    /// With which phone.
    pub phone: PhoneId,
    /// The phone's ES256 key, SEC1 uncompressed: whoever shows the badge proves that they hold it.
    pub signing_key: [u8; 65],
    /// When the station issued it.
    pub issued_at: Timestamp,
    /// Not valid from then on.
    pub expires: Timestamp,
}

/// Issues a badge: claims `sub` (worker), `exp`, `iat`, `cnf` (key) and phone.
///
/// # Errors
/// [`KeyError::Malformed`] when it would expire before it is issued, or the key is no point of P-256.
pub fn issue(authority: &Authority, badge: &Badge) -> Result<Vec<u8>, KeyError> {
    if badge.expires <= badge.issued_at {
        return Err(KeyError::Malformed);
    }
    identity::parse_point(&badge.signing_key)?;
    let claims = ClaimsSet {
        subject: Some(badge.worker.to_string()),
        expiration_time: Some(cwt::date(badge.expires)),
        issued_at: Some(cwt::date(badge.issued_at)),
        rest: vec![
            cwt::confirmation(&badge.signing_key),
            (ClaimName::PrivateUse(cwt::PHONE), cwt::id(badge.phone.0)),
        ],
        ..ClaimsSet::default()
    };
    authority.sign(Domain::Badge, claims)
}

/// Checks signature and expiry. A badge from the future is believed: a hub's clock may be slow.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::BadSignature`], [`KeyError::Expired`] at or after its end.
pub fn verify(bytes: &[u8], authority: &AuthorityKey, now: Timestamp) -> Result<Badge, KeyError> {
    let mut claims = authority.open(Domain::Badge, bytes)?;
    let badge = Badge {
        worker: WorkerId(cwt::read_id_text(claims.subject.take())?),
        phone: PhoneId(cwt::read_id(cwt::required(&claims, cwt::PHONE)?)?),
        signing_key: identity::parse_point(&cwt::read_confirmation(&claims)?)?,
        issued_at: cwt::read_date(claims.issued_at)?,
        expires: cwt::read_date(claims.expiration_time)?,
    };
    if now >= badge.expires { Err(KeyError::Expired) } else { Ok(badge) }
}
