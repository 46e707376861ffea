//! The homes of a team on its phones: all of them, and what changes in the course of a shift.

use reqwest::Method;
use serde_json::json;
use terskel_api::roster::RosterPage;
use terskel_api::{Secret, path};
use terskel_model::TeamId;

use crate::support::{House, Listener, Phone, liv};

async fn page(house: &House, phone: &Phone, after: &str) -> RosterPage {
    phone.get(house, &format!("{}?after={after}", path::ROSTER)).await.is(200)
}

stories! {
    async fn every_home_of_the_team_comes_with_its_doors_and_without_codes(house) {
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Øst"})).await);
        let mut elsewhere = house.home.resident("R-99", ost);
        elsewhere["doors"] = json!([]);
        house.make(path::RESIDENTS, &elsewhere).await;
        let mut ola = house.home.resident("R-85", house.vest);
        ola["doors"] = json!([{"id": terskel_model::DoorId::new(&*house.world), "kind": "flat", "name": "Dør",
            "code": Secret::new("4711".to_owned()).expose(), "physical_key": {"cabinet": "Kontoret", "tag": "A12"}}]);
        house.make(path::RESIDENTS, &ola).await;
        let ada = house.phone_of(&house.ada).await;
        let all = page(&house, &ada, "").await;
        assert_eq!((all.anew, all.more, all.total, all.homes.len()), (true, false, 2, 2));
        let (kari, ola) = (&all.homes[0], &all.homes[1]);
        assert_eq!((kari.resident.way_in.as_str(), kari.doors.len()), ("Safety chain is off. Cat.", 2));
        assert!(kari.hub.is_some() && kari.doors.iter().all(|door| door.lock.is_some()), "no permission is needed");
        assert!(ola.doors.iter().all(|door| door.code.is_none() && door.physical_key.is_none()));
    }

    async fn what_changes_in_the_afternoon_is_told_of_at_once(house) {
        liv(&house).await;
        let ada = house.phone_of(&house.ada).await;
        let morning = page(&house, &ada, "").await;
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect_time().await;
        let ola = house.make(path::RESIDENTS, &house.home.resident("R-85", house.vest)).await;
        stream.expect_roster().await;
        let evening = page(&house, &ada, &morning.cursor).await;
        assert_eq!((evening.anew, evening.total, evening.homes.len()), (false, 2, 1));
        assert_eq!(evening.homes[0].resident.id.0, ola);

        let of_ola = |path: &str| path.replace("{id}", &ola.to_string());
        let to = json!({"first_name": "Ola", "last_name": "Nordmann", "address": "Lillegata 2", "town": "Bergen"});
        house.send(Method::PUT, &of_ola(path::RESIDENT), &house.admin, to.to_string()).await.done();
        let moved = page(&house, &ada, &evening.cursor).await;
        assert_eq!((moved.homes.len(), moved.homes[0].resident.address.as_str()), (1, "Lillegata 2"));
        house.send(Method::POST, &of_ola(path::SERVICE_END), &house.admin, "").await;
        let ended = page(&house, &ada, &moved.cursor).await;
        assert_eq!((ended.total, ended.homes.len(), ended.removed[0].0), (1, 0, ola));
        house.send(Method::DELETE, &of_ola(path::SERVICE_END), &house.admin, "").await.done();
        let back = page(&house, &ada, &ended.cursor).await;
        assert_eq!((back.total, back.homes[0].resident.id.0), (2, ola));
    }

    async fn nothing_is_overtaken_while_many_write_at_once(house) {
        let ada = house.phone_of(&house.ada).await;
        let house = &house;
        let writers = (0..4).map(|writer| async move {
            for n in 0..8 {
                let mut resident = house.home.resident(&format!("N-{writer}-{n}"), house.vest);
                resident["doors"] = json!([]);
                house.make(path::RESIDENTS, &resident).await;
            }
        });
        let reader = async {
            let (mut has, mut cursor) = (0, String::new());
            while has < 33 {
                let next = page(house, &ada, &cursor).await;
                has += next.homes.len();
                cursor = next.cursor;
            }
            has
        };
        let reading = tokio::time::timeout(std::time::Duration::from_secs(20), reader);
        let (_, has) = futures_util::future::join(futures_util::future::join_all(writers), reading).await;
        assert_eq!(has, Ok(33), "each once");
    }
}
