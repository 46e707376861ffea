//! Workers who are corrected: another name, another number, another PIN.

use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::OwnTeam;
use terskel_model::{TeamId, WorkerId};

use crate::support::{Answer, House, Phone, Worker, field, liv};

fn at(path: &str, worker: WorkerId) -> String {
    path.replace("{id}", &worker.to_string())
}

async fn correct(house: &House, worker: WorkerId, to: &Value) -> Answer {
    house.send(Method::PUT, &at(path::WORKER, worker), &house.admin, to.to_string()).await
}

async fn new_pin(house: &House, worker: &Worker, token: &str, pin: &str) -> Answer {
    house.post(&at(path::WORKER_PIN, worker.id()), token, &json!({"pin": pin})).await
}

stories! {
    async fn a_worker_is_corrected_and_a_dismissed_ones_number_is_free(house) {
        let lead = liv(&house).await;
        let ada = house.ada.id();
        let named = |number: &str, name: &str| json!({"staff_number": number, "name": name});
        correct(&house, ada, &named("1009", "Ada Solberg")).await.done();
        let taken = correct(&house, ada, &named(&house.bo.number, "Ada Solberg")).await;
        assert_eq!(field(&taken.refused(409, code::CONFLICT)), "staff_number");
        let blank = correct(&house, ada, &named("1009", " ")).await;
        assert_eq!(field(&blank.refused(422, code::INVALID)), "name");
        let mut phone = Phone::enrol(&house).await;
        let mut again = house.ada.clone();
        again.number = "1009".into();
        phone.sign_in(&house, &again).await;
        assert_eq!(phone.session.as_ref().unwrap().worker_name, "Ada Solberg");
        phone.try_sign_in(&house, &house.ada.number, &house.ada.pin).await.refused(403, code::WRONG_PIN);

        house.send(Method::POST, &at(path::WORKER_DISMISSAL, ada), &house.admin, "").await.is::<Value>(200);
        correct(&house, ada, &named("1009", "Ada")).await.refused(404, code::NOT_FOUND);
        let mut eva = Worker::new("1009", "Eva Dahl", "909090");
        eva.hire(&house, None).await;
        eva.on_shift(&house, house.vest).await;
        phone.sign_in(&house, &eva).await;
        // The lead sees both, each with the number that they had; the trail has them by id.
        let team: OwnTeam = house.get(path::TEAM, &lead).await.is(200);
        let with_it: Vec<_> = team.workers.iter().filter(|w| w.staff_number == "1009").map(|w| w.worker).collect();
        assert_eq!(with_it, [ada, eva.id()]);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'worker_changed'").await, 1);
        assert_eq!(house.count("SELECT COUNT(DISTINCT worker_id) FROM audit WHERE kind = 'signed_in' AND phone_id IS NOT NULL").await, 2);
        // No longer a lead: the desk is closed.
        let who = "SELECT id FROM workers WHERE leads_team IS NOT NULL";
        let liv = WorkerId(house.text(who).await.parse().unwrap());
        correct(&house, liv, &named("2001", "Liv Lie")).await.done();
        house.get(path::TEAM, &lead).await.refused(401, code::UNAUTHENTICATED);
    }

    async fn at_night_the_lead_gives_a_worker_of_the_team_another_pin_and_nobody_else(house) {
        let lead = liv(&house).await;
        let mut phone = house.phone_of(&house.ada).await;
        for _ in 0..5 {
            phone.try_sign_in(&house, &house.ada.number, "000000").await;
        }
        phone.try_sign_in(&house, &house.ada.number, &house.ada.pin).await.refused(429, code::LOCKED_OUT);
        let short = new_pin(&house, &house.ada, &lead, "12x").await;
        let problem = short.refused(422, code::INVALID);
        assert!(field(&problem) == "pin" && !problem.detail.unwrap_or_default().contains("12x"));
        new_pin(&house, &house.ada, &lead, "864208").await.done();
        // The phone that is signed in works on: somebody may be inside.
        assert_eq!(phone.request(&house, Method::POST, path::KEYS, b"").await.status, 200);
        phone.try_sign_in(&house, &house.ada.number, &house.ada.pin).await.refused(403, code::WRONG_PIN);
        let mut ada = house.ada.clone();
        ada.pin = "864208".into();
        phone.sign_in(&house, &ada).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'pin_changed'").await, 1);

        // Not a lead's, not that of somebody of another unit, nor of somebody without a shift here.
        let mut other = Worker::new("2003", "Per Lie", "135790");
        other.hire(&house, Some(house.vest)).await;
        let desk = other.lead_session(&house).await;
        new_pin(&house, &other, &lead, "864208").await.refused(403, code::FORBIDDEN);
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, None).await;
        odd.on_shift(&house, ost).await;
        new_pin(&house, &odd, &lead, "864208").await.refused(404, code::NOT_FOUND);
        // The administrator's; a desk that only the PIN had opened is closed.
        new_pin(&house, &other, &house.admin, "864208").await.done();
        house.get(path::TEAM, &desk).await.refused(401, code::UNAUTHENTICATED);
        house.get(path::TEAM, &lead).await.is::<OwnTeam>(200);
    }
}
