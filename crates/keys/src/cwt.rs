//! Claims of a CWT (RFC 8392): the registered ones that Terskel uses, its private ones, and how values are written.
//! Times are NumericDate in whole seconds; ids are 16 bytes, but text where the standard wants text.

use ciborium::value::Value;
use coset::cwt::{ClaimName, ClaimsSet, Timestamp as NumericDate};
use coset::{CborSerializable as _, iana};
use terskel_model::Timestamp;
use uuid::Uuid;

use crate::KeyError;

/// Private claims, in the range that RFC 8392 §9.1 leaves to us.
pub(crate) const PHONE: i64 = -70_001;
pub(crate) const DOOR: i64 = -70_002;
pub(crate) const FAMILY: i64 = -70_003;
pub(crate) const OPERATIONS: i64 = -70_004;
pub(crate) const DISPATCH: i64 = -70_005;
pub(crate) const SEALED: i64 = -70_006;
pub(crate) const PERMISSION: i64 = -70_007;
pub(crate) const BASIS: i64 = -70_008;

/// COSE_Key labels of an EC2 key (RFC 9053 §7.1.1).
const KTY: i64 = 1;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const KTY_EC2: i64 = 2;
const CRV_P256: i64 = 1;
/// The confirmation method "COSE_Key" (RFC 8747 §3.1).
const CNF_COSE_KEY: i64 = 1;

pub(crate) fn encode(claims: ClaimsSet) -> Result<Vec<u8>, KeyError> {
    claims.to_vec().map_err(|_| KeyError::Malformed)
}

pub(crate) fn decode(payload: &[u8]) -> Result<ClaimsSet, KeyError> {
    ClaimsSet::from_slice(payload).map_err(|_| KeyError::Malformed)
}

pub(crate) fn date(at: Timestamp) -> NumericDate {
    NumericDate::WholeSeconds(at.timestamp())
}

pub(crate) fn read_date(date: Option<NumericDate>) -> Result<Timestamp, KeyError> {
    match date {
        Some(NumericDate::WholeSeconds(s)) => Timestamp::from_timestamp(s, 0).ok_or(KeyError::Malformed),
        _ => Err(KeyError::Malformed),
    }
}

pub(crate) fn id(id: Uuid) -> Value {
    Value::Bytes(id.as_bytes().to_vec())
}

pub(crate) fn read_id_text(text: Option<String>) -> Result<Uuid, KeyError> {
    let text = text.ok_or(KeyError::Malformed)?;
    Uuid::try_parse(&text).map_err(|_| KeyError::Malformed)
}

pub(crate) fn read_id_bytes(bytes: &[u8]) -> Result<Uuid, KeyError> {
    Uuid::from_slice(bytes).map_err(|_| KeyError::Malformed)
}

pub(crate) fn read_id(value: &Value) -> Result<Uuid, KeyError> {
    read_id_bytes(value.as_bytes().ok_or(KeyError::Malformed)?)
}

/// A private claim, if it is there.
pub(crate) fn private(claims: &ClaimsSet, label: i64) -> Option<&Value> {
    claims.rest.iter().find(|(name, _)| *name == ClaimName::PrivateUse(label)).map(|(_, value)| value)
}

/// A private claim that must be there.
pub(crate) fn required(claims: &ClaimsSet, label: i64) -> Result<&Value, KeyError> {
    private(claims, label).ok_or(KeyError::Malformed)
}

/// The `cnf` claim (RFC 8747) of a P-256 key in SEC1 uncompressed form.
pub(crate) fn confirmation(key: &[u8; 65]) -> (ClaimName, Value) {
    let int = |n: i64| Value::Integer(n.into());
    let cose_key = Value::Map(vec![
        (int(KTY), int(KTY_EC2)),
        (int(CRV), int(CRV_P256)),
        (int(X), Value::Bytes(key[1..33].to_vec())),
        (int(Y), Value::Bytes(key[33..].to_vec())),
    ]);
    let value = Value::Map(vec![(int(CNF_COSE_KEY), cose_key)]);
    (ClaimName::Assigned(iana::CwtClaimName::Cnf), value)
}

/// The key of a `cnf` claim that was written by [`confirmation`].
pub(crate) fn read_confirmation(claims: &ClaimsSet) -> Result<[u8; 65], KeyError> {
    let name = ClaimName::Assigned(iana::CwtClaimName::Cnf);
    let cnf = claims.rest.iter().find(|(n, _)| *n == name).map(|(_, v)| v).ok_or(KeyError::Malformed)?;
    let cose_key = entry(cnf, CNF_COSE_KEY)?;
    let is = |label, n: i64| Ok::<_, KeyError>(*entry(cose_key, label)? == Value::Integer(n.into()));
    if !is(KTY, KTY_EC2)? || !is(CRV, CRV_P256)? {
        return Err(KeyError::Malformed);
    }
    let mut key = [4; 65];
    for (label, half) in [(X, 1..33), (Y, 33..65)] {
        match entry(cose_key, label)?.as_bytes() {
            Some(bytes) if bytes.len() == 32 => key[half].copy_from_slice(bytes),
            _ => return Err(KeyError::Malformed),
        }
    }
    Ok(key)
}

fn entry(map: &Value, label: i64) -> Result<&Value, KeyError> {
    let label = Value::Integer(label.into());
    let map = map.as_map().ok_or(KeyError::Malformed)?;
    map.iter().find(|(key, _)| *key == label).map(|(_, value)| value).ok_or(KeyError::Malformed)
}
