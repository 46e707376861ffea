use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, Proof};
use terskel_model::{DispatchId, DoorId, EventId, KeyId, PermissionId, PhoneId, Timestamp, WorkerId};

use super::value::{Reader, Writer, hash, id, time};
use crate::KeyError;
use crate::log::Hash;

/// One audit event as the station writes it down for the log. `docs/audit.md` has its CBOR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The event.
    pub id: EventId,
    /// The station's clock when it stored it; whole milliseconds.
    pub stored_at: Timestamp,
    /// What happened, from whom the station knows it.
    pub told: Told,
}

/// Who saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The station itself: it says all.
    ByStation(StationEvent),
    /// A phone: the event that it has signed says what happened.
    ByPhone(ToldByPhone),
}

/// What the station did or saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// By which proof.
    pub proof: Proof,
    /// Which dispatch.
    pub dispatch: Option<DispatchId>,
    /// Who.
    pub worker: Option<WorkerId>,
    /// With which phone.
    pub phone: Option<PhoneId>,
    /// At which door.
    pub door: Option<DoorId>,
    /// What was asked of the lock.
    pub operation: Option<Operation>,
    /// What came of it.
    pub outcome: Option<DoorOutcome>,
    /// Why, in a code.
    pub reason: Option<String>,
    /// With which digital key.
    pub key: Option<KeyId>,
    /// By which permission.
    pub permission: Option<PermissionId>,
    /// SHA-256 of what the event is about, where that is a document: an export's list of contents.
    pub document: Option<Hash>,
}

/// What the station can say of an event that a phone has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldByPhone {
    /// By which proof the station believed it; nothing where it refused it.
    pub proof: Option<Proof>,
    /// SHA-256 of the signed event ([`crate::event::chain_hash`]).
    pub signed: Hash,
    /// Whether it followed on the event before it in its phone's chain, as far as the station had them.
    pub chained: bool,
    /// The code with which the station refused it, if it did.
    pub refused: Option<String>,
}

const ID: u8 = 1;
const STORED: u8 = 2;
const PROOF: u8 = 3;
const AT: u8 = 4;
const KIND: u8 = 5;
const DISPATCH: u8 = 6;
const WORKER: u8 = 7;
const PHONE: u8 = 8;
const DOOR: u8 = 9;
const OPERATION: u8 = 10;
const OUTCOME: u8 = 11;
const REASON: u8 = 12;
const KEY: u8 = 13;
const DOCUMENT: u8 = 14;
const PERMISSION: u8 = 15;
const SIGNED: u8 = 20;
const CHAINED: u8 = 21;
const REFUSED: u8 = 22;

impl Body {
    /// Its CBOR: the same body always gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut map = Writer::default();
        map.put(ID, id(self.id.0));
        map.put(STORED, time(self.stored_at));
        match &self.told {
            Told::ByStation(event) => event.write(&mut map),
            Told::ByPhone(told) => told.write(&mut map),
        }
        map.bytes()
    }

    /// Reads a body. What a newer version has added is passed over.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let map = Reader::of(bytes)?;
        let told = match map.some(SIGNED)? {
            Some(signed) => Told::ByPhone(ToldByPhone::read(&map, signed)?),
            None => Told::ByStation(StationEvent::read(&map)?),
        };
        Ok(Self { id: EventId(map.get(ID)?), stored_at: map.get(STORED)?, told })
    }
}

impl StationEvent {
    fn write(&self, map: &mut Writer) {
        map.put(PROOF, self.proof.as_str());
        map.put(AT, time(self.at));
        map.put(KIND, self.kind.as_str());
        map.put_some(DISPATCH, self.dispatch.map(|dispatch| id(dispatch.0)));
        map.put_some(WORKER, self.worker.map(|worker| id(worker.0)));
        map.put_some(PHONE, self.phone.map(|phone| id(phone.0)));
        map.put_some(DOOR, self.door.map(|door| id(door.0)));
        map.put_some(OPERATION, self.operation.as_ref().map(Operation::as_str));
        map.put_some(OUTCOME, self.outcome.as_ref().map(DoorOutcome::as_str));
        map.put_some(REASON, self.reason.as_deref());
        map.put_some(KEY, self.key.map(|key| id(key.0)));
        map.put_some(DOCUMENT, self.document.map(hash));
        map.put_some(PERMISSION, self.permission.map(|permission| id(permission.0)));
    }

