//! The homes of the team on a phone, in virtual time.

use std::time::Duration;

use terskel_api::key::KeyHome;
use terskel_model::ResidentId;
use terskel_model::capability::Capabilities;
use tokio::time::{sleep, timeout};

use crate::interface::{Answer, DoorResult, FoundHome, Intent, NetworkState, Outcome, Problem, Question};
use crate::testing::Home;

/// A home of the team. Its doors are Kari's: whose they are makes no difference here.
fn neighbour(home: &Home, first_name: &str, address: &str) -> (ResidentId, Option<KeyHome>) {
    let details = home.body.details.clone().unwrap();
    let mut resident = details.resident;
    resident.id = ResidentId::new(&*home.world);
    (resident.first_name, resident.address) = (first_name.to_owned(), address.to_owned());
    (resident.id, Some(KeyHome { resident, doors: details.doors, hub: details.hub }))
}

async fn signed_in() -> Home {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home
}

async fn find(home: &Home, text: &str) -> (Vec<FoundHome>, u32) {
    match home.engine.ask(Question::FindHomes { text: text.to_owned(), language: "nb".into() }).await {
        Ok(Answer::Homes { homes, total }) => (homes, total),
        other => panic!("{other:?}"),
    }
}

async fn names(home: &Home, text: &str) -> Vec<String> {
    find(home, text).await.0.into_iter().map(|found| found.name).collect()
}

#[tokio::test(start_paused = true)]
async fn the_homes_of_the_team_come_page_by_page_go_on_after_a_break_and_stay_fresh() {
    let home = signed_in().await;
    let five: Vec<_> = ["Åse", "Bodil", "Carl", "Dag", "Öyvind"]
        .map(|name| neighbour(&home, name, &format!("Storgata {name}")))
        .into();
    home.station.break_after_pages(Some(1));
    home.station.change_roster(five.clone());
    let part = home.see("a part", |v| v.roster.here == 2).await;
    assert_eq!((part.roster.total, part.roster.whole), (5, false));
    sleep(Duration::from_secs(10)).await;
    home.station.break_after_pages(None);
    home.see("all", |v| v.roster.whole && v.roster.here == 5).await;
    assert_eq!(home.station.pages(), 3, "no page came twice");

    // In the afternoon one moves in, one out, and one gets another name.
    let mut carl = five[2].clone();
    carl.1.as_mut().unwrap().resident.first_name = "Karl".into();
    home.station.change_roster([neighbour(&home, "Eva", "Lillegata 1"), (five[0].0, None), carl]);
    let told = home.see("the evening", |v| v.roster.whole && v.roster.version > part.roster.version + 3);
    timeout(Duration::from_secs(5), told).await.unwrap();
    assert_eq!(
        names(&home, "").await,
        ["Eva Nordmann", "Bodil Nordmann", "Karl Nordmann", "Dag Nordmann", "Öyvind Nordmann"]
    );

    // She is on shift in another team: the station does not know her cursor.
    home.station.replace_roster([neighbour(&home, "Frode", "Havnegata 2")]);
    home.see("the other team's", |v| v.roster.here == 1).await;
    assert_eq!(names(&home, "").await, ["Frode Nordmann"]);
    home.intend(Intent::SignOut).await.unwrap();
    assert_eq!(home.view().roster.here, 0);
}

#[tokio::test(start_paused = true)]
async fn somebody_is_found_by_any_part_of_name_or_address() {
    let home = signed_in().await;
    home.station.change_roster([
        neighbour(&home, "Åse", "Øvregata 1"),
        neighbour(&home, "Björn", "Storgata 12"),
        neighbour(&home, "Østen", "Storgata 3"),
    ]);
    home.see("all", |v| v.roster.here == 3).await;
    assert_eq!(names(&home, "øst").await, ["Østen Nordmann"]);
    assert_eq!(names(&home, "BJØRN stor").await, ["Björn Nordmann"]);
    assert_eq!(names(&home, "å").await, ["Åse Nordmann"], "å is no a");
    assert_eq!(names(&home, "ga").await.len(), 3, "two letters, within a word");
    let begins_first = ["Østen Nordmann", "Åse Nordmann", "Björn Nordmann"];
    assert_eq!(names(&home, "ø").await, begins_first, "a word that begins so comes first, then by address");
    assert_eq!(find(&home, "xyz").await, (vec![], 0));
    home.station.permit(&home.body, false);
    home.see("keys", |v| v.roster.openable == 2).await;
    // Kari is no resident of this team: she is found because there are keys.
    let (kari, _) = find(&home, "kari").await;
    assert!(kari[0].has_lock && kari[0].key_until.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_visit_to_a_home_without_keys_begins_and_its_doors_say_why_they_stay_closed() {
    let home = signed_in().await;
    let (resident, ase) = neighbour(&home, "Åse", "Øvregata 1");
    home.station.change_roster([(resident, ase)]);
    home.see("all", |v| v.roster.whole && v.roster.here == 1).await;
    let (found, total) = find(&home, "åse").await;
    assert_eq!((total, found[0].has_lock, found[0].key_until), (1, true, None));
    home.intend(Intent::VisitHome { resident, called: false }).await.unwrap();
    let visit = home.view().visit.clone().unwrap();
    assert_eq!((visit.doors.len(), visit.doors[0].key_until), (2, None));
    let open = Intent::OpenDoor { dispatch: visit.id, door: home.stairwell };
    let Ok(Outcome::Door { result: DoorResult { outcome, reason, .. } }) = home.intend(open).await else {
        panic!("a door has an outcome")
    };
    assert_eq!((outcome.as_str(), reason.as_deref()), ("refused", Some("no_key")));
    home.intend(Intent::CloseVisit { dispatch: visit.id }).await.unwrap();
    home.sent().await;
    assert_eq!(home.station.kinds(), ["visit_begun", "door_operated", "visit_closed"]);
    let unknown = ResidentId::new(&*home.world);
    assert_eq!(
        home.intend(Intent::VisitHome { resident: unknown, called: false }).await,
        Err(Problem::NotFound)
    );
}

#[tokio::test(start_paused = true)]
async fn an_older_station_is_asked_for_nothing_that_it_does_not_have() {
    let none: Capabilities = serde_json::from_str("[]").unwrap();
    let home = Home::new().await;
    home.station.can_only(Some(none));
    let home = home.on_shift().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home.station.change_roster([neighbour(&home, "Åse", "Storgata 1")]);
    home.station.permit(&home.body, false);
    let view = home.see("the keys", |v| v.roster.openable > 0).await;
    assert_eq!((home.station.pages(), view.roster.keyed_only, view.roster.joins), (0, true, false));
    let (found, _) = find(&home, "").await;
    assert_eq!(found.len(), 1, "the home that there are keys for");
    home.intend(Intent::VisitHome { resident: found[0].resident, called: false }).await.unwrap();

    // One that refuses to be told is told nothing, and may have what all had.
    let home = Home::new().await;
    home.station.can_only(None);
    let home = home.on_shift().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home.station.change_roster([neighbour(&home, "Åse", "Storgata 1")]);
    let view = home.see("the homes", |v| v.roster.whole && v.roster.here == 1).await;
    assert_eq!((view.roster.keyed_only, view.roster.joins), (false, true));
}
