//! In an emergency a worker opens a home without anybody's permission: told at once, marked, and reviewed.

use chrono::TimeDelta;
use serde_json::{Value, json};
use terskel_api::break_glass::{CentreNotices, GlassBroken, GlassList, GlassReport};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::digital_key;
use terskel_model::break_glass::BreakGlassReason;
use terskel_model::digital_key::KeyBasis;
use terskel_model::{BreakGlassId, TeamId};

use crate::support::{House, Listener, Worker, access, field, kari, keys, liv, opens};

fn smoke(house: &House) -> Value {
    json!({"id": BreakGlassId::new(&*house.world), "resident_number": "R-84", "reason": "danger",
        "text": "Smoke under the door; nobody answers."})
}

async fn reports(house: &House, lead: &str) -> Vec<GlassReport> {
    house.get(path::BREAK_GLASS, lead).await.is::<GlassList>(200).reports
}

async fn notices(house: &House, after: i64) -> Vec<i64> {
    let path = format!("{}?after={after}", path::NOTICES);
    let notices = house.get(&path, &house.centre).await.is::<CentreNotices>(200).notices;
    assert!(notices.iter().all(|n| n.resident_number == "R-84" && n.worker_name == "Ada Berg"));
    notices.iter().map(|n| n.number).collect()
}

stories! {
    async fn the_glass_gives_keys_for_a_quarter_of_an_hour_and_everybody_knows(house) {
        let lead = liv(&house).await;
        let resident = kari(&house).await;
        let mut on_the_move = Worker::new("2003", "Lars Lie", "135790");
        on_the_move.hire(&house, Some(house.vest)).await;
        on_the_move.on_shift(&house, house.vest).await;
        let lars = house.phone_of(&on_the_move).await;
        let mut stream = Listener::open(&house, &lars, None).await;
        stream.expect_keys().await;
        let mut ada = house.phone_of(&house.ada).await;
        assert_eq!(keys(&house, &ada).await, []);

        let broken: GlassBroken = ada.post(&house, path::BREAK_GLASS, &smoke(&house)).await.is(200);
        assert_eq!((broken.home.doors.len(), broken.keys.len()), (2, 2));
        let verified =
            digital_key::verify(&broken.keys[0].key.0, &ada.authority, &ada.identity.public()).unwrap();
        assert_eq!(verified.claims().basis, KeyBasis::BreakGlass);
        assert_eq!(verified.claims().expires, house.now() + TimeDelta::minutes(15));
        assert_eq!(opens(&house, &mut ada, &broken.keys[0]).await, None);

        assert_eq!(stream.expect_glass().await.id, broken.id);
        let waiting = reports(&house, &lead).await.remove(0);
        assert_eq!((waiting.worker_name.as_str(), waiting.reason.clone()), ("Ada Berg", BreakGlassReason::Danger));
        assert_eq!(waiting.reviewed_at, None);
        let told = notices(&house, 0).await;
        assert_eq!((told.len(), notices(&house, told[0]).await), (1, vec![]));
        let seen = access(&house, &lead, resident).await;
        assert!(seen.now.iter().all(|a| a.because.break_glass == Some(broken.id)));
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'glass_broken'").await, 1);
        let marked = "SELECT COUNT(*) FROM audit WHERE kind = 'key_issued' AND reason = 'break_glass'";
        assert_eq!(house.count(marked).await, 2);

        assert_eq!(keys(&house, &ada).await, broken.keys);
        house.forward_minutes(15);
        assert_eq!(keys(&house, &ada).await, []);
    }

    async fn the_same_emergency_gives_no_second_quarter_of_an_hour(house) {
        let ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let emergency = smoke(&house);
        let first: GlassBroken = ada.post(&house, path::BREAK_GLASS, &emergency).await.is(200);
        let again: GlassBroken = ada.post(&house, path::BREAK_GLASS, &emergency).await.is(200);
        assert_eq!(first.keys, again.keys);
        bo.post(&house, path::BREAK_GLASS, &emergency).await.refused(409, code::CONFLICT);
        house.forward_minutes(16);
        let late: GlassBroken = ada.post(&house, path::BREAK_GLASS, &emergency).await.is(200);
        assert_eq!(late.keys, []);
        assert_eq!(notices(&house, 0).await.len(), 1);
    }

    async fn a_lead_closes_the_review_once_and_never_their_own(house) {
        let lead = liv(&house).await;
        let mut lars = Worker::new("2003", "Lars Lie", "135790");
        lars.hire(&house, Some(house.vest)).await;
        lars.on_shift(&house, house.vest).await;
        let phone = house.phone_of(&lars).await;
        let broken: GlassBroken = phone.post(&house, path::BREAK_GLASS, &smoke(&house)).await.is(200);
        let review = path::BREAK_GLASS_REVIEW.replace("{id}", &broken.id.to_string());
        let note = json!({"note": "Toast. The chain was on; Lars did right."});
        phone.post(&house, &review, &note).await.refused(403, code::FORBIDDEN);
        let problem = house.post(&review, &lead, &json!({"note": " "})).await.refused(422, code::INVALID);
        assert_eq!(field(&problem), "note");
        let closed: GlassReport = house.post(&review, &lead, &note).await.is(200);
        assert_eq!(closed.reviewed_by.as_deref(), Some("Liv Lie"));
        house.post(&review, &lead, &note).await.refused(409, code::CONFLICT);

        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(ost)).await;
        let stranger = odd.lead_session(&house).await;
        house.post(&review, &stranger, &note).await.refused(404, code::NOT_FOUND);
        assert_eq!(reports(&house, &stranger).await, []);
    }

    async fn a_reason_is_needed_and_numbers_cannot_be_guessed(house) {
        let ada = house.phone_of(&house.ada).await;
        for (name, value) in [("text", json!("  ")), ("reason", json!("")), ("text", json!("x".repeat(501)))] {
            let mut wrong = smoke(&house);
            wrong[name] = value;
            let problem = ada.post(&house, path::BREAK_GLASS, &wrong).await.refused(422, code::INVALID);
            assert_eq!(field(&problem), name);
        }
        // Another unit's resident is as little there as one that is not there.
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let olav = json!({"number": "R-90", "team": ost, "first_name": "Olav", "last_name": "Nordmann",
            "address": "Storgata 2", "town": "Bergen"});
        house.make(path::RESIDENTS, &olav).await;
        for number in ["R-90", "R-91", "R-92", "R-93", "R-94"] {
            let mut guess = smoke(&house);
            guess["resident_number"] = json!(number);
            let problem = ada.post(&house, path::BREAK_GLASS, &guess).await.refused(404, code::NOT_FOUND);
            assert_eq!(field(&problem), "resident_number");
        }
        let problem = ada.post(&house, path::BREAK_GLASS, &smoke(&house)).await;
        assert_eq!(problem.refused(429, code::SLOW_DOWN).retry_after_s, Some(60));
        house.forward_minutes(1);
        ada.post(&house, path::BREAK_GLASS, &smoke(&house)).await.is::<GlassBroken>(200);
        for token in [&house.centre, &house.admin] {
            house.post(path::BREAK_GLASS, token, &smoke(&house)).await.refused(403, code::FORBIDDEN);
        }
        ada.get(&house, path::BREAK_GLASS).await.refused(403, code::FORBIDDEN);
        ada.get(&house, path::NOTICES).await.refused(403, code::FORBIDDEN);
    }
}
