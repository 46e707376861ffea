//! A Nuki's own list of who may come in: written by the phone that a permission lets in, used by its keys, emptied by the next.

use chrono::TimeDelta;
use serde_json::json;
use terskel_api::key::ShiftKey;
use terskel_api::path;
use terskel_keys::digital_key;
use terskel_locks::nuki::errand::{self, Errand};
use terskel_locks::nuki::{Credential, Generation};
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::event::EventKind;
use terskel_model::lock_report::{LockEntry, LockReport};
use terskel_model::{LockId, PermissionId, ResidentId};

use crate::support::{Home, House, Phone, hex, keys, liv, take_away, term};

const ENTRIES: &str = "SELECT COUNT(*) FROM lock_entries";

fn standing() -> Credential {
    Credential {
        authorization_id: 1,
        shared_key: [0xab; 32],
        app_id: 9,
        generation: Generation::Classic,
        pin: Some(1234),
        unlatch: true,
    }
}

/// Per, whose flat has a Nuki, and the lock.
async fn per(house: &House) -> (ResidentId, LockId) {
    let lock = LockId::new(&*house.world);
    let mut resident = Home::new(&*house.world).resident("R-85", house.vest);
    resident["hub"] = json!(null);
    resident["doors"][1]["lock"] = json!({"id": lock, "family": "nuki", "address": "C0:FF:EE:00:00:22",
        "device_id": "12AB34CD", "credential": hex(&standing().to_bytes())});
    (ResidentId(house.make(path::RESIDENTS, &resident).await), lock)
}

async fn give(house: &House, lead: &str, resident: ResidentId, term: serde_json::Value) -> PermissionId {
    let permission = json!({"id": PermissionId::new(&*house.world), "who": {"kind": "team", "team": house.vest},
        "what": {"kind": "residence", "resident": resident}, "when": {"term": term}});
    crate::support::give(house, lead, &permission).await.id
}

fn carried(phone: &Phone, key: &ShiftKey) -> (Credential, Vec<Errand>) {
    let key = digital_key::verify(&key.key.0, &phone.authority, &phone.identity.public()).unwrap();
    errand::read(&key.open_credential(&phone.identity).unwrap()).unwrap()
}

/// What the phone's key for the lock carries now.
async fn now(house: &House, phone: &Phone, lock: LockId) -> (ShiftKey, Credential, Vec<Errand>) {
    let key = keys(house, phone).await.into_iter().find(|key| key.lock == lock).unwrap();
    let (credential, errands) = carried(phone, &key);
    (key, credential, errands)
}

/// The phone has done its errand, or says so.
async fn tell(house: &House, phone: &mut Phone, lock: LockId, errand: &Errand, id: Option<u32>) {
    let mut event = phone.record_elsewhere(house, EventKind::LockReported);
    let mut report = LockReport::new(lock);
    let until = errand.wanted.as_ref().map(|wanted| wanted.until);
    report.entries = vec![LockEntry { name: errand.name.clone(), id, until }];
    event.lock = Some(report);
    for _ in 0..2 {
        assert_eq!(phone.send(house, &event).await, None);
    }
}