    fn read(map: &Reader<'_>) -> Result<Self, KeyError> {
        let text = |key| map.some::<String>(key);
        Ok(Self {
            at: map.get(AT)?,
            kind: map.get::<String>(KIND)?.as_str().into(),
            proof: map.get::<String>(PROOF)?.as_str().into(),
            dispatch: map.some(DISPATCH)?.map(DispatchId),
            worker: map.some(WORKER)?.map(WorkerId),
            phone: map.some(PHONE)?.map(PhoneId),
            door: map.some(DOOR)?.map(DoorId),
            operation: text(OPERATION)?.map(|text| text.as_str().into()),
            outcome: text(OUTCOME)?.map(|text| text.as_str().into()),
            reason: text(REASON)?,
            key: map.some(KEY)?.map(KeyId),
            document: map.some(DOCUMENT)?,
            permission: map.some(PERMISSION)?.map(PermissionId),
        })
    }
}

impl ToldByPhone {
    fn write(&self, map: &mut Writer) {
        map.put_some(PROOF, self.proof.as_ref().map(Proof::as_str));
        map.put(SIGNED, hash(self.signed));
        map.put(CHAINED, self.chained);
        map.put_some(REFUSED, self.refused.as_deref());
    }

    fn read(map: &Reader<'_>, signed: Hash) -> Result<Self, KeyError> {
        Ok(Self {
            proof: map.some::<String>(PROOF)?.map(|text| text.as_str().into()),
            signed,
            chained: map.get(CHAINED)?,
            refused: map.some(REFUSED)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::testing::{ADA, ADAS_PHONE, KARIS_DOOR, VISIT, check_in_event, evening, hex};

    fn body(told: Told) -> Body {
        Body { id: check_in_event().id, stored_at: evening(), told }
    }

    fn key_issued() -> StationEvent {
        StationEvent {
            at: evening(),
            kind: EventKind::KeyIssued,
            proof: Proof::Station,
            dispatch: Some(VISIT),
            worker: Some(ADA),
            phone: Some(ADAS_PHONE),
            door: Some(KARIS_DOOR),
            operation: None,
            outcome: None,
            reason: None,
            key: Some(KeyId(Uuid::from_u128(0x4e7))),
            document: None,
            permission: None,
        }
    }

    fn told() -> ToldByPhone {
        ToldByPhone { proof: Some(Proof::HubReceipt), signed: [0x11; 32], chained: true, refused: None }
    }

    #[test]
    fn both_kinds_of_body_are_read_back() {
        let full = StationEvent {
            operation: Some(Operation::Open),
            outcome: Some(DoorOutcome::Opened),
            reason: Some("asked".into()),
            document: Some([9; 32]),
            permission: Some(PermissionId(Uuid::from_u128(7))),
            ..key_issued()
        };
        let refused =
            ToldByPhone { proof: None, chained: false, refused: Some("bad_proof".into()), ..told() };
        for told in [
            Told::ByStation(key_issued()),
            Told::ByStation(full),
            Told::ByPhone(told()),
            Told::ByPhone(refused),
        ] {
            let body = body(told);
            assert_eq!(Body::parse(&body.to_bytes()), Ok(body));
        }
    }

    #[test]
    fn what_a_newer_station_adds_is_passed_over_and_what_lacks_is_refused() {
        let mut bytes = body(Told::ByPhone(told())).to_bytes();
        let entries = bytes[0];
        bytes[0] += 1;
        bytes.extend([0x18, 0x63, 0xf5]);
        assert_eq!(Body::parse(&bytes), Ok(body(Told::ByPhone(told()))));
        assert_eq!(Body::parse(&[entries]), Err(KeyError::Malformed));
        assert_eq!(Body::parse(&[0xa0]), Err(KeyError::Malformed));
        assert_eq!(Body::parse(&[0xa0, 0]), Err(KeyError::Malformed));
    }

    #[test]
    fn the_layout_is_that_of_the_document() {
        let document: String =
            include_str!("../../../../docs/audit.md").split_whitespace().collect::<Vec<_>>().concat();
        for body in [body(Told::ByStation(key_issued())), body(Told::ByPhone(told()))] {
            let vector = hex(&body.to_bytes());
            assert!(document.contains(&vector), "docs/audit.md lacks {vector}");
        }
    }

    proptest! {
        #[test]
        fn noise_is_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Body::parse(&bytes);
        }
    }
}
