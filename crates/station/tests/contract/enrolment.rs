//! Enrolling phones by one-time codes.

use serde_json::json;
use terskel_api::admin::EnrolmentCode;
use terskel_api::path;
use terskel_api::phone::Enrolled;
use terskel_api::problem::code;
use terskel_keys::PhoneIdentity;

use crate::support::{Phone, field};

stories! {
    async fn a_code_enrols_one_phone_within_the_hour(house) {
        let identity = PhoneIdentity::generate(&*house.world);
        let note = json!({"note": "Vest 1"});
        let code: EnrolmentCode = house.post(path::ENROLMENTS, &house.admin, &note).await.is(201);
        let sloppy = code.code.expose().to_lowercase().replace('-', " ");
        house.post(path::PHONES, "", &Phone::introduction(&sloppy, &identity)).await.is::<Enrolled>(201);
        let again = Phone::introduction(code.code.expose(), &identity);
        house.post(path::PHONES, "", &again).await.refused(403, code::CODE_INVALID);

        let late: EnrolmentCode = house.post(path::ENROLMENTS, &house.admin, &note).await.is(201);
        house.forward_minutes(60);
        let late = Phone::introduction(late.code.expose(), &identity);
        house.post(path::PHONES, "", &late).await.refused(403, code::CODE_INVALID);
        let guess = Phone::introduction("AAAA-AAAA", &identity);
        house.post(path::PHONES, "", &guess).await.refused(403, code::CODE_INVALID);
    }

    async fn guessing_codes_slows_everybody_down_for_a_minute(house) {
        let identity = PhoneIdentity::generate(&*house.world);
        let note = json!({"note": "Vest 1"});
        let code: EnrolmentCode = house.post(path::ENROLMENTS, &house.admin, &note).await.is(201);
        let guess = Phone::introduction("AAAA-AAAA", &identity);
        for _ in 0..19 {
            house.post(path::PHONES, "", &guess).await.refused(403, code::CODE_INVALID);
        }
        let slow = house.post(path::PHONES, "", &guess).await.refused(429, code::SLOW_DOWN);
        assert_eq!(slow.retry_after_s, Some(60));
        let right = Phone::introduction(code.code.expose(), &identity);
        house.post(path::PHONES, "", &right).await.refused(429, code::SLOW_DOWN);
        assert_eq!(house.count("SELECT COUNT(*) FROM phones").await, 0, "not even looked at");

        house.forward_minutes(1);
        house.post(path::PHONES, "", &guess).await.refused(429, code::SLOW_DOWN);
        house.forward_minutes(1);
        house.post(path::PHONES, "", &right).await.is::<Enrolled>(201);
        house.post(path::PHONES, "", &guess).await.refused(403, code::CODE_INVALID);
    }

    async fn wrong_codes_now_and_then_slow_nobody_down(house) {
        let identity = PhoneIdentity::generate(&*house.world);
        let guess = Phone::introduction("AAAA-AAAA", &identity);
        for _ in 0..21 {
            house.post(path::PHONES, "", &guess).await.refused(403, code::CODE_INVALID);
            house.forward_minutes(11);
        }
    }

    async fn a_key_that_is_no_key_does_not_use_the_code_up(house) {
        let identity = PhoneIdentity::generate(&*house.world);
        let code: EnrolmentCode =
            house.post(path::ENROLMENTS, &house.admin, &json!({"note": "Vest 1"})).await.is(201);
        let good = Phone::introduction(code.code.expose(), &identity);
        let mut short = good.clone();
        short["sealing_key"] = json!("AAAA");
        assert_eq!(field(&house.post(path::PHONES, "", &short).await.refused(422, code::INVALID)), "sealing_key");
        let mut off_curve = good.clone();
        off_curve["signing_key"] = json!(terskel_api::Bytes(vec![4; 65]));
        house.post(path::PHONES, "", &off_curve).await.refused(422, code::INVALID);
        house.post(path::PHONES, "", &good).await.is::<Enrolled>(201);
    }
}
