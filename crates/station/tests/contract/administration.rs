//! What an administrator's tool may set up, and what is refused.

use serde_json::json;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::{DoorId, TeamId};

use crate::support::{Home, field};

stories! {
    async fn neighbours_share_the_stairwell(house) {
        let mut neighbour = house.home.resident("R-85", house.vest);
        neighbour["doors"][1]["id"] = json!(DoorId::new(&*house.world));
        neighbour["doors"][1]["lock"] = json!(null);
        neighbour.as_object_mut().unwrap().remove("hub");
        house.make(path::RESIDENTS, &neighbour).await;
    }

    async fn a_shared_door_or_lock_cannot_be_changed_in_passing(house) {
        let try_with = async |at: &str, value: serde_json::Value| {
            let mut resident = house.home.resident("R-85", house.vest);
            *resident.pointer_mut(at).unwrap() = value;
            let answer = house.post(path::RESIDENTS, &house.admin, &resident).await;
            field(&answer.refused(409, code::CONFLICT)).to_owned()
        };
        assert_eq!(try_with("/doors/0/name", json!("Another")).await, "doors[0].id");
        assert_eq!(try_with("/doors/0/lock/credential", json!("ff".repeat(36))).await, "doors[0].lock.id");
        assert_eq!(try_with("/doors/1/lock/address", json!("00:00:00:00:00:00")).await, "doors[1].lock.id");
        assert_eq!(try_with("/hub/address", json!("00:00:00:00:00:00")).await, "hub.id");
        assert_eq!(try_with("/number", json!("R-84")).await, "number");
    }

    async fn a_residents_faults_are_named_and_secrets_not_repeated(house) {
        let cases = [
            ("/first_name", json!(" "), "first_name"),
            ("/address", json!("a".repeat(501)), "address"),
            ("/birth_year", json!(12), "birth_year"),
            ("/team", json!(TeamId::new(&*house.world)), "team"),
            ("/doors/1/name", json!(""), "doors[1].name"),
            ("/doors/1/lock/address", json!("nowhere"), "doors[1].lock.address"),
            ("/doors/1/lock/credential", json!("c0ffee"), "doors[1].lock.credential"),
            ("/doors/1/lock/credential", json!("zz".repeat(36)), "doors[1].lock.credential"),
            ("/hub/public_key", json!("AAAA"), "hub.public_key"),
        ];
        for (at, value, name) in cases {
            let mut resident = house.home.resident("R-85", house.vest);
            *resident.pointer_mut(at).unwrap() = value.clone();
            let answer = house.post(path::RESIDENTS, &house.admin, &resident).await;
            let problem = answer.refused(422, code::INVALID);
            assert_eq!(field(&problem), name);
            assert!(!problem.detail.unwrap_or_default().contains("c0ffee"));
        }
        let many: Vec<_> = (0..11).map(|_| json!({"id": DoorId::new(&*house.world), "kind": "flat", "name": "x"})).collect();
        let mut resident = house.home.resident("R-85", house.vest);
        resident["doors"] = json!(many);
        let answer = house.post(path::RESIDENTS, &house.admin, &resident).await;
        assert_eq!(field(&answer.refused(422, code::INVALID)), "doors");
        assert_eq!(Home::lock(house.home.flat_lock, 2)["family"], "dkey");
    }

    async fn numbers_and_codes_are_taken_once(house) {
        let team = json!({"code": "VEST", "name": "Another"});
        assert_eq!(field(&house.post(path::TEAMS, &house.admin, &team).await.refused(409, code::CONFLICT)), "code");
        let worker = json!({"staff_number": "1001", "name": "Another Ada", "pin": "1234"});
        let answer = house.post(path::WORKERS, &house.admin, &worker).await;
        assert_eq!(field(&answer.refused(409, code::CONFLICT)), "staff_number");
        for pin in ["123", "abcd", "1234567890123"] {
            let worker = json!({"staff_number": "7", "name": "Eva", "pin": pin});
            let answer = house.post(path::WORKERS, &house.admin, &worker).await;
            assert_eq!(field(&answer.refused(422, code::INVALID)), "pin");
        }
    }

    async fn a_shift_has_a_length(house) {
        let shift = |worker, hours: i64| json!({
            "worker": worker, "team": house.vest, "starts_at": house.now(),
            "ends_at": house.now() + chrono::TimeDelta::hours(hours),
        });
        for hours in [0, -1, 25] {
            let answer = house.post(path::SHIFTS, &house.admin, &shift(house.ada.id().0, hours)).await;
            assert_eq!(field(&answer.refused(422, code::INVALID)), "ends_at");
        }
        let answer = house.post(path::SHIFTS, &house.admin, &shift(uuid::Uuid::nil(), 8)).await;
        assert_eq!(field(&answer.refused(422, code::INVALID)), "worker");
    }
}
