//! What phones tell of locks, and what the lead sees of it.

use serde_json::json;
use terskel_api::dispatch::Dispatch;
use terskel_api::lock::LockList;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::digital_key;
use terskel_locks::family::{FAMILIES, Setup, find};
use terskel_model::door::{DoorOutcome, LockFamily, Operation, PassReason};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::lock_report::{BatteryLevel, LockReport, LockWarning, LoggedOperation};
use terskel_model::{DispatchId, DoorId, LockId, TeamId, Timestamp};

use crate::support::{House, Listener, Phone, Worker, hex};

async fn lead(house: &House) -> String {
    let mut lead = Worker::new("2001", "Liv Lie", "135790");
    lead.hire(house, Some(house.vest)).await;
    lead.lead_session(house).await
}

async fn locks(house: &House, token: &str) -> LockList {
    house.get(path::LOCKS, token).await.is(200)
}

fn told(house: &House, phone: &mut Phone, dispatch: DispatchId, report: LockReport) -> PhoneEvent {
    let mut event = phone.record(house, EventKind::LockReported, dispatch);
    event.door = Some(house.home.flat);
    event.lock = Some(report);
    event
}

fn logged(index: u32, at: Timestamp) -> LoggedOperation {
    LoggedOperation { index, at: Some(at), by: "Ada Berg".into(), operation: Operation::Open, done: true }
}

