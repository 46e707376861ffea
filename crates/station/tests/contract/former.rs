//! A resident moves away, a worker leaves: what ends with it, and what does not.

use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::dispatch::CentreDispatch;
use terskel_api::path;
use terskel_api::permission::PermissionList;
use terskel_api::problem::code;
use terskel_api::team::HomeList;
use terskel_api::withdrawal::{PhoneWithdrawal, Withdrawals};
use terskel_model::permission::What;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PermissionId, ResidentId};

use crate::support::{House, Listener, field, give, kari, keys, liv, permanent};

fn at(path: &str, id: impl ToString) -> String {
    path.replace("{id}", &id.to_string())
}

async fn end(house: &House, resident: ResidentId) -> Vec<PhoneWithdrawal> {
    let answer = house.send(Method::POST, &at(path::SERVICE_END, resident), &house.admin, "").await;
    answer.is::<Withdrawals>(200).phones
}

async fn change(house: &House, resident: ResidentId, to: &Value) -> crate::support::Answer {
    house.send(Method::PUT, &at(path::RESIDENT, resident), &house.admin, to.to_string()).await
}

async fn homes(house: &House, lead: &str) -> usize {
    house.get(path::RESIDENTS, lead).await.is::<HomeList>(200).homes.len()
}

stories! {
    async fn kari_moves_away_and_nobody_is_sent_to_her_or_has_her_keys_any_more(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut neighbour = house.home.resident("R-85", house.vest);
        neighbour["doors"] = json!([house.home.doors()[0]]);
        neighbour.as_object_mut().unwrap().remove("hub");
        let neighbour = ResidentId(house.make(path::RESIDENTS, &neighbour).await);
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        for home in [resident, neighbour] {
            give(&house, &lead, &permanent(&house, home)).await;
        }
        let door = json!({"id": PermissionId::new(&*house.world), "who": {"kind": "team", "team": house.vest},
            "what": {"kind": "door", "door": house.home.flat}, "when": {"term": {"kind": "permanent"}}});
        give(&house, &lead, &door).await;
        let held = keys(&house, &ada).await;
        let flat: Vec<_> = held.iter().filter(|key| key.door == house.home.flat).map(|key| key.id).collect();
        assert_eq!((held.len(), flat.len()), (3, 1), "the stairwell by two permissions");

        let orders = end(&house, resident).await;
        let order = stream.expect_withdrawal().await;
        assert_eq!((orders.len(), orders[0].id, orders[0].keys), (1, order.id, 1));
        assert_eq!((order.reason, order.keys), (WithdrawalReason::ServiceEnded, flat));
        assert_eq!(end(&house, resident).await, []);
        // The neighbour's stairwell opens as before.
        let left: Vec<_> = keys(&house, &ada).await.iter().map(|key| key.door).collect();
        assert_eq!(left, [house.home.stairwell]);
        let permissions = house.get(path::PERMISSIONS, &lead).await.is::<PermissionList>(200).permissions;
        let stand: Vec<_> = permissions.iter().map(|permission| permission.what).collect();
        assert_eq!(stand, [What::Residence { resident: neighbour }]);
        assert_eq!(homes(&house, &lead).await, 1);
        let again = house.post(path::PERMISSIONS, &lead, &permanent(&house, resident)).await;
        assert_eq!(field(&again.refused(404, code::NOT_FOUND)), "what");
        let alarm = house.post(path::DISPATCHES, &house.centre, &house.alarm("C-2")).await;
        assert_eq!(field(&alarm.refused(422, code::INVALID)), "resident_number");
        // The alarm from before is still somebody's to go to, and the centre can say it again.
        let first = house.post(path::DISPATCHES, &house.centre, &house.alarm("to find the id")).await;
        ada.accept(&house, first.is::<CentreDispatch>(200).id).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'service_ended'").await, 1);

        house.send(Method::DELETE, &at(path::SERVICE_END, resident), &house.admin, "").await.done();
        assert_eq!(homes(&house, &lead).await, 2);
        house.dispatch("C-3").await;
        end(&house, resident).await;
        let mut other = house.home.resident("R-84", house.vest);
        other["doors"] = json!([]);
        house.make(path::RESIDENTS, &other).await;
        let back = house.send(Method::DELETE, &at(path::SERVICE_END, resident), &house.admin, "").await;
        assert_eq!(field(&back.refused(409, code::CONFLICT)), "number");
        let nobody = at(path::SERVICE_END, ResidentId::new(&*house.world));
        for method in [Method::POST, Method::DELETE] {
            house.send(method, &nobody, &house.admin, "").await.refused(404, code::NOT_FOUND);
        }
    }

    async fn an_address_is_corrected_and_whoever_is_on_the_way_hears_of_it(house) {
        let resident = kari(&house).await;
        let bo = house.phone_of(&house.bo).await;
        let mut stream = Listener::open(&house, &bo, None).await;
        stream.expect().await;
        let right = json!({"first_name": "Kari", "last_name": "Berg", "birth_year": 1941, "address": "Storgata 1C",
            "town": "Bergen", "phone_number": "+47 55 00 00 85", "way_in": "Ring twice."});
        change(&house, resident, &right).await.done();
        let told = stream.expect().await.details.unwrap().resident;
        assert_eq!((told.last_name.as_str(), told.address.as_str()), ("Berg", "Storgata 1C"));
        assert_eq!((told.phone_number.as_str(), told.way_in.as_str()), ("+47 55 00 00 85", "Ring twice."));
        let reason = house.text("SELECT reason FROM audit WHERE kind = 'resident_changed'").await;
        assert_eq!(reason, resident.to_string(), "no name in the trail");
        for (name, value) in [("first_name", json!(" ")), ("birth_year", json!(12)), ("way_in", json!("x".repeat(2001)))] {
            let mut wrong = right.clone();
            wrong[name] = value;
            assert_eq!(field(&change(&house, resident, &wrong).await.refused(422, code::INVALID)), name);
        }
        end(&house, resident).await;
        change(&house, resident, &right).await.refused(404, code::NOT_FOUND);
    }

    async fn what_a_dismissed_worker_was_permitted_is_over(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        let path = at(path::WORKER_DISMISSAL, house.ada.id());
        house.send(Method::POST, &path, &house.admin, "").await.is::<Withdrawals>(200);
        let permissions = house.get(path::PERMISSIONS, &lead).await.is::<PermissionList>(200).permissions;
        assert!(permissions.iter().all(|permission| permission.id != given.id));
        let told = "SELECT COUNT(*) FROM audit WHERE kind = 'permission_taken_away' AND permission_id IS NOT NULL";
        assert_eq!(house.count(told).await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM workers WHERE pin_hash = ''").await, 1);
    }
}
