//! What response centres send, and what becomes of it.

use reqwest::Method;
use serde_json::json;
use terskel_api::dispatch::{Accepted, CentreDispatch};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::DispatchId;
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_station::Role;

use crate::support::{Listener, Worker, field, of};

stories! {
    async fn the_same_reference_is_the_same_dispatch(house) {
        let first: CentreDispatch = house.post(path::DISPATCHES, &house.centre, &house.alarm("C-1")).await.is(201);
        let mut again = house.alarm("C-1");
        again["note"] = json!("sent again");
        let second: CentreDispatch = house.post(path::DISPATCHES, &house.centre, &again).await.is(200);
        assert_eq!(first, second);

        let alarm = house.alarm("C-2");
        let storm = (0..12).map(|_| house.post(path::DISPATCHES, &house.centre, &alarm));
        let answers = futures_util::future::join_all(storm).await;
        let new = answers.iter().filter(|answer| answer.status == 201).count();
        let ids: Vec<DispatchId> = answers
            .iter()
            .map(|answer| answer.is::<CentreDispatch>(answer.status.as_u16()).id)
            .collect();
        assert!(new == 1 && ids.iter().all(|id| *id == ids[0]), "{new} new, {ids:?}");
    }

    async fn a_reference_used_for_another_resident_is_no_quiet_success(house) {
        let first = house.dispatch("C-1").await;
        let olav = json!({"number": "R-90", "team": house.vest, "first_name": "Olav", "last_name": "Nordmann",
            "address": "Storgata 2", "town": "Bergen"});
        house.make(path::RESIDENTS, &olav).await;
        let mut alarm = house.alarm("C-1");
        alarm["resident_number"] = json!("R-90");
        let problem = house.post(path::DISPATCHES, &house.centre, &alarm).await.refused(409, code::CONFLICT);
        assert_eq!(field(&problem), "reference");
        assert_eq!(house.count("SELECT COUNT(*) FROM dispatches").await, 1);
        assert_eq!(house.centre_sees(first).await.phase, DispatchPhase::Open);
    }

    async fn a_reference_belongs_to_its_centre(house) {
        let other = house.token(Role::ResponseCentre, "Another centre").await;
        let mine = house.dispatch("C-1").await;
        let theirs: CentreDispatch =
            house.post(path::DISPATCHES, &other, &house.alarm("C-1")).await.is(201);
        assert_ne!(theirs.id, mine);
        house.get(&of(path::DISPATCH, mine), &other).await.refused(404, code::NOT_FOUND);
    }

    async fn a_cause_from_a_newer_centre_is_kept_and_shown_as_it_is(house) {
        let ada = house.phone_of(&house.ada).await;
        let mut alarm = house.alarm("C-1");
        alarm["cause"] = json!("kitchen_flood");
        house.post(path::DISPATCHES, &house.centre, &alarm).await.is::<CentreDispatch>(201);
        let details = Listener::open(&house, &ada, None).await.expect().await.details.unwrap();
        assert_eq!(details.cause, Cause::Unknown("kitchen_flood".into()));
    }

    async fn a_fault_names_its_field_and_stores_nothing(house) {
        let faults = [
            ("reference", json!("")), ("reference", json!("x".repeat(101))), ("reference", json!(7)),
            ("resident_number", json!("nobody")), ("team_code", json!("NOWHERE")), ("cause", json!("")),
            ("cause", json!("c".repeat(101))), ("raised_at", json!("yesterday")),
            ("raised_at", json!("+262000-01-01T00:00:00Z")), ("note", json!("n".repeat(2001))),
            ("note", json!("bell \u{7}")), ("colour", json!("red")),
        ];
        for (name, value) in faults {
            let mut alarm = house.alarm("C-1");
            alarm[name] = value.clone();
            let problem = house.post(path::DISPATCHES, &house.centre, &alarm).await.refused(422, code::INVALID);
            assert_eq!(field(&problem), name, "{value}");
        }
        let mut alarm = house.alarm("C-1");
        alarm.as_object_mut().unwrap().remove("cause");
        let problem = house.post(path::DISPATCHES, &house.centre, &alarm).await.refused(422, code::INVALID);
        assert_eq!(field(&problem), "cause");
        house.send(Method::POST, path::DISPATCHES, &house.centre, "{\"refer").await.refused(400, code::INVALID);
        let huge = format!("{{\"note\":\"{}\"}}", "n".repeat(65_536));
        house.send(Method::POST, path::DISPATCHES, &house.centre, huge).await.refused(413, code::TOO_LARGE);
        house.post(path::DISPATCHES, &house.centre, &house.alarm("C-1")).await.is::<CentreDispatch>(201);
    }

    async fn names_of_any_script_arrive_unbroken(house) {
        let ada = house.phone_of(&house.ada).await;
        let names = ["Øystein", "王秀英", "محمد", "👩🏽‍🦳", &"å".repeat(500)];
        let mut stream = Listener::open(&house, &ada, None).await;
        for (i, name) in names.into_iter().enumerate() {
            let number = format!("R-{i}");
            let resident = json!({"number": number, "team": house.vest, "first_name": name, "last_name": "'; --",
                "address": "Storgata 1", "town": "Tromsø"});
            house.make(path::RESIDENTS, &resident).await;
            let mut alarm = house.alarm(&format!("C-{i}"));
            alarm["resident_number"] = json!(number);
            house.post(path::DISPATCHES, &house.centre, &alarm).await.is::<CentreDispatch>(201);
            let details = stream.expect().await.details.unwrap();
            assert_eq!((details.resident.first_name.as_str(), details.hub), (name, None));
        }
    }

    async fn twenty_accept_at_once_and_one_wins(house) {
        let mut phones = Vec::new();
        for i in 0..20 {
            let mut worker = Worker::new(&format!("W-{i}"), &format!("Worker {i}"), "2468");
            worker.hire(&house, None).await;
            worker.on_shift(&house, house.vest).await;
            phones.push(house.phone_of(&worker).await);
        }
        let dispatch = house.dispatch("C-1").await;
        let race = phones.iter().map(|phone| phone.try_accept(&house, dispatch));
        let answers = futures_util::future::join_all(race).await;
        let winners: Vec<usize> = (0..20).filter(|i| answers[*i].status == 200).collect();
        assert_eq!(winners.len(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            let problem = answer.refused(409, code::ALREADY_ACCEPTED);
            assert_eq!(problem.accepted_by, Some(format!("Worker {}", winners[0])));
        }
        let winner = &phones[winners[0]];
        let again = winner.accept(&house, dispatch).await;
        assert_eq!(again.keys, answers[winners[0]].is::<Accepted>(200).keys);
    }

    async fn another_teams_dispatch_is_not_there(house) {
        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let mut eva = Worker::new("3001", "Eva Lund", "8642");
        eva.hire(&house, None).await;
        eva.on_shift(&house, terskel_model::TeamId(ost)).await;
        let eva = house.phone_of(&eva).await;
        let dispatch = house.dispatch("C-1").await;
        eva.try_accept(&house, dispatch).await.refused(404, code::NOT_FOUND);
        eva.decline(&house, dispatch, "busy").await.refused(404, code::NOT_FOUND);

        let mut alarm = house.alarm("C-2");
        alarm["team_code"] = json!("OST");
        let for_ost: CentreDispatch = house.post(path::DISPATCHES, &house.centre, &alarm).await.is(201);
        let heard = Listener::open(&house, &eva, None).await.expect().await;
        assert_eq!(heard.id, for_ost.id);
        let ada = house.phone_of(&house.ada).await;
        ada.try_accept(&house, for_ost.id).await.refused(404, code::NOT_FOUND);
    }

    async fn who_has_accepted_cannot_decline_and_saying_no_twice_counts_once(house) {
        let (ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let dispatch = house.dispatch("C-1").await;
        bo.decline(&house, dispatch, "too_far").await.done();
        bo.decline(&house, dispatch, "busy").await.done();
        ada.accept(&house, dispatch).await;
        ada.decline(&house, dispatch, "busy").await.refused(409, code::CONFLICT);
        let problem = bo.decline(&house, dispatch, "").await.refused(422, code::INVALID);
        assert_eq!(field(&problem), "reason");
        let seen = house.centre_sees(dispatch).await;
        assert_eq!((seen.declined, seen.phase), (1, DispatchPhase::Accepted));
    }

    async fn nobody_posts_dispatches_but_a_centre(house) {
        let ada = house.phone_of(&house.ada).await;
        let alarm = house.alarm("C-1");
        house.post(path::DISPATCHES, "", &alarm).await.refused(401, code::UNAUTHENTICATED);
        house.post(path::DISPATCHES, "not-a-token", &alarm).await.refused(401, code::UNAUTHENTICATED);
        house.post(path::DISPATCHES, &house.admin, &alarm).await.refused(403, code::FORBIDDEN);
        ada.post(&house, path::DISPATCHES, &alarm).await.refused(403, code::FORBIDDEN);
        house.post(path::TEAMS, &house.centre, &json!({"code": "X", "name": "X"})).await.refused(403, code::FORBIDDEN);
        house.get("/v1/nothing", "").await.refused(404, code::NOT_FOUND);
        house.get("/v1/dispatches/nonsense", &house.centre).await.refused(404, code::NOT_FOUND);
        house.send(Method::PUT, path::TEAMS, "", "").await.refused(405, code::NOT_FOUND);
    }
}