stories! {
    async fn a_nukis_own_entry_takes_the_place_of_its_pin_and_goes_with_the_permission(house) {
        let (mut ada, mut bo, lead) = (
            house.phone_of(&house.ada).await, house.phone_of(&house.bo).await, liv(&house).await);
        let (resident, lock) = per(&house).await;
        let permission = give(&house, &lead, resident, term(&house, "period", 3 * 24 * 60)).await;

        // The first key lets the phone write its own entry.
        let (first, credential, errands) = now(&house, &ada, lock).await;
        assert_eq!((&credential, errands.len()), (&standing(), 1));
        let wanted = errands[0].wanted.clone().unwrap();
        assert_eq!(wanted.until.timestamp(), (house.now() + TimeDelta::days(3)).timestamp());
        assert!(wanted.from <= house.now() && errands[0].name.starts_with("Terskel "));
        assert_eq!(now(&house, &ada, lock).await.0, first, "the same until it is done");
        // Bo's is another one. Neither phone answers for the other's.
        let (_, _, of_bo) = now(&house, &bo, lock).await;
        assert_ne!(of_bo[0].name, errands[0].name);
        tell(&house, &mut bo, lock, &errands[0], Some(66)).await;
        tell(&house, &mut bo, lock, &Errand { wanted: None, ..errands[0].clone() }, None).await;
        assert_eq!(now(&house, &ada, lock).await.0, first);

        // From then on its keys carry the entry alone: no PIN, and the lock's own end.
        tell(&house, &mut ada, lock, &errands[0], Some(42)).await;
        let (second, credential, errands) = now(&house, &ada, lock).await;
        assert_eq!((credential.authorization_id, credential.pin, credential.unlatch, errands.len()), (42, None, true, 0));
        assert_eq!(credential.shared_key, *wanted.shared_key);
        // A dispatch does not hang on it. The first of a day brings the PIN, for the lock's log and clock.
        let dispatch = house.dispatch_to("C-1", "R-85").await;
        let accepted = bo.accept(&house, dispatch).await;
        let key = accepted.keys.iter().find(|key| key.lock == lock).unwrap();
        let key = digital_key::verify(&key.key.0, &bo.authority, &bo.identity.public()).unwrap();
        let secret = key.open_credential(&bo.identity).unwrap();
        assert_eq!(errand::read(&secret).unwrap(), (standing(), vec![]));
        let again = bo.accept(&house, dispatch).await;
        assert_eq!(again.keys, accepted.keys);

        // The lock does not know it any more: written anew.
        let mut refused = ada.record_elsewhere(&house, EventKind::DoorOperated);
        (refused.door, refused.key) = (Some(second.door), Some(second.id));
        (refused.operation, refused.outcome) = (Some(Operation::Open), Some(DoorOutcome::Refused));
        refused.reason = Some(DoorReason::KeyRejected.as_str().to_owned());
        assert_eq!(ada.send(&house, &refused).await, None);
        let (_, credential, errands) = now(&house, &ada, lock).await;
        assert_eq!((credential, errands.len()), (standing(), 1));
        tell(&house, &mut ada, lock, &errands[0], Some(43)).await;

        // Taken away: whoever comes next removes both, and the lock's list is the station's again.
        take_away(&house, &lead, permission).await;
        give(&house, &lead, resident, json!({"kind": "permanent"})).await;
        let (_, credential, errands) = now(&house, &bo, lock).await;
        assert_eq!(credential, standing());
        let gone: Vec<&Errand> = errands.iter().filter(|errand| errand.wanted.is_none()).collect();
        assert_eq!((gone.len(), errands.len()), (2, 3));
        let own = errands.iter().find_map(|errand| errand.wanted.clone()).unwrap();
        assert_eq!(own.until.timestamp(), (house.now() + TimeDelta::days(30)).timestamp());
        for errand in &errands {
            let id = errand.wanted.as_ref().map(|_| 44);
            tell(&house, &mut bo, lock, errand, id).await;
        }
        assert_eq!(house.count(ENTRIES).await, 1);
        let (_, credential, _) = now(&house, &bo, lock).await;
        assert_eq!((credential.authorization_id, credential.pin), (44, None));

        // The next dispatch has nothing to do that takes the PIN, and does not get it.
        let dispatch = house.dispatch_to("C-2", "R-85").await;
        let accepted = ada.accept(&house, dispatch).await;
        let key = accepted.keys.iter().find(|key| key.lock == lock).unwrap();
        let key = digital_key::verify(&key.key.0, &ada.authority, &ada.identity.public()).unwrap();
        let secret = Credential::from_bytes(&key.open_credential(&ada.identity).unwrap()).unwrap();
        assert_eq!(secret, Credential { pin: None, ..standing() });
    }
}
