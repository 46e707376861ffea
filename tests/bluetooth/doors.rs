//! A dKey lock end to end: what the phone says came of it is never better than what the lock did.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use terskel_locks::dkey::{Credential, phone::LockSession};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session as _;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::SystemWorld;
use terskel_radio::{BluetoothRadio, DeviceRef, RadioError, connect, find, run};

use crate::street::{DOOR, DOOR_ADDRESS, SOON, find_at, locks, on_the_street, radio};

type Came = (DoorOutcome, Option<DoorReason>);

fn key() -> Credential {
    let bytes: Vec<u8> = (0..36).collect();
    Credential::from_bytes(&bytes).unwrap()
}

async fn open(radio: &BluetoothRadio, door: &DeviceRef) -> Result<Came, RadioError> {
    let session = LockSession::new(key(), Some([0x0a, 0x0b, 0x0c, 0x01]), Arc::new(SystemWorld));
    let link = connect(radio, door, &session.profile(), SOON).await?;
    let mut session = run(session, link, Arc::new(SystemWorld));
    if session.send(LockCommand::Operate(Operation::Open)).is_err() {
        return Err(RadioError::LinkLost);
    }
    while let Some(event) = session.next().await {
        if let LockEvent::Outcome { outcome, reason, .. } = event {
            return Ok((outcome, reason));
        }
    }
    panic!("every operation has an outcome");
}

#[test]
fn ada_opens_the_flat() {
    on_the_street("doors::ada_opens_the_flat", async |air| {
        let radio = radio().await;
        let door = find_at(&radio, locks(), DOOR_ADDRESS).await;
        assert_eq!(open(&radio, &door).await, Ok((DoorOutcome::Opened, None)));
        assert_eq!(air.movements(DOOR).await, 1);
        air.wait_connected(DOOR, false).await;
    });
}

#[test]
fn a_link_lost_at_any_packet_never_makes_the_outcome_wrong() {
    on_the_street("doors::a_link_lost_at_any_packet_never_makes_the_outcome_wrong", async |air| {
        let radio = radio().await;
        let door = find_at(&radio, locks(), DOOR_ADDRESS).await;
        let mut seen = Vec::new();
        for packet in (1..=200).step_by(3) {
            let before = air.movements(DOOR).await;
            air.fault(DOOR, json!({ "fault": "link_lost", "at_packet": packet })).await;
            let came = open(&radio, &door).await;
            let moved = air.movements(DOOR).await - before;
            match &came {
                Ok((DoorOutcome::Opened, _)) => assert_eq!(moved, 1, "packet {packet}"),
                Ok((DoorOutcome::Unsure, _)) => assert!(moved <= 1, "packet {packet}: moved {moved} times"),
                Ok((DoorOutcome::Refused, _)) | Err(_) => assert_eq!(moved, 0, "packet {packet}: {came:?}"),
                other => panic!("packet {packet}: {other:?}"),
            }
            let untouched = air.look(DOOR).await["link_lost_at_packet"].is_u64();
            air.mend(DOOR).await;
            seen.push(came);
            if untouched {
                break;
            }
        }
        assert_eq!(
            seen.last(),
            Some(&Ok((DoorOutcome::Opened, None))),
            "a whole session needs fewer packets"
        );
        assert!(seen.iter().any(|came| matches!(came, Ok((DoorOutcome::Refused, _)))), "{seen:?}");
    });
}

#[test]
fn a_lock_out_of_range_is_not_found_and_is_found_when_it_is_back() {
    on_the_street("doors::a_lock_out_of_range_is_not_found_and_is_found_when_it_is_back", async |air| {
        let radio = radio().await;
        air.fault(DOOR, json!({ "fault": "out_of_range", "on": true })).await;
        let limit = Duration::from_secs(1);
        let nothing = find(&radio, locks(), limit, |_| true).await;
        assert_eq!(nothing, Err(RadioError::Timeout(limit, "searching")));
        air.mend(DOOR).await;
        let door = find_at(&radio, locks(), DOOR_ADDRESS).await;
        assert_eq!(open(&radio, &door).await, Ok((DoorOutcome::Opened, None)));
    });
}

#[test]
fn a_sleeping_lock_answers_after_a_knock() {
    on_the_street("doors::a_sleeping_lock_answers_after_a_knock", async |air| {
        let radio = radio().await;
        let door = find_at(&radio, locks(), DOOR_ADDRESS).await;
        air.fault(DOOR, json!({ "fault": "asleep", "on": true })).await;
        let session = LockSession::new(key(), None, Arc::new(SystemWorld));
        let limit = Duration::from_millis(1500);
        assert!(
            connect(&radio, &door, &session.profile(), limit).await.is_err(),
            "nobody can wake it by radio"
        );
        air.knock(DOOR).await;
        assert_eq!(open(&radio, &door).await, Ok((DoorOutcome::Opened, None)));
        assert_eq!(air.movements(DOOR).await, 1);
    });
}

#[test]
fn a_lock_that_hangs_is_refused_and_works_when_it_is_well() {
    on_the_street("doors::a_lock_that_hangs_is_refused_and_works_when_it_is_well", async |air| {
        let radio = radio().await;
        let door = find_at(&radio, locks(), DOOR_ADDRESS).await;
        air.fault(DOOR, json!({ "fault": "hang", "on": true })).await;
        let (outcome, _) = open(&radio, &door).await.unwrap();
        assert_eq!(outcome, DoorOutcome::Refused, "no command was sent");
        air.mend(DOOR).await;
        assert_eq!(open(&radio, &door).await, Ok((DoorOutcome::Opened, None)));
        assert_eq!(air.movements(DOOR).await, 1);
    });
}

#[test]
fn a_door_that_is_hardly_heard_opens_all_the_same() {
    on_the_street("doors::a_door_that_is_hardly_heard_opens_all_the_same", async |air| {
        let radio = radio().await;
        air.fault(DOOR, json!({ "fault": "rssi", "dbm": -95 })).await;
        let heard =
            find(&radio, locks(), SOON, |s| s.address.as_deref() == Some(DOOR_ADDRESS)).await.unwrap();
        assert_eq!(heard.rssi, Some(-95));
        assert_eq!(open(&radio, &heard.device).await, Ok((DoorOutcome::Opened, None)));
        assert_eq!(air.movements(DOOR).await, 1);
    });
}
