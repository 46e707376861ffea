//! Team leads decide who may open what, and when; the station issues by it.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::key::KeyBundle;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, PermissionList};
use terskel_api::problem::code;
use terskel_api::withdrawal::TeamShifts;
use terskel_keys::digital_key;
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::EventKind;
use terskel_model::permission::Denial;
use terskel_model::{DoorId, OrganisationId, PermissionId, TeamId};
use terskel_station::rotate_key;

use crate::support::{Worker, access, field, give, kari, keys, liv, one, opens, permanent, take_away, term};

const GOOD: &str = "SELECT COUNT(*) FROM issued_keys WHERE withdrawn_ms IS NULL";

stories! {
    async fn a_permission_gives_keys_until_the_shift_ends_and_none_after_it_is_taken_away(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        assert_eq!(keys(&house, &ada).await, []);
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        assert_eq!((given.who_name.as_str(), given.what_name.as_str()), ("Ada Berg", "Kari Nordmann"));

        let bundle: KeyBundle = ada.request(&house, Method::POST, path::KEYS, b"").await.is(200);
        assert_eq!((bundle.homes.len(), bundle.homes[0].doors.len(), bundle.keys.len()), (1, 2, 2));
        let verified =
            digital_key::verify(&bundle.keys[0].key.0, &ada.authority, &ada.identity.public()).unwrap();
        let claims = verified.claims();
        assert_eq!((claims.permission, claims.basis.clone()), (Some(given.id), KeyBasis::Shift));
        assert_eq!(claims.expires, house.now() + TimeDelta::hours(7));
        assert_eq!(keys(&house, &ada).await, bundle.keys, "the same keys again");
        assert_eq!(opens(&house, &mut ada, &bundle.keys[1]).await, None);

        take_away(&house, &lead, given.id).await;
        assert_eq!(keys(&house, &ada).await, []);
        // Saying it again changes nothing, and is not told twice.
        let again = take_away(&house, &lead, given.id).await;
        assert_eq!(again.permission.taken_away_by.as_deref(), Some("Liv Lie"));
        let told = "SELECT COUNT(*) FROM audit WHERE kind = 'permission_taken_away' AND permission_id IS NOT NULL";
        assert_eq!(house.count(told).await, 1);
    }

    async fn the_lead_sees_who_gets_in_and_why_and_why_not(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let mut night = permanent(&house, resident);
        // It is 22:00 UTC, 23:00 in Oslo; Bo's hours are those of a day.
        night["when"]["windows"] = json!([{"days": ["Thu", "Fri"], "from": "22:00", "until": "06:00"}]);
        let night = give(&house, &lead, &night).await;
        let mut day = permanent(&house, resident);
        day["who"] = json!({"kind": "worker", "worker": house.bo.id()});
        day["when"]["windows"] = json!([{"days": ["Thu"], "from": "08:00", "until": "16:00"}]);
        give(&house, &lead, &day).await;
        keys(&house, &ada).await;

        let seen = access(&house, &lead, resident).await;
        assert_eq!(seen.time_zone, "Europe/Oslo");
        let names: Vec<_> = seen.now.iter().map(|a| (a.worker_name.as_str(), a.because.permission)).collect();
        assert_eq!(names, [("Ada Berg", Some(night.id)); 2]);
        assert_eq!(seen.now[0].until, house.now() + TimeDelta::hours(7));
        let not: Vec<_> = seen.not_now.iter().map(|a| (a.worker_name.as_str(), a.because.clone())).collect();
        assert_eq!(not, [("Bo Dahl", Denial::OutsideHours), ("Bo Dahl", Denial::OutsideHours)]);
        assert_eq!((seen.keys.len(), seen.permissions.len()), (2, 2));
        assert_eq!(seen.keys[0].because.permission, Some(night.id));

        let dispatch = house.dispatch("C-1").await;
        let bo = house.phone_of(&house.bo).await;
        bo.accept(&house, dispatch).await;
        let seen = access(&house, &lead, resident).await;
        let bo = seen.now.iter().find(|a| a.worker_name == "Bo Dahl").unwrap();
        assert_eq!((bo.because.dispatch, bo.until), (Some(dispatch), house.now() + TimeDelta::minutes(60)));
    }

    async fn a_window_is_the_homes_own_time_and_its_key_ends_with_it(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let mut evening = permanent(&house, resident);
        evening["when"]["windows"] = json!([{"days": ["Thu"], "from": "20:00", "until": "23:30"}]);
        give(&house, &lead, &evening).await;
        let key = keys(&house, &ada).await.remove(0);
        let verified = digital_key::verify(&key.key.0, &ada.authority, &ada.identity.public()).unwrap();
        assert_eq!(verified.claims().expires, house.now() + TimeDelta::minutes(30));
        house.forward_minutes(30);
        assert_eq!(keys(&house, &ada).await, []);
    }

    async fn once_means_once_on_one_phone(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        let mut once = permanent(&house, resident);
        once["when"]["term"] = term(&house, "once", 120);
        give(&house, &lead, &once).await;
        let first = keys(&house, &ada).await;
        assert!(first.len() == 2 && first.iter().all(|key| key.once));
        assert_eq!(keys(&house, &ada).await, first, "an answer may get lost");
        assert_eq!(opens(&house, &mut ada, &first[0]).await, None);
        // That door is done but for locking it, the other one is not.
        let after = keys(&house, &ada).await;
        assert_eq!(after.iter().map(|key| key.id).collect::<Vec<_>>(), [first[0].id, first[1].id]);
        let elsewhere = house.phone_of(&house.ada).await;
        assert_eq!(keys(&house, &elsewhere).await, []);
        let seen = access(&house, &lead, resident).await;
        assert!(seen.not_now.iter().all(|no| no.because == Denial::UsedUp));
        house.forward_minutes(121);
        assert_eq!(keys(&house, &elsewhere).await, []);
    }

    async fn what_was_for_once_and_is_not_used_is_given_to_the_same_phone_again_when_its_key_is_worth_nothing(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        let mut once = permanent(&house, resident);
        once["when"]["term"] = term(&house, "once", 120);
        give(&house, &lead, &once).await;
        let first = keys(&house, &ada).await;
        let mut last = first.clone();
        for happens in ["the station's key is stolen", "the phone wipes itself", "her shift is another"] {
            house.forward_minutes(1);
            match happens {
                "the station's key is stolen" => {
                    rotate_key(&house.config, house.world.clone(), true).await.unwrap();
                }
                "the phone wipes itself" => {
                    let event = ada.record_elsewhere(&house, EventKind::PhoneWiped);
                    assert_eq!(ada.send(&house, &event).await, None);
                }
                _ => {
                    let shifts = house.get(path::SHIFTS, &lead).await.is::<TeamShifts>(200).shifts;
                    let shift = shifts.iter().find(|shift| shift.worker == house.ada.id()).unwrap().id;
                    let end = path::SHIFT_END.replace("{id}", &shift.to_string());
                    assert_eq!(house.send(Method::POST, &end, &lead, "").await.status, 200);
                    house.ada.on_shift(&house, house.vest).await;
                }
            }
            let elsewhere = house.phone_of(&house.ada).await;
            assert_eq!(keys(&house, &elsewhere).await, [], "{happens}: the first keys may still be on her phone");
            ada.sign_in(&house, &house.ada).await;
            let next = keys(&house, &ada).await;
            assert!(next.len() == 2 && next.iter().all(|key| last.iter().all(|old| old.id != key.id)), "{happens}");
            assert_eq!(house.count(GOOD).await, 2);
            let ends = "SELECT COUNT(DISTINCT expires_ms) FROM issued_keys";
            assert_eq!(house.count(ends).await, 1, "{happens}: none lasts longer than the first would have");
            last = next;
        }
        // Her phone has opened with the very first key, and tells it now: that was the once.
        assert_eq!(opens(&house, &mut ada, &first[0]).await, None);
        assert_eq!(keys(&house, &ada).await, [last[1].clone()]);
        assert_eq!(house.count(GOOD).await, 1);
        // With the other door's key she may lock behind her, and when that is gone, there is none.
        assert_eq!(opens(&house, &mut ada, &last[1]).await, None);
        assert_eq!(keys(&house, &ada).await, [last[1].clone()]);
        rotate_key(&house.config, house.world.clone(), true).await.unwrap();
        assert_eq!(keys(&house, &ada).await, []);
    }

    async fn roles_teams_and_other_organisations_are_let_in(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let fire = OrganisationId(house.make(path::ORGANISATIONS, &json!({"name": "Brann og redning"})).await);
        let station = TeamId(house.make(path::TEAMS, &json!({"code": "BRANN", "name": "Brannstasjonen"})).await);
        let mut finn = Worker::new("9001", "Finn Flod", "2468");
        finn.hire_of(&house, fire).await;
        finn.on_shift(&house, station).await;
        let mut nina = Worker::new("1003", "Nina Eik", "2468");
        nina.hire(&house, None).await;
        nina.on_shift_as(&house, house.vest, "nurse").await;
        let (finn, nina) = (house.phone_of(&finn).await, house.phone_of(&nina).await);
        let ada = house.phone_of(&house.ada).await;

        let mut permission = permanent(&house, resident);
        permission["who"] = json!({"kind": "organisation", "organisation": fire});
        give(&house, &lead, &permission).await;
        permission["id"] = json!(PermissionId::new(&*house.world));
        permission["who"] = json!({"kind": "role", "team": house.vest, "role": "nurse"});
        permission["what"] = json!({"kind": "door", "door": house.home.stairwell});
        give(&house, &lead, &permission).await;
        assert_eq!(keys(&house, &finn).await.len(), 2);
        assert_eq!(keys(&house, &nina).await.iter().map(|k| k.door).collect::<Vec<_>>(), [house.home.stairwell]);
        assert_eq!(keys(&house, &ada).await, []);
        permission["id"] = json!(PermissionId::new(&*house.world));
        permission["who"] = json!({"kind": "team", "team": house.vest});
        permission["what"] = json!({"kind": "team", "team": house.vest});
        permission["operations"] = json!(["lock"]);
        give(&house, &lead, &permission).await;
        assert_eq!(keys(&house, &ada).await.len(), 2);
    }

    async fn another_units_people_homes_and_permissions_are_not_found(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(ost)).await;
        let stranger = odd.lead_session(&house).await;

        let home = path::HOME_ACCESS.replace("{id}", &resident.to_string());
        house.get(&home, &stranger).await.refused(404, code::NOT_FOUND);
        house.send(Method::DELETE, &one(given.id), &stranger, "").await.refused(404, code::NOT_FOUND);
        assert!(house.get(path::PERMISSIONS, &stranger).await.is::<PermissionList>(200).permissions.is_empty());
        for who in [json!({"kind": "worker", "worker": house.ada.id()}), json!({"kind": "team", "team": house.vest})] {
            let mut theirs = permanent(&house, resident);
            theirs["who"] = who;
            theirs["what"] = json!({"kind": "team", "team": ost});
            let problem = house.post(path::PERMISSIONS, &stranger, &theirs).await.refused(404, code::NOT_FOUND);
            assert_eq!(field(&problem), "who");
        }
        for what in [
            json!({"kind": "residence", "resident": resident}), json!({"kind": "team", "team": house.vest}),
            json!({"kind": "door", "door": house.home.flat}),
            json!({"kind": "door", "door": DoorId::new(&*house.world)}),
        ] {
            let mut theirs = permanent(&house, resident);
            theirs["who"] = json!({"kind": "team", "team": ost});
            theirs["what"] = what;
            let problem = house.post(path::PERMISSIONS, &stranger, &theirs).await.refused(404, code::NOT_FOUND);
            assert_eq!(field(&problem), "what");
        }
        // The id of the other unit's permission is as good as taken.
        let mut same_id = permanent(&house, resident);
        same_id["id"] = json!(given.id);
        same_id["who"] = json!({"kind": "team", "team": ost});
        same_id["what"] = json!({"kind": "team", "team": ost});
        house.post(path::PERMISSIONS, &stranger, &same_id).await.refused(409, code::CONFLICT);
        let body = serde_json::to_vec(&same_id).unwrap();
        for (method, path) in [
            (Method::GET, home.as_str()),
            (Method::GET, path::PERMISSIONS),
            (Method::POST, path::PERMISSIONS),
            (Method::DELETE, &one(given.id)),
        ] {
            ada.request(&house, method, path, &body).await.refused(403, code::FORBIDDEN);
        }
        for token in [&house.admin, &house.centre] {
            house.get(&home, token).await.refused(403, code::FORBIDDEN);
            house.get(path::PERMISSIONS, token).await.refused(403, code::FORBIDDEN);
            house.post(path::PERMISSIONS, token, &same_id).await.refused(403, code::FORBIDDEN);
            house.send(Method::DELETE, &one(given.id), token, "").await.refused(403, code::FORBIDDEN);
        }
        house.send(Method::POST, path::KEYS, &lead, "").await.refused(403, code::FORBIDDEN);
    }

    async fn what_makes_no_sense_is_refused_by_field(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let sense = permanent(&house, resident);
        let once = |minutes| json!({"term": term(&house, "once", minutes)});
        let team = json!({"kind": "team", "team": house.vest});
        let windows = |window: Value| json!({"term": {"kind": "permanent"}, "windows": [window]});
        let faults = [
            ("when.term.until", "when", once(0)), ("when.term.until", "when", once(-5)),
            ("operations", "operations", json!([])), ("operations", "operations", json!(["explode"])),
            ("condition", "condition", json!("at_will")), ("condition", "condition", json!("break_glass")),
            ("note", "note", json!("n".repeat(501))), ("note", "note", json!("bell \u{7}")),
            ("when.windows", "when", windows(json!({"days": [], "from": "08:00", "until": "09:00"}))),
            ("colour", "colour", json!("red")),
        ];
        for (named, name, value) in faults {
            let mut wrong = sense.clone();
            wrong[name] = value.clone();
            let problem = house.post(path::PERMISSIONS, &lead, &wrong).await.refused(422, code::INVALID);
            assert_eq!(field(&problem), named, "{value}");
        }
        for (name, value) in [
            ("when", windows(json!({"days": ["Thu"], "from": "25:00", "until": "09:00"}))),
            ("who", json!({"kind": "everybody"})), ("what", json!({"kind": "door"})),
        ] {
            let mut wrong = sense.clone();
            wrong[name] = value;
            let problem = house.post(path::PERMISSIONS, &lead, &wrong).await.refused(422, code::INVALID);
            assert!(field(&problem).starts_with(name), "{problem:?}");
        }
        let mut for_all = sense.clone();
        for_all["who"] = team;
        for_all["when"] = once(60);
        let problem = house.post(path::PERMISSIONS, &lead, &for_all).await.refused(422, code::INVALID);
        assert_eq!(field(&problem), "who");
        give(&house, &lead, &sense).await;
        house.post(path::PERMISSIONS, &lead, &sense).await.is::<GivenPermission>(200);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'permission_given'").await, 1);
    }

    async fn on_a_dispatch_both_kinds_of_key_tell_what_they_opened(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        give(&house, &lead, &permanent(&house, resident)).await;
        let shift = keys(&house, &ada).await;
        let dispatch = house.dispatch("C-1").await;
        let call = ada.accept(&house, dispatch).await.keys;
        assert!(call.iter().all(|key| shift.iter().all(|other| other.id != key.id)));
        for key in [shift[0].id, call[0].id] {
            let mut event = ada.record(&house, EventKind::DoorOperated, dispatch);
            event.door = Some(shift[0].door);
            event.operation = Some(Operation::Open);
            event.outcome = Some(DoorOutcome::Opened);
            event.key = Some(key);
            assert_eq!(ada.send(&house, &event).await, None);
        }
        // A key for a dispatch opens on that dispatch.
        let mut event = ada.record_elsewhere(&house, EventKind::DoorOperated);
        event.door = Some(call[0].door);
        event.operation = Some(Operation::Open);
        event.outcome = Some(DoorOutcome::Opened);
        event.key = Some(call[0].id);
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::BAD_PROOF));
    }
}
