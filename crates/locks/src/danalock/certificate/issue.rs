//! Making certificates of the same profile, for simulated locks.

use terskel_model::Timestamp;

use super::der::{element, integer, tag};
use super::ecdsa::{Hash, sign};
use super::time;
use super::x509::{COMMON_NAME, ECDSA, P256_KEY};

/// `basicConstraints`.
const BASIC_CONSTRAINTS: [u8; 3] = [0x55, 0x1d, 0x13];
const BOOLEAN_TRUE: [u8; 3] = [0x01, 0x01, 0xff];

/// Whom a certificate is for.
pub(crate) struct Subject<'a> {
    pub(crate) common_name: &'a str,
    pub(crate) number: &'a [u8],
    pub(crate) point: &'a [u8; 65],
    pub(crate) authority: bool,
    pub(crate) validity: (Timestamp, Timestamp),
}

/// Issues a certificate. `None`: the issuer's scalar is no key.
pub(crate) fn issue(subject: &Subject<'_>, issuer: &str, scalar: &[u8; 32]) -> Option<Vec<u8>> {
    let algorithm = element(tag::SEQUENCE, &[&element(tag::OID, &[&ECDSA, &[2]])]);
    let (from, to) = subject.validity;
    let signed = element(
        tag::SEQUENCE,
        &[
            &element(tag::CONTEXT_0, &[&integer(&[2])]),
            &integer(subject.number),
            &algorithm,
            &name(issuer),
            &element(tag::SEQUENCE, &[&time::encode(from), &time::encode(to)]),
            &name(subject.common_name),
            &key(subject.point),
            &element(tag::CONTEXT_3, &[&constraints(subject.authority)]),
        ],
    );
    let signature = element(tag::BIT_STRING, &[&[0], &sign(scalar, Hash::Sha256, &signed)?]);
    Some(element(tag::SEQUENCE, &[&signed, &algorithm, &signature]))
}

fn name(common_name: &str) -> Vec<u8> {
    let value = element(tag::UTF8_STRING, &[common_name.as_bytes()]);
    let attribute = element(tag::SEQUENCE, &[&element(tag::OID, &[&COMMON_NAME]), &value]);
    element(tag::SEQUENCE, &[&element(tag::SET, &[&attribute])])
}

fn key(point: &[u8; 65]) -> Vec<u8> {
    let point = element(tag::BIT_STRING, &[&[0], point]);
    element(tag::SEQUENCE, &[&element(tag::SEQUENCE, &[&P256_KEY]), &point])
}

fn constraints(authority: bool) -> Vec<u8> {
    let value: &[u8] = if authority { &BOOLEAN_TRUE } else { &[] };
    let value = element(tag::OCTET_STRING, &[&element(tag::SEQUENCE, &[value])]);
    let kind = element(tag::OID, &[&BASIC_CONSTRAINTS]);
    element(tag::SEQUENCE, &[&element(tag::SEQUENCE, &[&kind, &BOOLEAN_TRUE, &value])])
}
