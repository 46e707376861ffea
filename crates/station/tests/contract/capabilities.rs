//! Phones of every age: what they say that they can do, and what the station then leaves out.

use reqwest::Method;
use serde_json::json;
use terskel_api::key::KeyBundle;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::withdrawal::Withdrawals;
use terskel_model::capability::{Capabilities, Capability};
use terskel_model::digital_key::KeyWanting;

use crate::support::{Phone, field, give, kari, keys, liv, permanent, take_away, term};

stories! {
    async fn a_phone_gets_nothing_that_it_cannot_do_and_the_lead_is_told_so(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let seen = async || house.get(path::WITHDRAWALS, &lead).await.is::<Withdrawals>(200).phones.remove(0);
        let mut phone = Phone::enrol(&house).await;
        // From before there was a word for it: it can do what all could.
        phone.sign_in(&house, &house.ada).await;
        let station = phone.session.as_ref().unwrap().capabilities.clone();
        assert_eq!(station, Some(Capabilities::ours()));
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        assert_eq!(keys(&house, &phone).await.len(), 2);
        take_away(&house, &lead, given.id).await;
        assert!(seen().await.confirmable);

        // One that says what it can do, and more than this station knows.
        phone.sign_in_with(&house, &house.ada, &json!(["roster", "teleportation"])).await;
        let kept = "SELECT COUNT(*) FROM sessions WHERE capabilities = 'roster teleportation'";
        assert_eq!(house.count(kept).await, 1);
        assert!(!seen().await.confirmable, "the app was put back to an older one");
        // It would open with a key for once again and again.
        let mut once = permanent(&house, resident);
        once["when"]["term"] = term(&house, "once", 60);
        give(&house, &lead, &once).await;
        let got: KeyBundle = phone.request(&house, Method::POST, path::KEYS, b"").await.is(200);
        let why: Vec<_> = got.without.iter().map(|door| door.reason.clone()).collect();
        assert_eq!((got.keys.len(), why), (0, vec![KeyWanting::AppTooOld; 2]));
        // What it can do is not kept from it.
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        assert_eq!(keys(&house, &phone).await.len(), 2);
        assert!(!take_away(&house, &lead, given.id).await.phones[0].confirmable);

        // The app is renewed: what was for once is still there to be used.
        phone.sign_in_with(&house, &house.ada, &json!(Capabilities::ours())).await;
        assert!(seen().await.confirmable && Capabilities::ours().has(&Capability::Withdrawals));
        assert!(keys(&house, &phone).await.iter().all(|key| key.once));

        let mut endless = phone.sign_in_request(&house, &house.ada.number, &house.ada.pin, house.now());
        endless["capabilities"] = json!(vec!["x"; 101]);
        let answer = house.post(path::SESSION, "", &endless).await;
        assert_eq!(field(&answer.refused(422, code::INVALID)), "capabilities");
    }
}
