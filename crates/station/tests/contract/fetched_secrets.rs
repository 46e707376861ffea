//! Login tokens of a Danalock come from its vendor's key service, and no digital key outlives them.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;
use terskel_api::dispatch::{Accepted, IssuedKey};
use terskel_api::lock::{FetchedToken, LockList};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::digital_key;
use terskel_locks::danalock::{Credential, Trust};
use terskel_model::LockId;
use terskel_model::digital_key::KeyWanting;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::event::EventKind;
use tokio::time::timeout;

use crate::support::{Home, House, KeyService, Mood, Phone, field, liv};

const SERIAL: &str = "0a:1b:2c:3d:4e:5f";
const WITHHELD: &str = "SELECT COUNT(*) FROM audit WHERE kind = 'key_withheld'";

/// Per, whose flat has a Danalock without a secret behind a stairwell with a dKey.
async fn per(house: &House) -> LockId {
    home_with(house, "R-85", SERIAL).await
}

async fn home_with(house: &House, number: &str, serial: &str) -> LockId {
    let lock = LockId::new(&*house.world);
    let mut resident = Home::new(&*house.world).resident(number, house.vest);
    resident["hub"] = json!(null);
    resident["doors"][1]["lock"] = json!({"id": lock, "family": "danalock", "address": "C0:FF:EE:00:00:22",
        "device_id": serial.replace(':', ""), "credential": ""});
    house.make(path::RESIDENTS, &resident).await;
    lock
}

/// A station that knows of the service, and a phone there.
async fn at_work(house: &House, service: &KeyService, password: &str) -> Phone {
    house.restart_with(|config| config.danalock = Some(service.config(password))).await;
    house.phone_of(&house.ada).await
}

fn claims(phone: &Phone, key: &IssuedKey) -> (i64, Credential) {
    let key = digital_key::verify(&key.key.0, &phone.authority, &phone.identity.public()).unwrap();
    let secret = key.open_credential(&phone.identity).unwrap();
    (key.claims().expires.timestamp(), Credential::from_bytes(&secret).unwrap())
}

fn of(accepted: &Accepted, lock: LockId) -> Option<&IssuedKey> {
    accepted.keys.iter().find(|key| key.lock == lock)
}

async fn token(house: &House, lead: &str, lock: LockId) -> FetchedToken {
    let locks: LockList = house.get(path::LOCKS, lead).await.is(200);
    locks.locks.into_iter().find(|known| known.id == lock).unwrap().token.unwrap()
}

fn wanting(accepted: &Accepted) -> Vec<(LockId, KeyWanting)> {
    accepted.without.iter().map(|door| (door.lock, door.reason.clone())).collect()
}

