//! CBOR maps with small numbers as keys, in the one encoding that RFC 8949 §4.2 allows: keys ascending, numbers and
//! lengths in their shortest form.

use ciborium::value::Value;
use terskel_model::Timestamp;
use uuid::Uuid;

use crate::KeyError;

/// A map that is being written; keys are put in ascending.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<(Value, Value)>);

impl Writer {
    pub(super) fn put(&mut self, key: u8, value: impl Into<Value>) {
        self.0.push((key.into(), value.into()));
    }

    pub(super) fn put_some(&mut self, key: u8, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    pub(super) fn value(self) -> Value {
        Value::Map(self.0)
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into memory does not fail.
        let _ = ciborium::into_writer(&self.value(), &mut bytes);
        bytes
    }
}

/// A map that is being read. Keys of a newer version are passed over.
pub(super) struct Reader<'a>(std::borrow::Cow<'a, [(Value, Value)]>);

impl<'a> Reader<'a> {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut rest = bytes;
        match ciborium::from_reader(&mut rest) {
            Ok(Value::Map(map)) if rest.is_empty() => Ok(Self(map.into())),
            _ => Err(KeyError::Malformed),
        }
    }

    pub(super) fn of_value(value: &'a Value) -> Option<Self> {
        value.as_map().map(|map| Self(map.as_slice().into()))
    }

    pub(super) fn find(&self, key: u8) -> Option<&Value> {
        let key = Value::from(key);
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    pub(super) fn some<T: Read>(&self, key: u8) -> Result<Option<T>, KeyError> {
        self.find(key).map(|value| T::read(value).ok_or(KeyError::Malformed)).transpose()
    }

    pub(super) fn get<T: Read>(&self, key: u8) -> Result<T, KeyError> {
        self.some(key)?.ok_or(KeyError::Malformed)
    }
}

/// What a value of a map can be.
pub(super) trait Read: Sized {
    fn read(value: &Value) -> Option<Self>;
}

impl Read for Uuid {
    fn read(value: &Value) -> Option<Self> {
        Self::from_slice(value.as_bytes()?).ok()
    }
}

impl Read for [u8; 32] {
    fn read(value: &Value) -> Option<Self> {
        value.as_bytes()?.as_slice().try_into().ok()
    }
}

impl Read for Timestamp {
    /// Milliseconds since 1970.
    fn read(value: &Value) -> Option<Self> {
        Self::from_timestamp_millis(value.as_integer()?.try_into().ok()?)
    }
}

impl Read for String {
    fn read(value: &Value) -> Option<Self> {
        value.as_text().map(str::to_owned)
    }
}

impl Read for bool {
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

pub(super) fn id(id: Uuid) -> Value {
    Value::Bytes(id.as_bytes().to_vec())
}

pub(super) fn hash(hash: [u8; 32]) -> Value {
    Value::Bytes(hash.to_vec())
}

pub(super) fn time(at: Timestamp) -> Value {
    at.timestamp_millis().into()
}
