//! The file of an export, in CBOR with exactly one encoding for each content. `docs/audit.md` has its CDDL.

use ciborium::value::Value;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use terskel_model::{DispatchId, EventId, HubId, PhoneId, ResidentId, Timestamp};
use uuid::Uuid;

use super::value::{Reader, Writer, id, time};
use crate::KeyError;
use crate::log::{Hash, SALT, Salt};

const FORMAT: &str = "terskel-export/1";
const DOMAIN: &[u8] = b"terskel/export/1";

/// A part of the trail that was taken out for an investigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// How the log stood, as the station signed it.
    pub checkpoint: String,
    /// What the station says that the file contains.
    pub contents: Contents,
    /// The events, in the order of the log.
    pub events: Vec<ExportedEvent>,
    /// The station's entry about this export; it commits to [`Contents::digest`].
    pub own: ExportedEvent,
}

/// What was asked for and what was there: with its digest in the log, nobody can take an event out of the file, or put
/// other keys in, unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What was asked for.
    pub selection: Selection,
    /// Number in the log and id of each event, in the order of the log.
    pub listed: Vec<(u64, EventId)>,
    /// The phones that signed events, with the keys that they enrolled with (P-256, SEC1 uncompressed).
    pub phones: Vec<(PhoneId, [u8; 65])>,
    /// The hubs that gave receipts, with their Ed25519 keys.
    pub hubs: Vec<(HubId, [u8; 32])>,
    /// What workers and doors are called at the station, for people who read the file.
    pub names: Vec<(Uuid, String)>,
}

/// What an export is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One dispatch, with its visit.
    Dispatch(DispatchId),
    /// A home between two times, by the clocks of whoever saw the events.
    Resident {
        /// Whose.
        resident: ResidentId,
        /// From then on.
        from: Timestamp,
        /// Until then, that moment included.
        to: Timestamp,
    },
}

/// One event with what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedEvent {
    /// Its number in the log.
    pub index: u64,
    /// Its salt.
    pub salt: Salt,
    /// [`super::Body`] in bytes.
    pub body: Vec<u8>,
    /// What the phone has signed, where a phone has told of it.
    pub signed: Option<Vec<u8>>,
    /// That it is in the log of the checkpoint.
    pub proof: Vec<Hash>,
}

const SELECTION: u8 = 3;
const LISTED: u8 = 4;
const PHONES: u8 = 5;
const HUBS: u8 = 6;
const NAMES: u8 = 7;

impl Export {
    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into memory does not fail.
        let _ = ciborium::into_writer(self, &mut bytes);
        bytes
    }

    /// Reads a file, without checking anything but its form.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], also where [`Self::to_bytes`] would have written it otherwise.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let map = Reader::of(bytes)?;
        let malformed = || KeyError::Malformed;
        let export = Self {
            checkpoint: map.get(2)?,
            contents: Contents::read(&map)?,
            events: array(map.find(8), ExportedEvent::of).ok_or_else(malformed)?,
            own: map.find(9).and_then(ExportedEvent::of).ok_or_else(malformed)?,
        };
        if export.to_bytes() == bytes { Ok(export) } else { Err(KeyError::Malformed) }
    }
}

impl Contents {
    /// SHA-256 of `"terskel/export/1"` and the contents in CBOR: what the station's entry about the export commits to.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let mut map = Writer::default();
        self.write(&mut map);
        crate::log::sha256(&[DOMAIN, &map.bytes()])
    }

    /// What a worker or a door is called.
    #[must_use]
    pub fn name(&self, of: Uuid) -> Option<&str> {
        self.names.iter().find(|(known, _)| *known == of).map(|(_, name)| name.as_str())
    }

    fn write(&self, map: &mut Writer) {
        let pairs = |pairs: Vec<(Value, Value)>| {
            Value::Array(pairs.into_iter().map(|(a, b)| Value::Array(vec![a, b])).collect())
        };
        map.put(SELECTION, self.selection.value());
        map.put(
            LISTED,
            pairs(self.listed.iter().map(|(index, event)| ((*index).into(), id(event.0))).collect()),
        );
        map.put(PHONES, pairs(self.phones.iter().map(|(phone, key)| (id(phone.0), bytes(key))).collect()));
        map.put(HUBS, pairs(self.hubs.iter().map(|(hub, key)| (id(hub.0), bytes(key))).collect()));
        map.put(NAMES, pairs(self.names.iter().map(|(of, name)| (id(*of), name.as_str().into())).collect()));
    }

    fn read(map: &Reader<'_>) -> Result<Self, KeyError> {
        let read = || {
            Some(Self {
                selection: Selection::of(map.find(SELECTION)?)?,
                listed: pairs(map.find(LISTED), number, |event| read_id(event).map(EventId))?,
                phones: pairs(map.find(PHONES), |phone| read_id(phone).map(PhoneId), fixed)?,
                hubs: pairs(map.find(HUBS), |hub| read_id(hub).map(HubId), fixed)?,
                names: pairs(map.find(NAMES), read_id, |name| name.as_text().map(str::to_owned))?,
            })
        };
        read().ok_or(KeyError::Malformed)
    }
}