stories! {
    async fn a_token_is_fetched_when_a_key_is_wanted_and_again_before_it_ends(house) {
        let service = KeyService::open().await;
        let ada = at_work(&house, &service, "right one").await;
        let lock = per(&house).await;
        let ends = house.now() + TimeDelta::minutes(40);
        service.inside().locks.insert(SERIAL.into(), (vec![1; 40], Some(ends)));
        let dispatch = house.dispatch_to("C-1", "R-85").await;

        let accepted = ada.accept(&house, dispatch).await;
        assert_eq!((accepted.keys.len(), accepted.without.len()), (2, 0));
        let (expires, secret) = claims(&ada, of(&accepted, lock).unwrap());
        assert!(expires < ends.timestamp() && expires > (ends - TimeDelta::minutes(3)).timestamp());
        assert_eq!((secret.login_token.as_slice(), *secret.broadcast_key), (&[1; 40][..], [7; 16]));
        assert_eq!(secret.trust, Trust::FirstSeen);
        assert_eq!(service.inside().asked, ["password", SERIAL]);
        // Cached: whoever asks again gets the same key, and the service is left in peace.
        assert_eq!(ada.accept(&house, dispatch).await.keys, accepted.keys);
        house.tick().await;
        assert_eq!(service.inside().asked.len(), 2);

        // At half its life a new one is fetched, though the service has forgotten whom it let in.
        service.inside().locks.insert(SERIAL.into(), (vec![2; 40], None));
        service.inside().mood = Mood::Forgets;
        house.forward_minutes(21);
        house.tick().await;
        assert_eq!(service.inside().asked[2..], [SERIAL, "refresh", "password", SERIAL]);
        house.forward_minutes(18);
        let accepted = ada.accept(&house, dispatch).await;
        let (expires, secret) = claims(&ada, of(&accepted, lock).unwrap());
        assert_eq!(secret.login_token.as_slice(), [2; 40]);
        assert!(expires > ends.timestamp());
        assert_eq!(house.count(WITHHELD).await, 0);
        // The same home again is no conflict, though the lock's secret has changed.
        assert_eq!(house.count("SELECT COUNT(*) FROM fetched_secrets WHERE given = 0").await, 1);
    }

    async fn a_token_that_the_lock_refuses_is_fetched_anew_and_the_lead_sees_how_it_stands(house) {
        let service = KeyService::open().await;
        let mut ada = at_work(&house, &service, "right one").await;
        let lead = liv(&house).await;
        let lock = per(&house).await;
        let ends = house.now() + TimeDelta::days(7);
        service.inside().locks.insert(SERIAL.into(), (vec![1; 40], Some(ends)));
        let dispatch = house.dispatch_to("C-1", "R-85").await;
        let accepted = ada.accept(&house, dispatch).await;
        let key = of(&accepted, lock).unwrap().clone();
        let told = token(&house, &lead, lock).await;
        assert_eq!((told.good_until.map(|at| at.timestamp()), told.failure), (Some(ends.timestamp()), None));

        // The vendor has taken it back, and the lock knows. While the vendor is silent there is nothing better.
        service.inside().locks.insert(SERIAL.into(), (vec![2; 40], Some(ends)));
        service.inside().mood = Mood::Fails;
        house.forward_minutes(2);
        let mut refused = ada.record(&house, EventKind::DoorOperated, dispatch);
        (refused.door, refused.key) = (Some(key.door), Some(key.id));
        (refused.operation, refused.outcome) = (Some(Operation::Open), Some(DoorOutcome::Refused));
        refused.reason = Some(DoorReason::KeyRejected.as_str().to_owned());
        assert_eq!(ada.send(&house, &refused).await, None);
        assert_eq!(of(&ada.accept(&house, dispatch).await, lock), Some(&key));
        let told = token(&house, &lead, lock).await;
        assert_eq!(told.failure, Some(KeyWanting::ServiceSilent));
        assert!(told.refused_at.is_some() && told.failing_since.is_some(), "{told:?}");

        // Then the next key has the new one, long before the old one's time.
        service.inside().mood = Mood::Well;
        house.forward_minutes(1);
        let accepted = ada.accept(&house, dispatch).await;
        let (_, secret) = claims(&ada, of(&accepted, lock).unwrap());
        assert_eq!(secret.login_token.as_slice(), [2; 40]);
        let asked = service.inside().asked.len();
        assert_eq!(ada.accept(&house, dispatch).await.keys, accepted.keys);
        assert_eq!(service.inside().asked.len(), asked, "and that is that");
        let told = token(&house, &lead, lock).await;
        assert_eq!((told.refused_at, told.failure, told.failing_since), (None, None, None));
    }

    async fn an_outage_of_the_vendor_stalls_nobody_and_keeps_no_other_door_closed(house) {
        let service = KeyService::open().await;
        let ada = at_work(&house, &service, "right one").await;
        let lock = per(&house).await;
        service.inside().mood = Mood::Hangs;
        let dispatch = house.dispatch_to("C-1", "R-85").await;
        let accepted = timeout(Duration::from_secs(5), ada.accept(&house, dispatch)).await;
        let accepted = accepted.expect("nobody waits for the vendor");
        assert_eq!((accepted.keys.len(), wanting(&accepted)), (1, vec![(lock, KeyWanting::ServiceSilent)]));
        // It is left alone for a while, and the trail says it once.
        ada.accept(&house, dispatch).await;
        assert_eq!(service.inside().asked.len(), 1);
        assert_eq!(house.count(WITHHELD).await, 1);

        service.inside().mood = Mood::Well;
        let ends = house.now() + TimeDelta::hours(1);
        service.inside().locks.insert(SERIAL.into(), (vec![1; 40], Some(ends)));
        house.forward_minutes(1);
        assert!(of(&ada.accept(&house, dispatch).await, lock).is_some());

        // What is good is used as long as it lasts, whatever becomes of the service.
        service.inside().mood = Mood::Fails;
        house.forward_minutes(40);
        house.tick().await;
        assert!(of(&ada.accept(&house, dispatch).await, lock).is_some());
        house.forward_minutes(19);
        let accepted = ada.accept(&house, dispatch).await;
        assert_eq!(wanting(&accepted), [(lock, KeyWanting::ServiceSilent)]);
        assert_eq!(house.text("SELECT reason FROM audit WHERE kind = 'key_withheld'").await, "service_silent");
    }

    async fn a_few_locks_that_are_answered_oddly_keep_no_other_waiting(house) {
        let service = KeyService::open().await;
        at_work(&house, &service, "right one").await;
        let odd = ["0a:1b:2c:3d:4e:01", "0a:1b:2c:3d:4e:02", "0a:1b:2c:3d:4e:03", "0a:1b:2c:3d:4e:04"];
        let mut forbidden = None;
        for (serial, number) in odd.iter().zip(["R-91", "R-92", "R-93", "R-94"]) {
            service.inside().odd.insert((*serial).into(), StatusCode::INTERNAL_SERVER_ERROR);
            service.inside().locks.insert((*serial).into(), (vec![1; 40], None));
            forbidden = Some(home_with(&house, number, serial).await);
        }
        house.forward_minutes(1);
        per(&house).await;
        service.inside().locks.insert(SERIAL.into(), (vec![1; 40], None));
        house.tick().await;
        assert!(!service.inside().asked.contains(&SERIAL.to_owned()), "the service seems to be out of order");
        house.forward_minutes(1);
        house.tick().await;
        assert_eq!(service.inside().asked.last().unwrap(), SERIAL, "next time it is the first");
        let fetched = "SELECT COUNT(*) FROM fetched_secrets WHERE fetched_ms IS NOT NULL";
        assert_eq!(house.count(fetched).await, 1);

        // What is forbidden is one lock, not the account.
        service.inside().odd = [(odd[3].into(), StatusCode::FORBIDDEN)].into();
        house.forward_minutes(5);
        house.tick().await;
        assert_eq!(house.count(fetched).await, 4);
        let told = token(&house, &liv(&house).await, forbidden.unwrap()).await;
        assert_eq!(told.failure, Some(KeyWanting::LockUnknown));
    }

    async fn who_is_not_let_in_by_the_service_and_what_it_does_not_know_is_said(house) {
        let service = KeyService::open().await;
        // Without a service, a lock needs its secret.
        let mut resident = Home::new(&*house.world).resident("R-90", house.vest);
        resident["hub"] = json!(null);
        resident["doors"][1]["lock"]["family"] = json!("danalock");
        resident["doors"][1]["lock"]["credential"] = json!("");
        let problem = house.post(path::RESIDENTS, &house.admin, &resident).await.refused(422, code::INVALID);
        assert_eq!(field(&problem), "doors[1].lock.credential");

        let ada = at_work(&house, &service, "wrong one").await;
        let lock = per(&house).await;
        let dispatch = house.dispatch_to("C-1", "R-85").await;
        for _ in 0..2 {
            let accepted = ada.accept(&house, dispatch).await;
            assert_eq!(wanting(&accepted), [(lock, KeyWanting::ServiceRefused)]);
            house.forward_minutes(4);
        }
        assert_eq!(service.inside().asked, ["password"], "an account could be locked");

        house.restart_with(|config| config.danalock = Some(service.config("right one"))).await;
        assert_eq!(wanting(&ada.accept(&house, dispatch).await), [(lock, KeyWanting::LockUnknown)]);
        let told = token(&house, &liv(&house).await, lock).await;
        assert_eq!((told.good_until, told.failure), (None, Some(KeyWanting::LockUnknown)));
        assert_eq!(told.failing_since.map(|at| at.timestamp()), Some(house.now().timestamp()));
        // Nobody else is told the account: this certificate is not the system's to vouch for.
        house.restart_with(|config| {
            config.danalock = Some(service.config("right one"));
            config.danalock.as_mut().unwrap().ca = None;
        }).await;
        service.inside().asked.clear();
        house.forward_minutes(61);
        house.tick().await;
        assert!(service.inside().asked.is_empty());
    }
}
