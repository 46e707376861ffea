//! The people, things and times of the tests. Everything is fixed, so that proofs come out byte for byte the same.

use std::time::Duration;

use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{LockFamily, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::world::ManualWorld;
use terskel_model::{
    DispatchId, DoorId, EventId, HubId, KeyId, LockId, PermissionId, PhoneId, Timestamp, WorkerId,
};
use uuid::Uuid;

use crate::badge::Badge;
use crate::digital_key::Claims;
use crate::receipt::{Direction, Receipt};
use crate::{Authority, AuthorityKeys, KeyError, PhoneIdentity};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const CREDENTIAL: &[u8] = b"what the lock wants to hear";

/// 2026-01-15 22:30:00 UTC.
pub(crate) fn evening() -> Timestamp {
    Timestamp::from_timestamp(1_768_516_200, 0).unwrap()
}

pub(crate) fn world() -> ManualWorld {
    ManualWorld::new(evening(), 1)
}

pub(crate) fn station() -> Authority {
    Authority::from_seed(&[0x51; 32])
}

/// What a phone and a hub of the station know of it.
pub(crate) fn known() -> AuthorityKeys {
    station().public_key().into()
}

pub(crate) fn stranger() -> Authority {
    Authority::from_seed(&[0x99; 32])
}

pub(crate) fn adas_phone() -> PhoneIdentity {
    PhoneIdentity::from_bytes(&[0xa1; 64]).unwrap()
}

pub(crate) fn bos_phone() -> PhoneIdentity {
    PhoneIdentity::from_bytes(&[0xb0; 64]).unwrap()
}

pub(crate) const ADA: WorkerId = WorkerId(Uuid::from_u128(0xada));
pub(crate) const ADAS_PHONE: PhoneId = PhoneId(Uuid::from_u128(0xada1));
pub(crate) const KARIS_LOCK: LockId = LockId(Uuid::from_u128(0x10c4));
pub(crate) const NEIGHBOURS_LOCK: LockId = LockId(Uuid::from_u128(0x10c5));
pub(crate) const KARIS_DOOR: DoorId = DoorId(Uuid::from_u128(0xd00));
pub(crate) const KARIS_HUB: HubId = HubId(Uuid::from_u128(0x4b));
pub(crate) const PERMISSION: PermissionId = PermissionId(Uuid::from_u128(0x9e2));
pub(crate) const VISIT: DispatchId = DispatchId(Uuid::from_u128(0xd15));

/// Ada may open and lock Kari Nordmann's flat for an hour.
pub(crate) fn claims() -> Claims {
    Claims {
        id: KeyId(Uuid::from_u128(0x4e7)),
        issuer: "station.example".into(),
        worker: ADA,
        phone: ADAS_PHONE,
        lock: KARIS_LOCK,
        door: KARIS_DOOR,
        family: LockFamily::from("dkey"),
        basis: KeyBasis::Dispatch,
        dispatch: Some(VISIT),
        permission: None,
        operations: vec![Operation::Open, Operation::Lock],
        not_before: evening(),
        expires: evening() + 60 * MINUTE,
        issued_at: evening(),
    }
}

pub(crate) fn adas_badge() -> Badge {
    Badge {
        worker: ADA,
        phone: ADAS_PHONE,
        signing_key: adas_phone().public().signing,
        issued_at: evening(),
        expires: evening() + 8 * 60 * MINUTE,
    }
}

pub(crate) fn arrival() -> Receipt {
    Receipt {
        hub: KARIS_HUB,
        worker: ADA,
        phone: ADAS_PHONE,
        visit: VISIT,
        direction: Direction::In,
        at: evening() + Duration::from_millis(654_321),
        counter: 42,
    }
}

pub(crate) fn check_in_event() -> PhoneEvent {
    PhoneEvent {
        id: EventId(Uuid::from_u128(0xe7e)),
        phone: ADAS_PHONE,
        sequence: 1,
        previous: [0; 32],
        at: evening() + Duration::from_millis(1),
        clock: None,
        worker: ADA,
        kind: EventKind::CheckedIn,
        dispatch: Some(VISIT),
        visit: None,
        resident: None,
        door: None,
        operation: None,
        outcome: None,
        reason: None,
        key: None,
        receipt: Some("01".into()),
        withdrawal: None,
        session: None,
        lock: None,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Flips every single bit, cuts at every length, and adds a byte: none of these may be believed.
pub(crate) fn refuses_every_change<T>(proof: &[u8], verify: impl Fn(&[u8]) -> Result<T, KeyError>) {
    assert!(verify(proof).is_ok());
    for bit in 0..proof.len() * 8 {
        let mut changed = proof.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&changed).is_err(), "bit {bit} was flipped and not missed");
    }
    for length in 0..proof.len() {
        assert!(verify(&proof[..length]).is_err(), "cut to {length} bytes and not missed");
    }
    assert!(verify(&[proof, &[0]].concat()).is_err(), "a byte was added and not missed");
}
