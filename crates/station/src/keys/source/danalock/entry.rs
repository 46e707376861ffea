//! What the service says of one lock.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};
use serde::{Deserialize, Deserializer};
use terskel_api::Secret;
use terskel_locks::danalock::{Credential, Serial, Trust};
use terskel_model::Timestamp;
use zeroize::Zeroizing;

use super::super::Fetched;

#[derive(Deserialize)]
pub(super) struct Entry {
    device: Device,
    blob: Secret,
    broadcast_key: Secret,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Device {
    #[serde(alias = "serialNumber")]
    serial_number: String,
}

/// Both must be stated; null is open.
#[derive(Deserialize)]
struct Metadata {
    #[serde(deserialize_with = "stated")]
    valid_from: Option<String>,
    #[serde(deserialize_with = "stated")]
    valid_to: Option<String>,
}

fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// A login token, with the key of the lock's broadcasts.
pub(super) struct Token {
    blob: Zeroizing<Vec<u8>>,
    broadcast_key: Zeroizing<[u8; 16]>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Who vouches for the lock, where nobody does yet.
    authority: Option<Vec<u8>>,
}

impl Entry {
    /// `None` for another lock's, or for what no lock can be opened with.
    pub(super) fn token(&self, serial: Serial, authority: Option<&[u8]>) -> Option<Token> {
        let named: String = self.device.serial_number.chars().filter(char::is_ascii_hexdigit).collect();
        let named = Serial::parse(&named.to_ascii_lowercase())?;
        let blob = Zeroizing::new(STANDARD.decode(self.blob.expose()).ok()?);
        let key = Zeroizing::new(STANDARD.decode(self.broadcast_key.expose()).ok()?);
        Some(Token {
            blob,
            broadcast_key: Zeroizing::new(key.as_slice().try_into().ok()?),
            from: self.metadata.valid_from.as_deref().map(time).transpose().ok()?,
            until: self.metadata.valid_to.as_deref().map(time).transpose().ok()?,
            authority: authority.map(<[u8]>::to_vec),
        })
        .filter(|_| named == serial)
    }
}

/// ISO 8601; without a zone it is UTC.
fn time(text: &str) -> Result<Timestamp, chrono::ParseError> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    zoned.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc()))
}

impl Fetched for Token {
    fn from(&self) -> Option<Timestamp> {
        self.from
    }

    fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// What vouches for the lock stays what it was: given, or seen first.
    fn merged(&self, held: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let trust = match (Credential::from_bytes(held), &self.authority) {
            (Ok(held), _) => held.trust,
            (Err(_), _) if !held.is_empty() => return None,
            (Err(_), Some(authority)) => Trust::Authority(authority.clone()),
            (Err(_), None) => Trust::FirstSeen,
        };
        let login_token = self.blob.clone();
        let merged = Credential { login_token, broadcast_key: self.broadcast_key.clone(), trust };
        Some(merged.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const SERIAL: Serial = Serial([0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]);

    fn entry() -> Value {
        json!({"device": {"serial_number": "0A:1B:2C:3D:4E:5F", "name": "Flat"}, "blob": "3q2+7w==",
            "broadcast_key": "AAECAwQFBgcICQoLDA0ODw==",
            "metadata": {"valid_from": null, "valid_to": "2026-01-16T12:00:00", "permissions": []}})
    }

    fn token(entry: Value) -> Option<Token> {
        serde_json::from_value::<Entry>(entry).ok()?.token(SERIAL, None)
    }

    #[test]
    fn a_token_keeps_what_vouches_for_the_lock() {
        let token = token(entry()).unwrap();
        assert_eq!(token.until().unwrap().to_rfc3339(), "2026-01-16T12:00:00+00:00");
        let first = Credential::from_bytes(&token.merged(&[]).unwrap()).unwrap();
        assert_eq!(
            (first.login_token.as_slice(), &first.trust),
            (&[0xde, 0xad, 0xbe, 0xef][..], &Trust::FirstSeen)
        );
        let pinned = Credential { trust: Trust::Pinned([7; 32]), login_token: vec![1].into(), ..first };
        let renewed = Credential::from_bytes(&token.merged(&pinned.to_bytes()).unwrap()).unwrap();
        assert_eq!((renewed.login_token.len(), renewed.trust), (4, Trust::Pinned([7; 32])));
        assert!(token.merged(b"nonsense").is_none());
    }

    #[test]
    fn what_no_lock_opens_with_is_not_taken() {
        let changes: [(&str, Value); 6] = [
            ("/device/serial_number", json!("0a:1b:2c:3d:4e:60")),
            ("/blob", json!("3q2-7w")),
            ("/broadcast_key", json!("AAECAwQFBgcICQoLDA0O")),
            ("/metadata", json!({"valid_from": null})),
            ("/metadata/valid_to", json!("tomorrow")),
            ("/device", json!({})),
        ];
        for (place, value) in changes {
            let mut changed = entry();
            *changed.pointer_mut(place).unwrap() = value;
            assert!(token(changed).is_none(), "{place}");
        }
    }
}
