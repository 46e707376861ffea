//! Audit events as a phone signs them: CBOR of [`PhoneEvent`] in COSE_Sign1, ES256 by the phone's identity, the key
//! id being the phone id (16 bytes). Each holds the hash of the one before, so that none can be left out.

use coset::iana::Algorithm::ES256;
use ring::digest::{SHA256, digest};
use terskel_model::event::PhoneEvent;
use terskel_model::{PhoneId, SessionId};

use crate::cose::{self, Domain, Signed};
use crate::identity::verify_es256;
use crate::{KeyError, PhoneIdentity, PhonePublic, cwt};

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

/// Reads an event that the phone it names has signed; `key_of` knows the phones' signing keys.
///
/// # Errors
/// [`KeyError::WrongPhone`] for a phone that is not known, else as [`verify`].
pub(crate) fn verify_of(
    signed: &[u8],
    key_of: impl FnOnce(PhoneId) -> Option<[u8; 65]>,
) -> Result<PhoneEvent, KeyError> {
    let signed = cose::parse(Domain::Event, ES256, signed)?;
    let phone = PhoneId(cwt::read_id_bytes(&signed.kid)?);
    let key = key_of(phone).ok_or(KeyError::WrongPhone)?;
    verify_es256(&key, &signed.message, &signed.signature)?;
    read(&signed)
}

/// What the next event of this phone holds as `previous`: SHA-256 of the signed bytes.
#[must_use]
pub fn chain_hash(signed: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, signed).as_ref());
    hash
}

/// What an event calls a session: SHA-256 of its id, in hex. Who reads the event, in an export too, learns nothing to ask with.
#[must_use]
pub fn session_name(session: SessionId) -> String {
    digest(&SHA256, session.0.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

fn read(signed: &Signed) -> Result<PhoneEvent, KeyError> {
    let mut rest = signed.payload.as_slice();
    let event: PhoneEvent = ciborium::from_reader(&mut rest).map_err(|_| KeyError::Malformed)?;
    if !rest.is_empty() || signed.kid != event.phone.0.as_bytes() {
        return Err(KeyError::Malformed);
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use terskel_model::door::{DoorOutcome, Operation};
    use terskel_model::event::EventKind;

    use super::*;
    use crate::testing::{adas_phone, bos_phone, check_in_event, hex, refuses_every_change};

    #[test]
    fn the_station_finds_the_phone_and_then_checks_its_signature() {
        let signed = sign(&check_in_event(), &adas_phone()).unwrap();
        assert_eq!(peek(&signed), Ok(check_in_event()));
        assert_eq!(verify(&signed, &adas_phone().public()), Ok(check_in_event()));
    }

    #[test]
    fn bo_cannot_sign_for_ada() {
        let signed = sign(&check_in_event(), &bos_phone()).unwrap();
        assert_eq!(verify(&signed, &adas_phone().public()), Err(KeyError::BadSignature));
    }

    #[test]
    fn an_event_under_another_phones_name_is_refused() {
        let ada = adas_phone();
        let mut payload = Vec::new();
        ciborium::into_writer(&check_in_event(), &mut payload).unwrap();
        let forged =
            cose::sign(Domain::Event, ES256, vec![0; 16], payload, |m| ada.sign(m).to_vec()).unwrap();
        assert_eq!(verify(&forged, &ada.public()), Err(KeyError::Malformed));
    }

    #[test]
    fn bytes_after_the_event_are_refused_even_when_signed() {
        let ada = adas_phone();
        let mut payload = Vec::new();
        ciborium::into_writer(&check_in_event(), &mut payload).unwrap();
        payload.push(0xf6);
        let kid = check_in_event().phone.0.as_bytes().to_vec();
        let padded = cose::sign(Domain::Event, ES256, kid, payload, |m| ada.sign(m).to_vec()).unwrap();
        assert_eq!(verify(&padded, &ada.public()), Err(KeyError::Malformed));
    }

    #[test]
    fn a_kind_from_a_newer_version_survives() {
        let newer = PhoneEvent { kind: EventKind::Unknown("levitated".into()), ..check_in_event() };
        let signed = sign(&newer, &adas_phone()).unwrap();
        assert_eq!(verify(&signed, &adas_phone().public()), Ok(newer));
    }

    #[test]
    fn the_chain_shows_a_missing_event() {
        let ada = adas_phone();
        let first = sign(&check_in_event(), &ada).unwrap();
        let next = PhoneEvent { sequence: 2, previous: chain_hash(&first), ..check_in_event() };
        let next = sign(&next, &ada).unwrap();
        assert_eq!(peek(&next).unwrap().previous, chain_hash(&first));
        assert_ne!(chain_hash(&next), chain_hash(&first));
    }

    #[test]
    fn an_event_that_is_too_long_is_not_signed() {
        let long = PhoneEvent { reason: Some("x".repeat(cose::MAX_BYTES)), ..check_in_event() };
        assert_eq!(sign(&long, &adas_phone()), Err(KeyError::Malformed));
    }

    #[test]
    fn every_change_to_an_event_is_noticed() {
        let ada = adas_phone().public();
        let signed = sign(&check_in_event(), &adas_phone()).unwrap();
        refuses_every_change(&signed, |changed| verify(changed, &ada));
    }

    #[test]
    fn the_format_stands() {
        assert_eq!(hex(&sign(&check_in_event(), &adas_phone()).unwrap()), VECTOR);
    }

    const VECTOR: &str = "\
        d28455a2012604500000000000000000000000000000ada1a058eba96269645000000000000000000000000000000e7e\
        6570686f6e65500000000000000000000000000000ada16873657175656e6365016870726576696f7573784030303030\
        303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030\
        3030303030303030303030306261747818323032362d30312d31355432323a33303a30302e3030315a66776f726b6572\
        5000000000000000000000000000000ada646b696e646a636865636b65645f696e686469737061746368500000000000\
        0000000000000000000d156772656365697074623031584013f544d002837bd8636242c25568b6806a946aed5e9fac3a\
        d441aad5063e31d21ff8d5c6b2d5c47a9857a225a8bce0fab27f918593f1a09a11595ba746f63051";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_signed_is_read_back(reason in prop::option::of(".{0,300}"), sequence: u64, opened: bool) {
            let event = PhoneEvent {
                sequence,
                reason,
                kind: EventKind::DoorOperated,
                operation: Some(Operation::Open),
                outcome: Some(if opened { DoorOutcome::Opened } else { DoorOutcome::Unsure }),
                ..check_in_event()
            };
            let signed = sign(&event, &adas_phone()).unwrap();
            prop_assert_eq!(verify(&signed, &adas_phone().public()), Ok(event));
        }

        #[test]
        fn noise_is_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(peek(&bytes).is_err());
        }
    }
}
