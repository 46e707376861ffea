//! What a phone gets for its shift: the same is not sent twice, and what to do when something does not work is in it.

use reqwest::Method;
use serde_json::json;
use terskel_api::continuity::TeamContinuity;
use terskel_api::key::KeyBundle;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::continuity::ContactRole;

use crate::support::{Answer, Home, House, Phone, field, give, kari, keys, liv, permanent, take_away};

async fn ask(house: &House, phone: &Phone, known: &str) -> Answer {
    phone.request(house, Method::POST, &format!("{}?known={known}", path::KEYS), b"").await
}

async fn write(house: &House, lead: &str, plan: &serde_json::Value) -> Answer {
    house.send(Method::PUT, path::CONTINUITY, lead, plan.to_string()).await
}

stories! {
    async fn a_phone_that_has_it_all_is_told_so_in_few_bytes(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let empty: KeyBundle = ask(&house, &ada, "").await.is(200);
        ask(&house, &ada, &empty.version).await.done();
        give(&house, &lead, &permanent(&house, resident)).await;
        let first: KeyBundle = ask(&house, &ada, &empty.version).await.is(200);
        assert_eq!((first.homes.len(), first.keys.len()), (1, 2));
        ask(&house, &ada, &first.version).await.done();
        // Another phone's version says nothing: its keys are its own.
        let bo = house.phone_of(&house.bo).await;
        let bos: KeyBundle = ask(&house, &bo, &first.version).await.is(200);
        assert_ne!(bos.version, first.version);
        let plan = json!({"plan": "Ring nabolaget.", "contacts": []});
        write(&house, &lead, &plan).await.is::<TeamContinuity>(200);
        let second: KeyBundle = ask(&house, &ada, &first.version).await.is(200);
        assert_eq!((second.keys, second.continuity.plan.as_str()), (first.keys, "Ring nabolaget."));
    }

    async fn a_home_at_which_the_station_fails_keeps_its_keys_and_no_other_home_waits(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let mut everywhere = permanent(&house, resident);
        everywhere["what"] = json!({"kind": "team", "team": house.vest});
        give(&house, &lead, &everywhere).await;
        let first: KeyBundle = ask(&house, &ada, "").await.is(200);
        assert_eq!((first.homes.len(), first.keys.len()), (1, 2));
        // Of Kari's flat's secret a byte is left.
        let broken = "UPDATE locks SET credential_sealed = substr(credential_sealed, 1, 1) WHERE id IN (
             SELECT lock_id FROM doors WHERE kind = 'flat') RETURNING CAST(1 AS BIGINT)";
        assert_eq!(house.count(broken).await, 1);
        ask(&house, &ada, &first.version).await.done();
        house.make(path::RESIDENTS, &Home::new(&*house.world).resident("R-91", house.vest)).await;
        let second: KeyBundle = ask(&house, &ada, &first.version).await.is(200);
        assert_eq!((second.homes.len(), second.keys.len()), (2, 4));
        assert!(first.keys.iter().all(|key| second.keys.contains(key)), "what she had, she has");
        // Somebody who has nothing there yet has the other home's.
        let other = house.phone_of(&house.ada).await;
        let theirs: KeyBundle = ask(&house, &other, "").await.is(200);
        assert_eq!((theirs.homes.len(), theirs.keys.len()), (1, 2));
        take_away(&house, &lead, serde_json::from_value(everywhere["id"].clone()).unwrap()).await;
        assert_eq!(keys(&house, &ada).await, []);
    }

    async fn the_lead_writes_whom_to_call_and_every_phone_of_the_team_has_it(house) {
        let lead = liv(&house).await;
        let nothing: TeamContinuity = house.get(path::CONTINUITY, &lead).await.is(200);
        assert_eq!(nothing, TeamContinuity::default());
        let contact = json!({"role": "response_centre", "name": " Responssenteret ", "phone_number": "555 00 110"});
        let plan = json!({"plan": "", "contacts": [contact, {"role": "locksmith", "name": "Låsen AS", "phone_number": "1"}]});
        let written: TeamContinuity = write(&house, &lead, &plan).await.is(200);
        assert_eq!(written.contacts[0].name, "Responssenteret");
        assert_eq!(written.contacts[1].role, ContactRole::Unknown("locksmith".into()), "kept as it came");
        assert_eq!(house.get(path::CONTINUITY, &lead).await.is::<TeamContinuity>(200), written);
        let ada = house.phone_of(&house.ada).await;
        assert_eq!(ask(&house, &ada, "").await.is::<KeyBundle>(200).continuity.contacts, written.contacts);
    }

    async fn of_two_leads_who_write_at_the_same_time_the_second_is_told_and_nothing_is_lost(house) {
        let lead = liv(&house).await;
        let plan = |plan: &str, instead_of: &serde_json::Value| {
            json!({"plan": plan, "contacts": [], "instead_of": instead_of})
        };
        let nothing = json!(null);
        let first: TeamContinuity = write(&house, &lead, &plan("Først.", &nothing)).await.is(200);
        // Sent again because the answer was lost, it is the same version.
        assert_eq!(write(&house, &lead, &plan("Først.", &nothing)).await.is::<TeamContinuity>(200), first);
        let refused = write(&house, &lead, &plan("Sist.", &nothing)).await.refused(409, code::CONFLICT);
        assert_eq!(field(&refused), "instead_of");
        assert_eq!(house.get(path::CONTINUITY, &lead).await.is::<TeamContinuity>(200), first);
        let of_first = json!(first.changed_at);
        let second: TeamContinuity = write(&house, &lead, &plan("Sist.", &of_first)).await.is(200);
        assert!(second.plan == "Sist." && second.changed_at > first.changed_at, "{second:?}");
        write(&house, &lead, &plan("For sent.", &of_first)).await.refused(409, code::CONFLICT);
    }

    async fn a_number_that_is_missing_is_named_and_nothing_changes(house) {
        let lead = liv(&house).await;
        let contact = |number: &str| json!({"role": "lead", "name": "Liv", "phone_number": number});
        let plan = |contacts: Vec<serde_json::Value>| json!({"plan": "x", "contacts": contacts});
        let refused = write(&house, &lead, &plan(vec![contact("")])).await.refused(422, code::INVALID);
        assert_eq!(field(&refused), "contacts.phone_number");
        let many = write(&house, &lead, &plan(vec![contact("1"); 21])).await.refused(422, code::INVALID);
        assert_eq!(field(&many), "contacts");
        assert_eq!(house.get(path::CONTINUITY, &lead).await.is::<TeamContinuity>(200), TeamContinuity::default());
    }
}