stories! {
    async fn a_weak_battery_reaches_the_lead_with_what_the_lock_guarantees(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let (dispatch, token) = (house.dispatch("C-1").await, lead(&house).await);
        let before = locks(&house, &token).await;
        assert_eq!(before.locks.len(), 2);
        assert!(before.locks.iter().all(|lock| lock.report.is_none() && lock.warnings.is_empty()));
        let guarantees = before.locks[0].guarantees.as_ref().unwrap();
        assert_eq!((guarantees.window.as_str(), guarantees.log_readable), ("phone", false));

        let mut report = LockReport::new(house.home.flat_lock);
        (report.battery_percent, report.battery) = (Some(5), Some(BatteryLevel::Low));
        let event = told(&house, &mut ada, dispatch, report.clone());
        assert_eq!(ada.send(&house, &event).await, None);
        let flat = locks(&house, &token).await.locks.into_iter().find(|lock| lock.id == house.home.flat_lock);
        let flat = flat.unwrap();
        assert_eq!((flat.warnings, flat.report, flat.doors), (
            vec![LockWarning::BatteryLow], Some(report), vec!["Leilighet 4".to_owned()]));
        assert_eq!(flat.reported_at, Some(house.now()));
    }

    async fn an_older_word_does_not_replace_a_newer_one(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let (dispatch, token) = (house.dispatch("C-1").await, lead(&house).await);
        let percent = |percent| {
            let mut report = LockReport::new(house.home.flat_lock);
            report.battery_percent = Some(percent);
            report
        };
        let mut late = told(&house, &mut ada, dispatch, percent(90));
        late.at = house.now() - chrono::TimeDelta::hours(1);
        let newer = told(&house, &mut ada, dispatch, percent(20));
        for event in [newer, late] {
            assert_eq!(ada.send(&house, &event).await, None);
        }
        let list = locks(&house, &token).await;
        let reports: Vec<_> = list.locks.iter().filter_map(|lock| lock.report.as_ref()?.battery_percent).collect();
        assert_eq!(reports, [20]);
    }

    async fn an_opening_in_a_locks_log_that_nobody_told_of_is_shown_until_somebody_does(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let (dispatch, token) = (house.dispatch("C-1").await, lead(&house).await);
        let key = ada.accept(&house, dispatch).await.keys.remove(1);
        let mut opened = ada.record(&house, EventKind::DoorOperated, dispatch);
        (opened.door, opened.key) = (Some(key.door), Some(key.id));
        (opened.operation, opened.outcome) = (Some(Operation::Open), Some(DoorOutcome::Opened));
        let opened_at = opened.at;

        let mut report = LockReport::new(house.home.flat_lock);
        let near = opened_at + chrono::TimeDelta::seconds(90);
        let night = opened_at - chrono::TimeDelta::hours(9);
        report.log = vec![logged(40, night), logged(41, near)];
        for _ in 0..2 {
            // Two phones may bring the same log home.
            let event = told(&house, &mut ada, dispatch, report.clone());
            assert_eq!(ada.send(&house, &event).await, None);
        }
        let unexplained = locks(&house, &token).await.unexplained;
        assert_eq!(unexplained.iter().map(|u| u.at).collect::<Vec<_>>(), [Some(night), Some(near)]);
        assert_eq!((unexplained[0].by.as_str(), &unexplained[0].doors), ("Ada Berg", &vec!["Leilighet 4".to_owned()]));

        assert_eq!(ada.send(&house, &opened).await, None);
        let unexplained = locks(&house, &token).await.unexplained;
        assert_eq!(unexplained.iter().map(|u| u.at).collect::<Vec<_>>(), [Some(night)]);
        // The next phone reads on from there.
        let dispatch: Dispatch = ada.accept(&house, dispatch).await.dispatch;
        let after: Vec<u32> =
            dispatch.details.unwrap().doors.iter().map(|door| door.lock.as_ref().unwrap().log_after).collect();
        assert_eq!(after, [0, 41]);
    }

    async fn a_report_is_of_a_lock_on_the_way_and_says_what_can_be(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let report = LockReport::new(house.home.flat_lock);
        let strange = LockReport::new(LockId::new(&*house.world));
        let full = LockReport { battery_percent: Some(101), ..report.clone() };
        let short = LockReport { fingerprint: Some("ab".into()), ..report.clone() };
        let pin = LockReport { fingerprint: Some("ab".repeat(32)), ..report.clone() };
        let wordy = LockReport { log: vec![logged(1, house.now()); 51], ..report.clone() };
        for (report, refused) in [
            (strange, code::NOT_FOUND),
            (full, code::INVALID),
            (short, code::INVALID),
            // A dKey has no certificate to be held to.
            (pin, code::INVALID),
            (wordy, code::INVALID),
        ] {
            let event = told(&house, &mut ada, dispatch, report);
            assert_eq!(ada.send(&house, &event).await.as_deref(), Some(refused), "{event:?}");
        }
        let mut without = told(&house, &mut ada, dispatch, report);
        without.lock = None;
        assert_eq!(ada.send(&house, &without).await.as_deref(), Some(code::INVALID));
    }

    async fn only_the_teams_lead_sees_its_locks(house) {
        let ada = house.phone_of(&house.ada).await;
        ada.get(&house, path::LOCKS).await.refused(403, code::FORBIDDEN);
        for token in [house.centre.as_str(), house.admin.as_str()] {
            house.get(path::LOCKS, token).await.refused(403, code::FORBIDDEN);
        }
        house.get(path::LOCKS, "").await.refused(401, code::UNAUTHENTICATED);
        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let mut other = Worker::new("2002", "Odd Lie", "135790");
        other.hire(&house, Some(TeamId(ost))).await;
        let list = locks(&house, &other.lead_session(&house).await).await;
        assert!(list.locks.is_empty() && list.unexplained.is_empty());
    }

    async fn a_door_that_was_passed_without_its_lock_is_told(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut passed = ada.record(&house, EventKind::DoorPassed, dispatch);
        passed.door = Some(house.home.stairwell);
        assert_eq!(ada.send(&house, &passed).await.as_deref(), Some(code::INVALID));
        let mut passed = ada.record(&house, EventKind::DoorPassed, dispatch);
        passed.door = Some(house.home.stairwell);
        passed.reason = Some(PassReason::OpenAlready.as_str().to_owned());
        assert_eq!(ada.send(&house, &passed).await, None);
    }

    async fn door_codes_and_metal_keys_are_for_the_one_who_goes(house) {
        let mut doors = house.home.doors();
        for door in doors.as_array_mut().unwrap() {
            for id in ["/id", "/lock/id"] {
                *door.pointer_mut(id).unwrap() = json!(LockId::new(&*house.world));
            }
        }
        doors[0]["lock"] = json!(null);
        doors[0]["code"] = json!("4711#");
        doors[0]["physical_key"] = json!({"cabinet": "Basen, skap 2", "tag": "B-17"});
        let mut per = house.home.resident("R-85", house.vest);
        per["doors"] = doors;
        house.make(path::RESIDENTS, &per).await;
        let (ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let mut stream = Listener::open(&house, &bo, None).await;
        let dispatch = house.dispatch_to("C-85", "R-85").await;
        let seen = stream.expect().await.details.unwrap();
        assert_eq!(seen.doors.len(), 2);
        assert!(seen.doors.iter().all(|door| door.code.is_none() && door.physical_key.is_none()));
        let accepted = ada.accept(&house, dispatch).await;
        let door = &accepted.dispatch.details.unwrap().doors[0];
        assert_eq!(door.code.as_ref().unwrap().expose(), "4711#");
        assert_eq!(door.physical_key.as_ref().unwrap().tag, "B-17");
        drop(stream);
        house.stop().await;
        if house.config.database_url.is_none() {
            for entry in std::fs::read_dir(&house.config.data).unwrap() {
                let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                assert!(!bytes.windows(5).any(|window| window == b"4711#"), "a door code lies open");
            }
        }
    }

    async fn the_first_certificate_of_a_lock_is_held_to_it_and_another_is_shown(house) {
        let family = find(FAMILIES, &LockFamily::from("danalock")).unwrap();
        let setup = Setup {
            device_id: "0a1b2c3d4e5f".into(),
            seed: Some(zeroize::Zeroizing::new([5; 32])),
            options: [("trust".to_owned(), "first_seen".to_owned())].into(),
            ..Setup::default()
        };
        let credential = family.simulate(setup, house.world.clone()).unwrap().credential.unwrap();
        let (door, lock) = (DoorId::new(&*house.world), LockId::new(&*house.world));
        let mut per = house.home.resident("R-86", house.vest);
        per["doors"] = json!([{"id": door, "kind": "flat", "name": "Ytterdør", "lock": {
            "id": lock, "family": "danalock", "address": "C0:FF:EE:00:00:86",
            "device_id": "0a1b2c3d4e5f", "credential": hex(&credential)}}]);
        house.make(path::RESIDENTS, &per).await;
        let (mut ada, token) = (house.phone_of(&house.ada).await, lead(&house).await);
        let dispatch = house.dispatch_to("C-86", "R-86").await;
        ada.accept(&house, dispatch).await;
        let seen = |byte: &str| LockReport { fingerprint: Some(byte.repeat(32)), ..LockReport::new(lock) };
        for byte in ["ab", "ab", "cd"] {
            let mut event = told(&house, &mut ada, dispatch, seen(byte));
            event.door = Some(door);
            assert_eq!(ada.send(&house, &event).await, None);
        }
        let status = locks(&house, &token).await.locks.into_iter().find(|known| known.id == lock).unwrap();
        let pin = status.certificate.unwrap();
        assert_eq!((pin.fingerprint, pin.other), ("ab".repeat(32), Some("cd".repeat(32))));

        // From here on keys hold the lock to it: the next phone does not trust anybody else.
        let next = house.dispatch_to("C-87", "R-86").await;
        let bo = house.phone_of(&house.bo).await;
        let key = bo.accept(&house, next).await.keys.remove(0);
        let key = digital_key::verify(&key.key.0, &bo.authority, &bo.identity.public()).unwrap();
        let held = key.open_credential(&bo.identity).unwrap();
        assert_eq!(*held, *family.pinned(&credential, &[0xab; 32]).unwrap());
    }
}
