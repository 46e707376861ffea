use proptest::prelude::*;

use super::*;
use crate::testing::{
    ADAS_PHONE, CREDENTIAL, KARIS_LOCK, MINUTE, NEIGHBOURS_LOCK, PERMISSION, adas_phone, bos_phone, claims,
    evening, hex, known, refuses_every_change, station, stranger, world,
};
use crate::{badge, testing};

mod altered;
mod window;

fn issue_to_ada(claims: &Claims) -> Result<Vec<u8>, KeyError> {
    issue(&station(), claims, &adas_phone().public(), CREDENTIAL, &world())
}

fn adas_key() -> DigitalKey {
    let key = issue_to_ada(&claims()).unwrap();
    verify(&key, &known(), &adas_phone().public()).unwrap()
}

#[test]
fn ada_opens_karis_door_with_what_the_station_issued() {
    let key = adas_key();
    assert_eq!(key.claims(), &claims());
    assert_eq!(key.check(KARIS_LOCK, &Operation::Open, evening()), Ok(()));
    assert_eq!(key.open_credential(&adas_phone()).unwrap().as_slice(), CREDENTIAL);
}

#[test]
fn bo_can_use_adas_key_for_nothing() {
    let key = issue_to_ada(&claims()).unwrap();
    let bo = bos_phone();
    assert_eq!(verify(&key, &known(), &bo.public()), Err(KeyError::WrongPhone));
    assert_eq!(adas_key().open_credential(&bo), Err(KeyError::CannotOpen));
}

#[test]
fn a_phone_with_adas_signing_key_and_another_sealing_key_cannot_open_it() {
    let mut secrets = adas_phone().to_bytes();
    secrets[32..].copy_from_slice(&[7; 32]);
    let half = PhoneIdentity::from_bytes(&secrets[..]).unwrap();
    assert_eq!(adas_key().open_credential(&half), Err(KeyError::CannotOpen));
}

#[test]
fn another_stations_key_is_refused() {
    let key = issue(&stranger(), &claims(), &adas_phone().public(), CREDENTIAL, &world()).unwrap();
    let verified = verify(&key, &known(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::UnknownAuthority));
}

#[test]
fn a_badge_is_no_key() {
    let badge = badge::issue(&station(), &testing::adas_badge()).unwrap();
    let verified = verify(&badge, &known(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::BadSignature));
}

#[test]
fn a_key_works_inside_its_window_at_its_lock_for_its_operations_only() {
    let key = adas_key();
    let check = |lock, operation: Operation, at| key.check(lock, &operation, at);
    let second = std::time::Duration::from_secs(1);
    let end = evening() + 60 * MINUTE;
    assert_eq!(check(KARIS_LOCK, Operation::Open, evening() - second), Err(KeyError::NotYetValid));
    assert_eq!(check(KARIS_LOCK, Operation::Open, evening()), Ok(()));
    assert_eq!(check(KARIS_LOCK, Operation::Lock, end - second), Ok(()));
    assert_eq!(check(KARIS_LOCK, Operation::Open, end), Err(KeyError::Expired));
    assert_eq!(check(NEIGHBOURS_LOCK, Operation::Open, evening()), Err(KeyError::WrongLock));
    let unlatch = Operation::Unknown("unlatch".into());
    assert_eq!(check(KARIS_LOCK, unlatch, evening()), Err(KeyError::OperationNotAllowed));
}

#[test]
fn a_key_to_lock_does_not_open() {
    let only_lock = Claims { operations: vec![Operation::Lock], ..claims() };
    let key = issue_to_ada(&only_lock).unwrap();
    let key = verify(&key, &known(), &adas_phone().public()).unwrap();
    assert_eq!(key.check(KARIS_LOCK, &Operation::Open, evening()), Err(KeyError::OperationNotAllowed));
    assert_eq!(key.check(KARIS_LOCK, &Operation::Lock, evening()), Ok(()));
}

#[test]
fn a_credential_does_not_open_when_moved_to_another_lock_or_key() {
    let key = adas_key();
    let moved = |claims| DigitalKey { claims, sealed: key.sealed.clone() }.open_credential(&adas_phone());
    let lock = Claims { lock: NEIGHBOURS_LOCK, ..claims() };
    assert_eq!(moved(lock), Err(KeyError::CannotOpen));
    let id = Claims { id: KeyId(ADAS_PHONE.0), ..claims() };
    assert_eq!(moved(id), Err(KeyError::CannotOpen));
}