impl Selection {
    fn value(&self) -> Value {
        let mut map = Writer::default();
        match self {
            Self::Dispatch(dispatch) => map.put(1, id(dispatch.0)),
            Self::Resident { resident, from, to } => {
                map.put(2, id(resident.0));
                map.put(3, time(*from));
                map.put(4, time(*to));
            }
        }
        map.value()
    }

    fn of(value: &Value) -> Option<Self> {
        let map = Reader::of_value(value)?;
        match map.some(1).ok()? {
            Some(dispatch) => Some(Self::Dispatch(DispatchId(dispatch))),
            None => Some(Self::Resident {
                resident: ResidentId(map.get(2).ok()?),
                from: map.get(3).ok()?,
                to: map.get(4).ok()?,
            }),
        }
    }
}

/// Written without a copy of everything: a file is written again to see whether it is written as it must be.
impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut contents = Writer::default();
        self.contents.write(&mut contents);
        let mut map = serializer.serialize_map(Some(4 + contents.0.len()))?;
        map.serialize_entry(&1, FORMAT)?;
        map.serialize_entry(&2, &self.checkpoint)?;
        for (key, value) in &contents.0 {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry(&8, &self.events)?;
        map.serialize_entry(&9, &self.own)?;
        map.end()
    }
}

impl Serialize for ExportedEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4 + usize::from(self.signed.is_some())))?;
        map.serialize_entry(&1, &self.index)?;
        map.serialize_entry(&2, &Blob(&self.salt.0))?;
        map.serialize_entry(&3, &Blob(&self.body))?;
        if let Some(signed) = &self.signed {
            map.serialize_entry(&4, &Blob(signed))?;
        }
        map.serialize_entry(&5, &Blob(self.proof.as_flattened()))?;
        map.end()
    }
}

/// A byte string.
struct Blob<'a>(&'a [u8]);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl ExportedEvent {
    fn of(value: &Value) -> Option<Self> {
        let map = Reader::of_value(value)?;
        let (proof, rest) = map.find(5)?.as_bytes()?.as_chunks::<32>();
        Some(Self {
            index: number(map.find(1)?)?,
            salt: Salt(fixed::<SALT>(map.find(2)?)?),
            body: map.find(3)?.as_bytes()?.clone(),
            signed: map
                .find(4)
                .map(|signed| signed.as_bytes().cloned())
                .map_or(Some(None), |s| s.map(Some))?,
            proof: rest.is_empty().then(|| proof.to_vec())?,
        })
    }
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

fn array<T>(value: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value?.as_array()?.iter().map(read).collect()
}

fn pairs<A, B>(
    value: Option<&Value>,
    first: impl Fn(&Value) -> Option<A>,
    second: impl Fn(&Value) -> Option<B>,
) -> Option<Vec<(A, B)>> {
    array(value, |pair| match pair.as_array()?.as_slice() {
        [a, b] => Some((first(a)?, second(b)?)),
        _ => None,
    })
}

fn number(value: &Value) -> Option<u64> {
    value.as_integer()?.try_into().ok()
}

fn read_id(value: &Value) -> Option<Uuid> {
    Uuid::from_slice(value.as_bytes()?).ok()
}

fn fixed<const N: usize>(value: &Value) -> Option<[u8; N]> {
    value.as_bytes()?.as_slice().try_into().ok()
}
