//! The certificate of 13.6, and what is wrong with every other.

use proptest::prelude::*;
use terskel_model::Timestamp;

use super::{Certificate, CertificateError, Expected, Hash, Subject, Trust, check, issue, sign, verify};
use crate::danalock::Serial;
use crate::danalock::tests::vectors::{ANCHOR, CA_SCALAR, CERTIFICATE, LOCK, LOCK_SCALAR, hex};

const CA: &str = "Sim Intermediate";

fn at(year: &str) -> Timestamp {
    format!("{year}-06-01T00:00:00Z").parse().unwrap()
}

fn expect(trust: Trust) -> Expected {
    Expected { serial: LOCK, trust, at: Some(at("2026")) }
}

fn authority() -> Expected {
    expect(Trust::Authority(hex(ANCHOR)))
}

fn scalar(text: &str) -> [u8; 32] {
    hex(text).try_into().unwrap()
}

fn point() -> [u8; 65] {
    Certificate::decode(&hex(CERTIFICATE)).unwrap().point
}

/// A certificate of the authority of 13.6, but for these names.
fn issued(common_name: &str, number: &[u8], issuer: &str) -> Vec<u8> {
    let validity = (at("2020"), at("2030"));
    let subject = Subject { common_name, number, point: &point(), authority: false, validity };
    issue(&subject, issuer, &scalar(CA_SCALAR)).unwrap()
}

#[test]
fn the_certificate_of_13_6_passes() {
    let der = hex(CERTIFICATE);
    let certificate = check(&der, &authority()).unwrap();
    let key = Certificate::decode(&der).unwrap();
    assert_eq!(check(&der, &expect(Trust::Pinned(key.fingerprint()))), Ok(certificate));
    assert_eq!(check(&der, &expect(Trust::FirstSeen)), Ok(certificate));
    assert!(check(&issued("0A1B2C3D4E5F", &LOCK.0, CA), &authority()).is_ok());
}

#[test]
fn another_name_number_issuer_or_key_is_refused_whatever_is_trusted() {
    let pinned = Trust::Pinned(Certificate::decode(&hex(CERTIFICATE)).unwrap().fingerprint());
    for trust in [Trust::Authority(hex(ANCHOR)), pinned, Trust::FirstSeen] {
        for name in ["0a1b2c3d4e5f", "0A:1B:2C:3D:4E:5F", "0A1B2C3D4E5E", ""] {
            let result = check(&issued(name, &LOCK.0, CA), &expect(trust.clone())).map(|_| ());
            assert_eq!(result, Err(CertificateError::OtherLock), "{name}");
        }
        let other = issued("0A1B2C3D4E5F", &[1, 2, 3], CA);
        assert_eq!(check(&other, &expect(trust)), Err(CertificateError::OtherLock));
    }
    let result = check(&issued("0A1B2C3D4E5F", &LOCK.0, "Another CA"), &authority()).map(|_| ());
    assert_eq!(result, Err(CertificateError::OtherAuthority));
    assert_eq!(check(&hex(CERTIFICATE), &expect(Trust::Pinned([7; 32]))), Err(CertificateError::OtherKey));
    let other = Expected { serial: Serial([1; 6]), ..authority() };
    assert_eq!(check(&hex(CERTIFICATE), &other), Err(CertificateError::OtherLock));
}

#[test]
fn another_authority_of_the_same_name_is_refused() {
    let der = hex(CERTIFICATE);
    let validity = (at("2020"), at("2030"));
    let subject = Subject { common_name: CA, number: &[1], point: &point(), authority: true, validity };
    let impostor = issue(&subject, CA, &scalar(LOCK_SCALAR)).unwrap();
    assert_eq!(check(&der, &expect(Trust::Authority(impostor))), Err(CertificateError::OtherAuthority));
    let nonsense = expect(Trust::Authority(vec![0x30, 0]));
    assert_eq!(check(&der, &nonsense), Err(CertificateError::OtherAuthority));
}

#[test]
fn dates_count_where_the_time_is_known() {
    let der = hex(CERTIFICATE);
    for (year, result) in [("2019", Err(CertificateError::Time)), ("2100", Err(CertificateError::Time))] {
        let expected = Expected { at: Some(at(year)), ..authority() };
        assert_eq!(check(&der, &expected).map(|_| ()), result);
    }
    assert!(check(&der, &Expected { at: None, ..authority() }).is_ok());
}

#[test]
fn every_changed_byte_is_noticed() {
    let der = hex(CERTIFICATE);
    for n in 0..der.len() {
        let mut changed = der.clone();
        changed[n] ^= 1;
        assert!(check(&changed, &authority()).is_err(), "byte {n}");
        assert!(check(&der[..n], &authority()).is_err(), "cut to {n}");
    }
}

#[test]
fn signatures_of_every_length_of_digest() {
    let key = scalar(LOCK_SCALAR);
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let signature = sign(&key, hash, b"message").unwrap();
        assert!(verify(&point(), hash, b"message", &signature));
        assert!(!verify(&point(), hash, b"massage", &signature));
        assert!(!verify(&[4; 65], hash, b"message", &signature));
        assert!(!verify(&point(), hash, b"message", &[&signature[..], &[0]].concat()));
    }
    assert!(!verify(&point(), Hash::Sha512, b"message", &sign(&key, Hash::Sha256, b"message").unwrap()));
    assert_eq!(sign(&[0; 32], Hash::Sha256, b"message"), None);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), n in 0_usize..314, byte: u8) {
        let _ = Certificate::decode(&bytes);
        let mut der = hex(CERTIFICATE);
        der[n] = byte;
        der.extend(&bytes);
        let _ = Certificate::decode(&der);
        let _ = verify(&[4; 65], Hash::Sha256, &bytes, &bytes);
    }
}