#[test]
fn sizes_are_bounded() {
    let issue_with = |claims: &Claims, secret: &[u8]| {
        issue(&station(), claims, &adas_phone().public(), secret, &world()).map(drop)
    };
    assert_eq!(issue_with(&claims(), &[7; MAX_CREDENTIAL]), Ok(()));
    assert_eq!(issue_with(&claims(), &[7; MAX_CREDENTIAL + 1]), Err(KeyError::Malformed));
    assert_eq!(issue_with(&claims(), &[]), Ok(()));
    let long_name = Claims { issuer: "x".repeat(256), ..claims() };
    assert_eq!(issue_with(&long_name, CREDENTIAL), Err(KeyError::Malformed));
    let many = Claims { operations: vec![Operation::Open; 17], ..claims() };
    assert_eq!(issue_with(&many, CREDENTIAL), Err(KeyError::Malformed));
    let huge = vec![0; 1 << 20];
    let verified = verify(&huge, &known(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::Malformed));
}

#[test]
fn every_change_to_a_key_is_noticed() {
    let key = issue_to_ada(&claims()).unwrap();
    let (station, ada) = (known(), adas_phone().public());
    refuses_every_change(&key, |changed| verify(changed, &station, &ada));
}

/// The examples of `docs/digital-key.md`.
#[test]
fn the_format_stands() {
    let examples = include_str!("../../../../docs/digital-key-examples.json");
    let examples: serde_json::Value = serde_json::from_str(examples).unwrap();
    let shift = Claims { basis: KeyBasis::Shift, dispatch: None, permission: Some(PERMISSION), ..claims() };
    let shift = Claims { expires: evening() + 8 * 60 * MINUTE, ..shift };
    let emergency = Claims { basis: KeyBasis::BreakGlass, dispatch: None, ..claims() };
    let emergency = Claims { expires: evening() + 15 * MINUTE, ..emergency };
    for (basis, claims) in [("dispatch", claims()), ("shift", shift), ("break_glass", emergency)] {
        let key = issue_to_ada(&claims).unwrap();
        assert_eq!(Some(hex(&key).as_str()), examples["keys"][basis].as_str(), "{basis}");
        assert_eq!(verify(&key, &known(), &adas_phone().public()).unwrap().claims(), &claims);
    }
    assert_eq!(examples["authority"], hex(&station().public_key().0));
    assert_eq!(examples["phone_sealing_secret"], hex(&adas_phone().to_bytes()[32..]));
    assert_eq!(examples["phone_signing_key"], hex(&adas_phone().public().signing));
    assert_eq!(examples["credential"], hex(CREDENTIAL));
}

proptest! {
    #[test]
    fn whatever_is_issued_is_read_back(
        issuer in ".{0,60}",
        family in "[a-z]{1,20}",
        operations in prop::collection::vec("[a-z_]{1,20}", 0..16),
        (dispatch, emergency, permission) in any::<(bool, bool, bool)>(),
        basis in "(shift|break_glass|from_later)",
        start in 300i64..4_000_000_000,
        slack in 0i64..=300,
        length in 1i64..=900,
        credential in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        let claims = Claims {
            issuer,
            family: LockFamily::from(family.as_str()),
            operations: operations.iter().map(|o| Operation::from(o.as_str())).collect(),
            basis: if dispatch { KeyBasis::Dispatch } else { basis.as_str().into() },
            dispatch: claims().dispatch.filter(|_| dispatch || emergency),
            permission: Some(PERMISSION).filter(|_| permission),
            not_before: at(start - slack),
            issued_at: at(start),
            expires: at(start + length),
            ..claims()
        };
        let ada = adas_phone();
        let key = issue(&station(), &claims, &ada.public(), &credential, &world()).unwrap();
        let key = verify(&key, &known(), &ada.public()).unwrap();
        prop_assert_eq!(key.claims(), &claims);
        let opened = key.open_credential(&ada).unwrap();
        prop_assert_eq!(opened.as_slice(), credential.as_slice());
    }

    #[test]
    fn noise_is_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(verify(&bytes, &known(), &adas_phone().public()).is_err());
    }
}
