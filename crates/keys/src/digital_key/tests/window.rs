//! How long a key may last, held by who issues and by who verifies.

use std::time::Duration;

use terskel_model::rules::{BREAK_GLASS_LIFETIME, DISPATCH_KEY_LIFETIME, SHIFT_KEY_LIFETIME};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn on(basis: KeyBasis, lifetime: Duration) -> Claims {
    Claims { basis, expires: evening() + lifetime, ..claims() }
}

/// Signs what [`issue`] refuses, as a station with a fault would.
fn issue_anyway(claims: &Claims) -> Vec<u8> {
    let ada = adas_phone().public();
    let sealed = seal(claims, &ada, CREDENTIAL, &world()).unwrap();
    station().sign(Domain::DigitalKey, claims::write(claims, &ada.signing, sealed).unwrap()).unwrap()
}

#[test]
fn neither_station_nor_phone_takes_a_key_that_lasts_longer_than_its_basis_allows() {
    for (basis, longest) in [
        (KeyBasis::Dispatch, DISPATCH_KEY_LIFETIME),
        (KeyBasis::Shift, SHIFT_KEY_LIFETIME),
        (KeyBasis::BreakGlass, BREAK_GLASS_LIFETIME),
        (KeyBasis::from("from_later"), SHIFT_KEY_LIFETIME),
    ] {
        assert!(issue_to_ada(&on(basis.clone(), longest)).is_ok(), "{basis}");
        let longer = on(basis.clone(), longest + SECOND);
        assert_eq!(issue_to_ada(&longer), Err(KeyError::BadWindow), "{basis}");
        let verified = verify(&issue_anyway(&longer), &known(), &adas_phone().public());
        assert_eq!(verified, Err(KeyError::BadWindow), "{basis}");
    }
}

#[test]
fn a_key_begins_no_earlier_than_a_slow_clock_needs_and_may_begin_later() {
    let from = |not_before| issue_to_ada(&Claims { not_before, ..claims() }).map(drop);
    assert_eq!(from(evening() - KEY_CLOCK_SLACK), Ok(()));
    assert_eq!(from(evening() - KEY_CLOCK_SLACK - SECOND), Err(KeyError::BadWindow));
    assert_eq!(from(evening() + 30 * MINUTE), Ok(()));
    assert_eq!(from(evening() + 60 * MINUTE), Err(KeyError::BadWindow), "it ends when it begins");
}

#[test]
fn no_key_is_empty_backwards_or_for_ever() {
    let window = |span: Duration| issue_to_ada(&on(KeyBasis::Dispatch, span)).map(drop);
    assert_eq!(window(SECOND), Ok(()));
    assert_eq!(window(Duration::ZERO), Err(KeyError::BadWindow));
    let written_as_none = window(Duration::from_millis(900));
    assert_eq!(written_as_none, Err(KeyError::BadWindow));
    let backwards = Claims { expires: evening() - MINUTE, ..claims() };
    assert_eq!(issue_to_ada(&backwards), Err(KeyError::BadWindow));
    let over_at_its_issue = Claims { issued_at: evening() + 61 * MINUTE, ..claims() };
    assert_eq!(issue_to_ada(&over_at_its_issue), Err(KeyError::BadWindow));
    let (first, last) = (Timestamp::MIN_UTC, Timestamp::MAX_UTC);
    for (not_before, issued_at) in [(first, first), (first, evening()), (evening(), evening())] {
        let for_ever = Claims { not_before, issued_at, expires: last, ..claims() };
        assert_eq!(issue_to_ada(&for_ever), Err(KeyError::BadWindow));
    }
}

#[test]
fn a_dispatchs_key_names_its_dispatch() {
    let adrift = Claims { dispatch: None, ..claims() };
    assert_eq!(issue_to_ada(&adrift), Err(KeyError::Malformed));
}
