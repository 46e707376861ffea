//! A lead's phone installs a lock: its secret comes with the proof that it opens and locks.

use serde_json::{Value, json};
use terskel_api::key::KeyBundle;
use terskel_api::lock::LockList;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::roster::RosterPage;
use terskel_api::team::HomeList;
use terskel_keys::{AuthorityKeys, digital_key};
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::lock_report::LockReport;
use terskel_model::{DoorId, LockId, PermissionId, ResidentId, TeamId};

use crate::support::{Home, House, Phone, Worker, field, keys, term};

/// Liv leads Vest and is on shift with a phone.
async fn liv(house: &House) -> (Worker, Phone) {
    let mut liv = Worker::new("2001", "Liv Lie", "135790");
    liv.hire(house, Some(house.vest)).await;
    liv.on_shift(house, house.vest).await;
    let phone = house.phone_of(&liv).await;
    (liv, phone)
}

async fn kari(house: &House, phone: &Phone) -> ResidentId {
    phone.get(house, path::RESIDENTS).await.is::<HomeList>(200).homes[0].resident
}

fn tested(
    house: &House,
    phone: &mut Phone,
    (door, lock): (DoorId, LockId),
    operation: Operation,
) -> PhoneEvent {
    let mut event = phone.record_elsewhere(house, EventKind::LockTested);
    let done = if operation == Operation::Open { DoorOutcome::Opened } else { DoorOutcome::Locked };
    (event.door, event.lock) = (Some(door), Some(LockReport::new(lock)));
    (event.operation, event.outcome) = (Some(operation), Some(done));
    event
}

/// Tells that the lock opened and locked; the request that is left to send.
async fn proven(house: &House, phone: &mut Phone, resident: ResidentId, door: DoorId, lock: LockId) -> Value {
    let opened = tested(house, phone, (door, lock), Operation::Open);
    assert_eq!(phone.send(house, &opened).await, None);
    let locked = tested(house, phone, (door, lock), Operation::Lock);
    assert_eq!(phone.send(house, &locked).await, None);
    json!({"resident": resident, "door": door, "lock": Home::lock(lock, 7), "opened": opened.id, "locked": locked.id})
}

fn new_door(name: &str, position: u32) -> Value {
    json!({"kind": "flat", "name": name, "position": position})
}

async fn doors(house: &House, phone: &Phone) -> Vec<String> {
    let homes: HomeList = phone.get(house, path::RESIDENTS).await.is(200);
    homes.homes[0].doors.iter().map(|door| door.name.clone()).collect()
}

