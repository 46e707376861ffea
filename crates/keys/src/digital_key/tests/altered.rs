//! Keys that somebody has changed, and keys from stations of another time.

use ciborium::value::Value;
use coset::iana;

use super::*;
use crate::ed25519::SigningKey;
use crate::{cose, cwt};

type Map = Vec<(Value, Value)>;

fn verify_here(key: &[u8]) -> Result<DigitalKey, KeyError> {
    verify(key, &known(), &adas_phone().public())
}

/// Protected header, payload and signature, as they travel.
fn parts(key: &[u8]) -> Vec<Value> {
    ciborium::from_reader::<Value, _>(key).unwrap().into_tag().unwrap().1.into_array().unwrap()
}

fn whole(parts: Vec<Value>) -> Vec<u8> {
    written(&Value::Tag(18, Box::new(Value::Array(parts))))
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn int(n: i64) -> Value {
    Value::Integer(n.into())
}

/// A map inside a byte string: the protected header, or the payload.
fn map_of(part: &Value) -> Map {
    ciborium::from_reader::<Value, _>(part.as_bytes().unwrap().as_slice()).unwrap().into_map().unwrap()
}

fn payload() -> Map {
    let full = Claims { permission: Some(PERMISSION), basis: KeyBasis::BreakGlass, ..claims() };
    map_of(&parts(&issue_to_ada(&Claims { expires: evening() + 15 * MINUTE, ..full }).unwrap())[2])
}

/// Signed by the station over these claims, whatever they are.
fn signed(payload: Map) -> Vec<u8> {
    let authority = SigningKey::from_seed(&[0x51; 32]);
    let kid = station().public_key().kid().to_vec();
    let payload = written(&Value::Map(payload));
    cose::sign(Domain::DigitalKey, iana::Algorithm::EdDSA, kid, payload, |m| authority.sign(m)).unwrap()
}

#[test]
fn no_claim_can_be_changed_or_taken_away_under_the_signature() {
    let claims = payload();
    assert_eq!(claims.len(), 16, "every claim that there is");
    let mut sealed = parts(&signed(claims.clone()));
    for n in 0..claims.len() {
        let mut changed = claims.clone();
        changed[n].1 = other(&claims[n].1);
        let mut without = claims.clone();
        without.remove(n);
        for claims in [changed, without] {
            sealed[2] = Value::Bytes(written(&Value::Map(claims)));
            assert_eq!(verify_here(&whole(sealed.clone())), Err(KeyError::BadSignature), "claim {n}");
        }
    }
}

/// A value of the same kind that says something else.
fn other(value: &Value) -> Value {
    match value {
        Value::Integer(n) => Value::Integer((i128::from(*n) + 1).try_into().unwrap()),
        Value::Text(text) => Value::Text(format!("{text}x")),
        Value::Bytes(bytes) => Value::Bytes(bytes.iter().map(|b| b ^ 1).collect()),
        Value::Array(values) => Value::Array(values.iter().map(other).collect()),
        Value::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (k.clone(), other(v))).collect()),
        _ => unreachable!("no such value in a key"),
    }
}

#[test]
fn even_the_station_cannot_leave_out_or_misspell_what_a_key_must_say() {
    let optional = [cwt::DISPATCH, cwt::PERMISSION, cwt::BASIS].map(int);
    for (n, (label, value)) in payload().into_iter().enumerate() {
        let mut without = payload();
        without.remove(n);
        let read = verify_here(&signed(without)).map(drop);
        let wanted = if optional.contains(&label) { Ok(()) } else { Err(KeyError::Malformed) };
        assert_eq!(read, wanted, "without {label:?}");
        let mut misspelt = payload();
        misspelt[n].1 = if value.is_text() { Value::Null } else { Value::Text("x".into()) };
        assert_eq!(verify_here(&signed(misspelt)), Err(KeyError::Malformed), "misspelt {label:?}");
    }
    let twice = [payload(), payload()[..1].to_vec()].concat();
    assert_eq!(verify_here(&signed(twice)), Err(KeyError::Malformed));
}

#[test]
fn a_newer_stations_claims_do_not_disturb_and_stay_in_the_key() {
    let mut newer = payload();
    newer.push((int(-70_099), Value::Text("since later".into())));
    newer.push((Value::Text("note".into()), Value::Array(vec![int(1)])));
    let key = signed(newer);
    assert_eq!(verify_here(&key).unwrap().claims().permission, Some(PERMISSION));
}

#[test]
fn what_a_header_calls_critical_and_is_not_known_here_refuses_the_key() {
    let mut key = parts(&issue_to_ada(&claims()).unwrap());
    let header = map_of(&key[0]);
    for critical in [int(-70_099), Value::Text("fence".into()), int(4), int(15)] {
        let mut header = header.clone();
        header.push((int(2), Value::Array(vec![critical.clone()])));
        if critical != int(4) {
            header.push((critical, int(1)));
        }
        key[0] = Value::Bytes(written(&Value::Map(header)));
        assert_eq!(verify_here(&whole(key.clone())), Err(KeyError::UnknownCritical));
    }
}

#[test]
fn a_header_says_algorithm_and_signer_and_nothing_else() {
    let key = parts(&issue_to_ada(&claims()).unwrap());
    let with_header = |change: &dyn Fn(&mut Map)| {
        let (mut key, mut header) = (key.clone(), map_of(&key[0]));
        change(&mut header);
        key[0] = Value::Bytes(written(&Value::Map(header)));
        verify_here(&whole(key))
    };
    assert!(with_header(&|_| ()).is_ok());
    let stranger = stranger().public_key().kid().to_vec();
    let named_wrongly = with_header(&|h| h[1].1 = Value::Bytes(stranger.clone()));
    assert_eq!(named_wrongly, Err(KeyError::UnknownAuthority));
    for wrong in [
        with_header(&|h| h[0].1 = int(-7)),
        with_header(&|h| h[1].1 = Value::Bytes(vec![])),
        with_header(&|h| drop(h.remove(0))),
        with_header(&|h| h.push((int(3), int(61)))),
        with_header(&|h| h.push((int(-70_099), int(1)))),
        with_header(&|h| h.swap(0, 1)),
    ] {
        assert_eq!(wrong, Err(KeyError::Malformed));
    }
    let mut unprotected = key.clone();
    unprotected[1] = Value::Map(vec![(int(4), Value::Bytes(vec![1]))]);
    assert_eq!(verify_here(&whole(unprotected)), Err(KeyError::Malformed));
    let mut signature = key;
    signature[3] = other(&signature[3]);
    assert_eq!(verify_here(&whole(signature)), Err(KeyError::BadSignature));
}
