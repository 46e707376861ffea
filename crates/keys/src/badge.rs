//! Badges: the station's word that a phone belongs to a worker, shown to hubs, which check it offline.

use coset::cwt::{ClaimName, ClaimsSet};
use terskel_model::{PhoneId, Timestamp, WorkerId};

use crate::cose::Domain;
use crate::{Authority, AuthorityKeys, KeyError, cwt, identity};

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

impl Badge {
    /// Whether the phone that this badge was issued to has signed `message` (ES256, `r ‖ s`).
    ///
    /// # Errors
    /// [`KeyError::BadSignature`].
    pub fn verify_holder(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        identity::verify_es256(&self.signing_key, message, signature)
    }
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
/// [`KeyError::Malformed`], [`KeyError::UnknownCritical`], [`KeyError::UnknownAuthority`],
/// [`KeyError::BadSignature`], [`KeyError::Expired`] at or after its end.
pub fn verify(bytes: &[u8], authority: &AuthorityKeys, now: Timestamp) -> Result<Badge, KeyError> {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::digital_key;
    use crate::testing::{
        CREDENTIAL, adas_badge, adas_phone, bos_phone, claims, evening, hex, known, refuses_every_change,
        station, stranger, world,
    };

    #[test]
    fn a_hub_learns_from_the_badge_who_comes_and_with_which_key() {
        let badge = issue(&station(), &adas_badge()).unwrap();
        assert_eq!(verify(&badge, &known(), evening()), Ok(adas_badge()));
    }

    #[test]
    fn a_badge_ends_on_time_and_a_slow_hub_still_believes_it() {
        let badge = issue(&station(), &adas_badge()).unwrap();
        let verify_at = |now| verify(&badge, &known(), now).map(drop);
        let end = adas_badge().expires;
        assert_eq!(verify_at(end - Duration::from_millis(1)), Ok(()));
        assert_eq!(verify_at(end), Err(KeyError::Expired));
        assert_eq!(verify_at(evening() - Duration::from_secs(600)), Ok(()));
    }

    #[test]
    fn only_the_phone_on_the_badge_can_prove_that_it_holds_it() {
        let badge = adas_badge();
        assert_eq!(badge.verify_holder(b"hello", &adas_phone().sign(b"hello")), Ok(()));
        let refused = Err(KeyError::BadSignature);
        assert_eq!(badge.verify_holder(b"hello", &bos_phone().sign(b"hello")), refused);
        assert_eq!(badge.verify_holder(b"hullo", &adas_phone().sign(b"hello")), refused);
    }

    #[test]
    fn another_stations_badge_and_a_digital_key_are_refused() {
        let forged = issue(&stranger(), &adas_badge()).unwrap();
        assert_eq!(verify(&forged, &known(), evening()), Err(KeyError::UnknownAuthority));
        let key = digital_key::issue(&station(), &claims(), &adas_phone().public(), CREDENTIAL, &world());
        let verified = verify(&key.unwrap(), &known(), evening());
        assert_eq!(verified, Err(KeyError::BadSignature), "signed under another domain");
    }

    #[test]
    fn no_badge_without_a_time_or_for_a_key_that_is_none() {
        let over = Badge { expires: evening(), ..adas_badge() };
        assert_eq!(issue(&station(), &over), Err(KeyError::Malformed));
        let no_point = Badge { signing_key: [4; 65], ..adas_badge() };
        assert_eq!(issue(&station(), &no_point), Err(KeyError::Malformed));
    }

    #[test]
    fn every_change_to_a_badge_is_noticed() {
        let badge = issue(&station(), &adas_badge()).unwrap();
        refuses_every_change(&badge, |changed| verify(changed, &known(), evening()));
    }

    #[test]
    fn the_format_stands() {
        assert_eq!(hex(&issue(&station(), &adas_badge()).unwrap()), VECTOR);
    }

    const VECTOR: &str = "\
        d2844da2012704484b735ac174e40636a05898a502782430303030303030302d303030302d303030302d303030302d30\
        3030303030303030616461041a6969dae8061a69696a6808a101a401022001215820c00aac349effd31a0ff2d6ecd442\
        6b5907919dccf65b2ee383b37ba2541435592258205d064a59d4c1bae47bb7875ea428fcdcd5da75ae6ebbcfcb3bb98e\
        2d00d552293a00011170500000000000000000000000000000ada15840a746edc47746dedfaa7281a91c63bf318cef3b\
        fa635e4364e24936b494621dbcfe83cc004ee59cd74b96632342dfc3e8b2ac91da9dcd6bc7be1ad7c502297002";
}