stories! {
    async fn a_lock_in_a_new_door_is_there_in_its_place_and_opens_by_permission(house) {
        let (liv, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let (door, lock) = (DoorId::new(&*house.world), LockId::new(&*house.world));
        let mut request = proven(&house, &mut phone, resident, door, lock).await;
        request["new_door"] = new_door("Mellomgang", 1);
        let before: RosterPage = phone.get(&house, path::ROSTER).await.is(200);
        for _ in 0..2 {
            // The answer to the first may have been lost.
            phone.post(&house, path::INSTALLATIONS, &request).await.done();
        }
        assert_eq!(doors(&house, &phone).await, ["Oppgang B", "Mellomgang", "Leilighet 4"]);
        let after = format!("{}?after={}", path::ROSTER, before.cursor);
        let told: RosterPage = phone.get(&house, &after).await.is(200);
        assert_eq!((told.homes.len(), told.homes[0].doors.len()), (1, 3), "other phones hear of it");
        let installed = "SELECT COUNT(*) FROM audit WHERE kind = 'lock_installed'";
        assert_eq!(house.count(installed).await, 1);

        let given = json!({"id": PermissionId::new(&*house.world), "who": {"kind": "worker", "worker": liv.id()},
            "what": {"kind": "door", "door": door}, "when": {"term": {"kind": "permanent"}}});
        phone.post(&house, path::PERMISSIONS, &given).await.is::<Value>(201);
        let bundle: KeyBundle = phone.request(&house, reqwest::Method::POST, path::KEYS, b"").await.is(200);
        let authority: &AuthorityKeys = &phone.authority;
        let key = digital_key::verify(&bundle.keys[0].key.0, authority, &phone.identity.public()).unwrap();
        assert_eq!((bundle.keys.len(), bundle.keys[0].lock), (1, lock));
        assert_eq!(*key.open_credential(&phone.identity).unwrap(), [7; 36]);
    }

    async fn a_lock_that_is_exchanged_is_the_doors_from_then_on(house) {
        let (_, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        // Bo may come in once, and has the key.
        let bo = house.phone_of(&house.bo).await;
        let once = json!({"id": PermissionId::new(&*house.world), "who": {"kind": "worker", "worker": house.bo.id()},
            "what": {"kind": "residence", "resident": resident}, "when": {"term": term(&house, "once", 120)}});
        phone.post(&house, path::PERMISSIONS, &once).await.is::<Value>(201);
        let before = keys(&house, &bo).await;
        let lock = LockId::new(&*house.world);
        let request = proven(&house, &mut phone, resident, house.home.flat, lock).await;
        phone.post(&house, path::INSTALLATIONS, &request).await.done();
        let locks: LockList = phone.get(&house, path::LOCKS).await.is(200);
        let mut ids: Vec<_> = locks.locks.iter().map(|known| known.id).collect();
        ids.sort();
        let mut wanted = vec![house.home.stairwell_lock, lock];
        wanted.sort();
        assert_eq!(ids, wanted);
        let replaced = "SELECT COUNT(*) FROM audit WHERE kind = 'lock_installed' AND reason = 'replaced'";
        assert_eq!(house.count(replaced).await, 1);
        assert_eq!(ada.accept(&house, dispatch).await.keys[1].lock, lock);
        let after = keys(&house, &bo).await;
        assert_eq!((after.len(), &after[0], after[1].lock), (2, &before[0], lock));

        // Of the one that has gone nothing is kept secret any more; a late word of it is taken, and binds nobody.
        house.forward_minutes(61);
        house.erase().await;
        let mut late = ada.record_elsewhere(&house, EventKind::LockReported);
        let report = LockReport::new(house.home.flat_lock);
        late.lock = Some(LockReport { fingerprint: Some("ab".repeat(32)), ..report });
        assert_eq!(ada.send(&house, &late).await, None);
        assert_eq!(house.count("SELECT COUNT(*) FROM locks WHERE certificate_pin IS NOT NULL").await, 0);
    }

    async fn nothing_is_installed_without_the_phones_proof_of_both(house) {
        let (_, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let (door, lock) = (house.home.flat, LockId::new(&*house.world));
        let good = proven(&house, &mut phone, resident, door, lock).await;
        let mut opened_only = good.clone();
        opened_only["locked"] = good["opened"].clone();
        let mut swapped = good.clone();
        (swapped["opened"], swapped["locked"]) = (good["locked"].clone(), good["opened"].clone());
        let mut another_lock = good.clone();
        another_lock["lock"] = Home::lock(LockId::new(&*house.world), 7);
        let mut another_door = good.clone();
        another_door["door"] = json!(house.home.stairwell);
        let mut never_told = good.clone();
        never_told["opened"] = json!(terskel_model::EventId::new(&*house.world));
        let cases = [(opened_only, "locked"), (swapped, "opened"), (another_lock, "opened"),
            (another_door, "opened"), (never_told, "opened")];
        for (request, named) in cases {
            let answer = phone.post(&house, path::INSTALLATIONS, &request).await;
            assert_eq!(field(&answer.refused(422, code::INVALID)), named, "{request}");
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM locks").await, 2);
    }

    async fn a_lock_that_opened_but_did_not_say_that_it_locked_is_not_proven(house) {
        let (_, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let (door, lock) = (house.home.flat, LockId::new(&*house.world));
        let mut request = proven(&house, &mut phone, resident, door, lock).await;
        for outcome in [DoorOutcome::Unsure, DoorOutcome::Refused, DoorOutcome::Opened] {
            let mut unsure = tested(&house, &mut phone, (door, lock), Operation::Lock);
            unsure.outcome = Some(outcome);
            assert_eq!(phone.send(&house, &unsure).await, None);
            request["locked"] = json!(unsure.id);
            let answer = phone.post(&house, path::INSTALLATIONS, &request).await;
            assert_eq!(field(&answer.refused(422, code::INVALID)), "locked");
        }
    }

    async fn workers_desks_and_leads_of_other_teams_install_nothing(house) {
        let (worker, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let (door, lock) = (house.home.flat, LockId::new(&*house.world));
        let request = proven(&house, &mut phone, resident, door, lock).await;
        let desk = worker.lead_session(&house).await;
        house.post(path::INSTALLATIONS, &desk, &request).await.refused(403, code::FORBIDDEN);

        let mut ada = house.phone_of(&house.ada).await;
        ada.post(&house, path::INSTALLATIONS, &request).await.refused(403, code::FORBIDDEN);
        let event = tested(&house, &mut ada, (door, lock), Operation::Open);
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::FORBIDDEN));

        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(ost)).await;
        odd.on_shift(&house, ost).await;
        let mut odds = house.phone_of(&odd).await;
        let event = tested(&house, &mut odds, (door, lock), Operation::Open);
        assert_eq!(odds.send(&house, &event).await.as_deref(), Some(code::NOT_FOUND));
        let answer = odds.post(&house, path::INSTALLATIONS, &request).await;
        assert_eq!(field(&answer.refused(404, code::NOT_FOUND)), "resident");
    }

    async fn what_cannot_be_is_named_by_its_field(house) {
        let (_, mut phone) = liv(&house).await;
        let resident = kari(&house, &phone).await;
        let (door, lock) = (DoorId::new(&*house.world), LockId::new(&*house.world));
        let good = proven(&house, &mut phone, resident, door, lock).await;
        let cases: [(&str, &[&str], Value); 6] = [
            ("lock.family", &["lock", "family"], json!("fax")),
            ("lock.credential", &["lock", "credential"], json!("07")),
            ("lock.device_id", &["lock", "device_id"], json!("nonsense")),
            ("lock.address", &["lock", "address"], json!("here")),
            ("new_door.name", &["new_door"], new_door("", 0)),
            ("new_door.kind", &["new_door"], json!({"kind": "", "name": "Dør", "position": 0})),
        ];
        for (named, path, wrong) in cases {
            let mut request = good.clone();
            *path.iter().fold(&mut request, |value, key| &mut value[*key]) = wrong;
            let answer = phone.post(&house, path::INSTALLATIONS, &request).await;
            assert_eq!(field(&answer.refused(422, code::INVALID)), named);
        }
        // A door that is not there, and one that is another home's.
        phone.post(&house, path::INSTALLATIONS, &good).await.refused(404, code::NOT_FOUND);
        let stairwell = house.home.stairwell;
        let mut taken = proven(&house, &mut phone, resident, stairwell, lock).await;
        taken["new_door"] = new_door("Dør", 0);
        phone.post(&house, path::INSTALLATIONS, &taken).await.refused(409, code::CONFLICT);
        // Where the platform hides addresses, the lock is found by its id.
        let mut hidden = good.clone();
        (hidden["lock"]["address"], hidden["new_door"]) = (json!(""), new_door("Bod", 9));
        phone.post(&house, path::INSTALLATIONS, &hidden).await.done();
        assert_eq!(doors(&house, &phone).await, ["Oppgang B", "Leilighet 4", "Bod"]);
    }
}
