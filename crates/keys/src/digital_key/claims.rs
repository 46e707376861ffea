//! [`Claims`] to and from a CWT claims set.

use ciborium::value::Value;
use coset::cwt::{ClaimName, ClaimsSet};
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{LockFamily, Operation};
use terskel_model::{DispatchId, DoorId, KeyId, LockId, PermissionId, PhoneId, WorkerId};

use super::Claims;
use crate::seal::Sealed;
use crate::{KeyError, cwt};

/// Of the issuer, the family, the basis and each operation, in bytes.
const MAX_TEXT: usize = 255;
const MAX_OPERATIONS: usize = 16;

pub(super) fn write(claims: &Claims, phone: &[u8; 65], sealed: Sealed) -> Result<ClaimsSet, KeyError> {
    check_form(claims)?;
    let mut rest = vec![cwt::confirmation(phone)];
    let mut add = |label, value| rest.push((ClaimName::PrivateUse(label), value));
    add(cwt::PHONE, cwt::id(claims.phone.0));
    add(cwt::DOOR, cwt::id(claims.door.0));
    add(cwt::FAMILY, text(claims.family.as_str()));
    add(cwt::OPERATIONS, Value::Array(claims.operations.iter().map(|o| text(o.as_str())).collect()));
    if let Some(dispatch) = claims.dispatch {
        add(cwt::DISPATCH, cwt::id(dispatch.0));
    }
    add(cwt::SEALED, Value::Array(vec![Value::Bytes(sealed.enc), Value::Bytes(sealed.ciphertext)]));
    if let Some(permission) = claims.permission {
        add(cwt::PERMISSION, cwt::id(permission.0));
    }
    if claims.basis != unsaid_basis(claims.dispatch) {
        add(cwt::BASIS, text(claims.basis.as_str()));
    }
    Ok(ClaimsSet {
        issuer: Some(claims.issuer.clone()),
        subject: Some(claims.worker.to_string()),
        audience: Some(claims.lock.to_string()),
        expiration_time: Some(cwt::date(claims.expires)),
        not_before: Some(cwt::date(claims.not_before)),
        issued_at: Some(cwt::date(claims.issued_at)),
        cwt_id: Some(claims.id.0.as_bytes().to_vec()),
        rest,
    })
}

/// The claims, the phone's key from `cnf`, and the sealed credential.
pub(super) fn read(mut set: ClaimsSet) -> Result<(Claims, [u8; 65], Sealed), KeyError> {
    let dispatch = cwt::private(&set, cwt::DISPATCH).map(cwt::read_id).transpose()?.map(DispatchId);
    let claims = Claims {
        id: KeyId(cwt::read_id_bytes(set.cwt_id.as_deref().ok_or(KeyError::Malformed)?)?),
        issuer: set.issuer.take().ok_or(KeyError::Malformed)?,
        worker: WorkerId(cwt::read_id_text(set.subject.take())?),
        lock: LockId(cwt::read_id_text(set.audience.take())?),
        phone: PhoneId(cwt::read_id(cwt::required(&set, cwt::PHONE)?)?),
        door: DoorId(cwt::read_id(cwt::required(&set, cwt::DOOR)?)?),
        family: LockFamily::from(read_text(cwt::required(&set, cwt::FAMILY)?)?),
        basis: match cwt::private(&set, cwt::BASIS) {
            Some(basis) => KeyBasis::from(read_text(basis)?),
            None => unsaid_basis(dispatch),
        },
        dispatch,
        permission: cwt::private(&set, cwt::PERMISSION).map(cwt::read_id).transpose()?.map(PermissionId),
        operations: read_operations(cwt::required(&set, cwt::OPERATIONS)?)?,
        not_before: cwt::read_date(set.not_before.take())?,
        expires: cwt::read_date(set.expiration_time.take())?,
        issued_at: cwt::read_date(set.issued_at.take())?,
    };
    check_form(&claims)?;
    let confirmed = cwt::read_confirmation(&set)?;
    let sealed = read_sealed(cwt::required(&set, cwt::SEALED)?)?;
    Ok((claims, confirmed, sealed))
}

/// What a key stands on when it does not say: keys for dispatches and shifts need not.
fn unsaid_basis(dispatch: Option<DispatchId>) -> KeyBasis {
    if dispatch.is_some() { KeyBasis::Dispatch } else { KeyBasis::Shift }
}

fn check_form(claims: &Claims) -> Result<(), KeyError> {
    let texts = claims.operations.iter().map(Operation::as_str);
    let mut texts = texts.chain([claims.issuer.as_str(), claims.family.as_str(), claims.basis.as_str()]);
    let too_long = claims.operations.len() > MAX_OPERATIONS || texts.any(|text| text.len() > MAX_TEXT);
    let adrift = claims.basis == KeyBasis::Dispatch && claims.dispatch.is_none();
    if too_long || adrift { Err(KeyError::Malformed) } else { Ok(()) }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn read_text(value: &Value) -> Result<&str, KeyError> {
    value.as_text().ok_or(KeyError::Malformed)
}

fn read_operations(value: &Value) -> Result<Vec<Operation>, KeyError> {
    let operations = value.as_array().ok_or(KeyError::Malformed)?;
    operations.iter().map(|operation| read_text(operation).map(Operation::from)).collect()
}

fn read_sealed(value: &Value) -> Result<Sealed, KeyError> {
    match value.as_array().map(Vec::as_slice) {
        Some([Value::Bytes(enc), Value::Bytes(ciphertext)]) => {
            Ok(Sealed { enc: enc.clone(), ciphertext: ciphertext.clone() })
        }
        _ => Err(KeyError::Malformed),
    }
}
