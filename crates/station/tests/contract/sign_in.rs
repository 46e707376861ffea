//! Signing in, and what keeps others out.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::{PhoneIdentity, badge};
use terskel_model::PhoneId;

use crate::support::{House, Listener, Phone, Worker};

async fn five_wrong(house: &House, phone: &Phone, number: &str) {
    for _ in 0..2 {
        phone.try_sign_in(house, number, "0000").await.refused(403, code::WRONG_PIN);
    }
    for wait in [5, 15, 60] {
        let slowed = phone.try_sign_in(house, number, "0000").await.refused(429, code::LOCKED_OUT);
        assert_eq!(slowed.retry_after_s, Some(wait));
        // The last of them is waited for by who wants to know how it ends.
        house.world.forward(Duration::from_secs(if wait < 60 { wait } else { 0 }));
    }
}

stories! {
    async fn a_session_lasts_as_long_as_the_shift(house) {
        let ada = house.phone_of(&house.ada).await;
        let session = ada.session.as_ref().unwrap();
        assert_eq!((session.worker_name.as_str(), session.team_name.as_str()), ("Ada Berg", "Nattpatrulje Vest"));
        assert_eq!(session.ends_at, house.now() + TimeDelta::hours(7));
        let badge = badge::verify(&session.badge.0, &ada.authority, house.now()).unwrap();
        assert_eq!((badge.worker, badge.phone, badge.expires), (session.worker, ada.id, session.ends_at));
        assert_eq!(badge.signing_key, ada.identity.public().signing);

        let dispatch = house.dispatch("C-1").await;
        house.forward_minutes(7 * 60 - 1);
        let accepted = ada.accept(&house, dispatch).await;
        let key = terskel_keys::digital_key::verify(
            &accepted.keys[0].key.0, &ada.authority, &ada.identity.public()).unwrap();
        assert_eq!(key.claims().expires, session.ends_at);
        house.forward_minutes(1);
        ada.try_accept(&house, dispatch).await.refused(401, code::UNAUTHENTICATED);
        ada.try_sign_in(&house, "1001", "4711").await.refused(403, code::NOT_ON_SHIFT);
    }

    async fn wrong_pins_are_slowed_and_the_lock_outlives_a_restart(house) {
        let phone = Phone::enrol(&house).await;
        five_wrong(&house, &phone, "1001").await;
        house.stop().await;
        house.start().await;
        let right = phone.try_sign_in(&house, "1001", "4711").await.refused(429, code::LOCKED_OUT);
        assert_eq!(right.retry_after_s, Some(60));
        house.forward_minutes(1);
        let locked = phone.try_sign_in(&house, "1001", "0000").await.refused(429, code::LOCKED_OUT);
        assert_eq!(locked.retry_after_s, Some(120));
        house.forward_minutes(2);
        assert_eq!(phone.try_sign_in(&house, "1001", "4711").await.status, 200);
        phone.try_sign_in(&house, "1001", "0000").await.refused(403, code::WRONG_PIN);
    }

    async fn a_number_that_does_not_exist_is_refused_like_one_that_does(house) {
        let phone = Phone::enrol(&house).await;
        five_wrong(&house, &phone, "9999").await;
        assert_eq!(phone.try_sign_in(&house, "1001", "4711").await.status, 200);
    }

    async fn many_guesses_at_once_get_no_more_than_three(house) {
        let phone = Phone::enrol(&house).await;
        let storm = (0..12).map(|_| phone.try_sign_in(&house, "1001", "0000"));
        let answers = futures_util::future::join_all(storm).await;
        let checked = answers.iter().filter(|answer| answer.status == 403).count();
        assert!(checked <= 2, "{checked} were told wrong, one more was slowed");
    }

    async fn guessing_without_a_phone_does_not_lock_a_phone_out(house) {
        let phone = Phone::enrol(&house).await;
        let guess = json!({"staff_number": "1001", "pin": "0000"});
        for _ in 0..2 {
            house.post(path::LEAD_SESSION, "", &guess).await.refused(403, code::WRONG_PIN);
        }
        house.post(path::LEAD_SESSION, "", &guess).await.refused(429, code::LOCKED_OUT);
        assert_eq!(phone.try_sign_in(&house, "1001", "4711").await.status, 200);
    }

    async fn a_right_pin_of_one_who_leads_nobody_leaves_a_trace(house) {
        let right = json!({"staff_number": "1001", "pin": "4711"});
        house.post(path::LEAD_SESSION, "", &right).await.refused(403, code::FORBIDDEN);
        let traces = house.count("SELECT COUNT(*) FROM audit WHERE kind = 'sign_in_refused' AND reason = 'forbidden'");
        assert_eq!(traces.await, 1);
    }

    async fn many_sign_ins_on_one_phone_at_once_leave_one_session(house) {
        let phone = Phone::enrol(&house).await;
        let storm = (0..8).map(|_| phone.try_sign_in(&house, "1001", "4711"));
        let answers = futures_util::future::join_all(storm).await;
        assert!(answers.iter().all(|answer| [200, 429].contains(&answer.status.as_u16())), "{answers:?}");
        assert_eq!(house.count("SELECT COUNT(*) FROM sessions WHERE ended_ms IS NULL").await, 1);
    }

    async fn a_phone_that_is_not_enrolled_is_refused(house) {
        let mut stranger = Phone::enrol(&house).await;
        stranger.id = PhoneId::new(&*house.world);
        stranger.try_sign_in(&house, "1001", "4711").await.refused(403, code::PHONE_UNKNOWN);
    }

    async fn a_stolen_id_without_the_phones_key_is_refused(house) {
        let mut thief = Phone::enrol(&house).await;
        thief.identity = PhoneIdentity::generate(&*house.world);
        thief.try_sign_in(&house, "1001", "4711").await.refused(403, code::BAD_PROOF);
    }

    async fn a_sign_in_counts_once_and_only_when_it_is_fresh(house) {
        let phone = Phone::enrol(&house).await;
        let request = phone.sign_in_request(&house, "1001", "4711", house.now());
        assert_eq!(house.post(path::SESSION, "", &request).await.status, 200);
        house.post(path::SESSION, "", &request).await.refused(403, code::BAD_PROOF);
        for minutes in [-6, 6] {
            let at = house.now() + TimeDelta::minutes(minutes);
            let stale = phone.sign_in_request(&house, "1001", "4711", at);
            let off = house.post(path::SESSION, "", &stale).await.refused(403, code::CLOCK_OFF);
            assert_eq!(off.station_time, Some(house.now()), "so that the phone can say it again");
        }
        let near = phone.sign_in_request(&house, "1001", "4711", house.now() - TimeDelta::minutes(4));
        assert_eq!(house.post(path::SESSION, "", &near).await.status, 200);
    }

    async fn a_worker_without_a_shift_is_refused(house) {
        let mut eva = Worker::new("3001", "Eva Lund", "8642");
        eva.hire(&house, None).await;
        let phone = Phone::enrol(&house).await;
        phone.try_sign_in(&house, "3001", "8642").await.refused(403, code::NOT_ON_SHIFT);
    }

    async fn a_new_sign_in_ends_the_session_before_it_and_its_stream(house) {
        let mut phone = house.phone_of(&house.ada).await;
        let old = phone.make(&house, Method::GET, path::STREAM);
        let mut stream = Listener::open(&house, &phone, None).await;
        phone.sign_in(&house, &house.bo).await;
        assert!(stream.next().await.is_none());
        old.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
    }

    async fn signing_out_ends_session_and_stream(house) {
        let phone = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &phone, None).await;
        phone.sign_out(&house).await.done();
        assert!(stream.next().await.is_none());
        phone.sign_out(&house).await.refused(401, code::UNAUTHENTICATED);
    }
}
