use proptest::prelude::*;

use super::*;
use crate::testing::{
    ADAS_PHONE, CREDENTIAL, KARIS_LOCK, MINUTE, NEIGHBOURS_LOCK, adas_phone, bos_phone, claims, evening, hex,
    refuses_every_change, station, stranger, world,
};
use crate::{badge, testing};

fn issue_to_ada(claims: &Claims) -> Result<Vec<u8>, KeyError> {
    issue(&station(), claims, &adas_phone().public(), CREDENTIAL, &world())
}

fn adas_key() -> DigitalKey {
    let key = issue_to_ada(&claims()).unwrap();
    verify(&key, &station().public_key(), &adas_phone().public()).unwrap()
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
    assert_eq!(verify(&key, &station().public_key(), &bo.public()), Err(KeyError::WrongPhone));
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
    let verified = verify(&key, &station().public_key(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::BadSignature));
}

#[test]
fn a_badge_is_no_key() {
    let badge = badge::issue(&station(), &testing::adas_badge()).unwrap();
    let verified = verify(&badge, &station().public_key(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::BadSignature));
}

#[test]
fn a_key_works_inside_its_window_at_its_lock_for_its_operations_only() {
    let key = adas_key();
    let check = |lock, operation: Operation, at| key.check(lock, &operation, at);
    let second = Duration::from_secs(1);
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
    let key = verify(&key, &station().public_key(), &adas_phone().public()).unwrap();
    assert_eq!(key.check(KARIS_LOCK, &Operation::Open, evening()), Err(KeyError::OperationNotAllowed));
    assert_eq!(key.check(KARIS_LOCK, &Operation::Lock, evening()), Ok(()));
}

#[test]
fn no_key_outlives_twelve_hours_and_none_is_empty() {
    let window = |span: Duration| issue_to_ada(&Claims { expires: evening() + span, ..claims() }).map(drop);
    assert_eq!(window(MAX_LIFETIME), Ok(()));
    assert_eq!(window(MAX_LIFETIME + Duration::from_secs(1)), Err(KeyError::Malformed));
    assert_eq!(window(Duration::from_secs(1)), Ok(()));
    assert_eq!(window(Duration::ZERO), Err(KeyError::Malformed));
    assert_eq!(
        window(Duration::from_millis(900)),
        Err(KeyError::Malformed),
        "less than a second is written as none"
    );
    let backwards = Claims { expires: evening() - MINUTE, ..claims() };
    assert_eq!(issue_to_ada(&backwards), Err(KeyError::Malformed));
    let for_ever = Claims { expires: Timestamp::MAX_UTC, not_before: Timestamp::MIN_UTC, ..claims() };
    assert_eq!(issue_to_ada(&for_ever), Err(KeyError::Malformed));
}

#[test]
fn the_phone_refuses_a_key_over_twelve_hours_even_from_its_own_station() {
    let long = Claims { expires: evening() + MAX_LIFETIME + MINUTE, ..claims() };
    let phone = adas_phone().public();
    let sealed = seal::seal(&phone, &info(&long), CREDENTIAL, &world()).unwrap();
    let set = claims::write(&long, &phone.signing, sealed).unwrap();
    let key = station().sign(Domain::DigitalKey, set).unwrap();
    assert_eq!(verify(&key, &station().public_key(), &phone), Err(KeyError::Malformed));
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
    let verified = verify(&huge, &station().public_key(), &adas_phone().public());
    assert_eq!(verified, Err(KeyError::Malformed));
}

#[test]
fn every_change_to_a_key_is_noticed() {
    let key = issue_to_ada(&claims()).unwrap();
    let (station, ada) = (station().public_key(), adas_phone().public());
    refuses_every_change(&key, |changed| verify(changed, &station, &ada));
}

#[test]
fn the_format_stands() {
    let key = issue_to_ada(&claims()).unwrap();
    assert_eq!(hex(&key), VECTOR);
}

const VECTOR: &str = "\
    d2844da2012704484b735ac174e40636a05901a4ae016f73746174696f6e2e6578616d706c6502782430303030303030\
    302d303030302d303030302d303030302d30303030303030303061646103782430303030303030302d303030302d3030\
    30302d303030302d303030303030303031306334041a69697878051a69696a68061a69696a6807500000000000000000\
    00000000000004e708a101a401022001215820c00aac349effd31a0ff2d6ecd4426b5907919dccf65b2ee383b37ba254\
    1435592258205d064a59d4c1bae47bb7875ea428fcdcd5da75ae6ebbcfcb3bb98e2d00d552293a000111705000000000\
    00000000000000000000ada13a000111715000000000000000000000000000000d003a0001117264646b65793a000111\
    7382646f70656e646c6f636b3a000111745000000000000000000000000000000d153a0001117582584104a1d656b8a6\
    dfba6b7bb0b8f63cc0680884df5a105f7f3c6d265ecd7e5041a1d1b0d67ef1fe87216b1517939f54c01773845aa1278f\
    1aa0c10b27def23e3c115b582b8bebaff72cf5802c28b785b890003a87e06dbdb65026b8ae3da62af8276f0c3310d18c\
    5ffecbab92a1619c5840bcb84dc5e6af6ef28506b641d6a2428655e5e270b67876f75b82fe8b85eba2ac40fcc633d51c\
    952ff837ae503bbc6c4e10fb86eca06a590490895da8e15c770e";

proptest! {
    #[test]
    fn whatever_is_issued_is_read_back(
        issuer in ".{0,60}",
        family in "[a-z]{1,20}",
        operations in prop::collection::vec("[a-z_]{1,20}", 0..16),
        dispatch in any::<bool>(),
        start in 0i64..4_000_000_000,
        length in 1i64..=43_200,
        credential in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        let claims = Claims {
            issuer,
            family: LockFamily::from(family.as_str()),
            operations: operations.iter().map(|o| Operation::from(o.as_str())).collect(),
            dispatch: claims().dispatch.filter(|_| dispatch),
            not_before: at(start),
            expires: at(start + length),
            ..claims()
        };
        let ada = adas_phone();
        let key = issue(&station(), &claims, &ada.public(), &credential, &world()).unwrap();
        let key = verify(&key, &station().public_key(), &ada.public()).unwrap();
        prop_assert_eq!(key.claims(), &claims);
        let opened = key.open_credential(&ada).unwrap();
        prop_assert_eq!(opened.as_slice(), credential.as_slice());
    }

    #[test]
    fn noise_is_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(verify(&bytes, &station().public_key(), &adas_phone().public()).is_err());
    }
}
