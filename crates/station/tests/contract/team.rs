//! What a lead looks up: homes, people, visits, and who was inside.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::json;
use terskel_api::dispatch::Accepted;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::{HomeList, OwnTeam, Presence, VisitList};
use terskel_keys::receipt::Direction;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, ResidentId, TeamId, Timestamp};

use crate::support::{House, Phone, Worker, field};

async fn lead_of(house: &House, team: TeamId, number: &str) -> String {
    let mut lead = Worker::new(number, "Liv Lie", "135790");
    lead.hire(house, Some(team)).await;
    lead.lead_session(house).await
}

fn between(path: &str, from: Timestamp, to: Timestamp) -> String {
    let text = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("{path}?from={}&to={}", text(from), text(to))
}

fn presence(resident: ResidentId, from: Timestamp, to: Timestamp) -> String {
    between(&path::PRESENCE.replace("{id}", &resident.to_string()), from, to)
}

/// Ada or Bo operates the door of the flat.
async fn at_the_flat(
    house: &House,
    phone: &mut Phone,
    accepted: &Accepted,
    operation: Operation,
    outcome: DoorOutcome,
) {
    let key = &accepted.keys[1];
    let mut event = phone.record(house, EventKind::DoorOperated, accepted.dispatch.id);
    (event.door, event.key) = (Some(key.door), Some(key.id));
    (event.operation, event.outcome) = (Some(operation), Some(outcome));
    assert_eq!(phone.send(house, &event).await, None);
}

async fn at_the_hub(
    house: &House,
    phone: &mut Phone,
    dispatch: DispatchId,
    direction: Direction,
    counter: u64,
) {
    let kind = if direction == Direction::In { EventKind::CheckedIn } else { EventKind::CheckedOut };
    let mut event = phone.record(house, kind, dispatch);
    event.receipt =
        Some(house.home.signed(&house.home.receipt(phone, dispatch, direction, house.now(), counter)));
    assert_eq!(phone.send(house, &event).await, None);
}

stories! {
    async fn the_lead_finds_the_homes_the_people_and_the_visits_of_the_own_team(house) {
        let token = lead_of(&house, house.vest, "2001").await;
        let homes: HomeList = house.get(path::RESIDENTS, &token).await.is(200);
        assert_eq!(homes.homes.len(), 1);
        let kari = &homes.homes[0];
        assert_eq!((kari.name.as_str(), kari.has_hub), ("Kari Nordmann", true));
        let doors: Vec<_> = kari.doors.iter().map(|door| (door.door, door.lock)).collect();
        assert_eq!(doors, [
            (house.home.stairwell, Some(house.home.stairwell_lock)), (house.home.flat, Some(house.home.flat_lock)),
        ]);

        let ada = house.phone_of(&house.ada).await;
        let team: OwnTeam = house.get(path::TEAM, &token).await.is(200);
        assert_eq!((team.team, team.name.as_str()), (house.vest, "Nattpatrulje Vest"));
        let people: Vec<_> = team.workers.iter().map(|w| (w.name.as_str(), w.leads, w.on_shift_until.is_some())).collect();
        assert_eq!(people, [("Ada Berg", false, true), ("Bo Dahl", false, true), ("Liv Lie", true, false)]);
        let phones: Vec<_> = team.workers.iter().map(|w| w.phone.as_ref().map(|p| p.phone)).collect();
        assert_eq!(phones, [Some(ada.id), None, None]);

        let (from, dispatch) = (house.now(), house.dispatch("C-1").await);
        ada.accept(&house, dispatch).await;
        house.forward_minutes(1);
        let list: VisitList = house.get(&between(path::VISITS, from, house.now()), &token).await.is(200);
        let told: Vec<_> = list.visits.iter().map(|v| (v.dispatch, v.worker_name.as_deref())).collect();
        assert_eq!(told, [(dispatch, Some("Ada Berg"))]);
        let before: VisitList =
            house.get(&between(path::VISITS, from - TimeDelta::hours(1), from), &token).await.is(200);
        assert!(before.visits.is_empty());
    }

    async fn who_was_inside_is_told_by_door_and_hub(house) {
        let token = lead_of(&house, house.vest, "2001").await;
        let homes: HomeList = house.get(path::RESIDENTS, &token).await.is(200);
        let kari = homes.homes[0].resident;
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accepted = ada.accept(&house, dispatch).await;

        house.forward_minutes(10);
        let opened = house.now();
        at_the_flat(&house, &mut ada, &accepted, Operation::Open, DoorOutcome::Opened).await;
        house.forward_minutes(1);
        let arrived = house.now();
        at_the_hub(&house, &mut ada, dispatch, Direction::In, 1).await;
        house.forward_minutes(20);
        let meanwhile: Presence = house.get(&presence(kari, arrived, house.now()), &token).await.is(200);
        assert_eq!(meanwhile.stays.len(), 1);
        assert_eq!(meanwhile.stays[0].ends_at(), None, "she is still inside");
        let left = house.now();
        at_the_hub(&house, &mut ada, dispatch, Direction::Out, 2).await;
        house.forward_minutes(1);
        let locked = house.now();
        at_the_flat(&house, &mut ada, &accepted, Operation::Lock, DoorOutcome::Locked).await;

        let asked: Presence = house.get(&presence(kari, opened, locked), &token).await.is(200);
        assert_eq!(asked.stays.len(), 1);
        let stay = &asked.stays[0];
        assert_eq!((stay.worker_name.as_str(), stay.dispatch), ("Ada Berg", Some(dispatch)));
        assert_eq!((stay.opened_at, stay.checked_in_at), (Some(opened), Some(arrived)));
        assert_eq!((stay.checked_out_at, stay.locked_at), (Some(left), Some(locked)));
        let after = presence(kari, locked + TimeDelta::minutes(1), locked + TimeDelta::hours(1));
        assert!(house.get(&after, &token).await.is::<Presence>(200).stays.is_empty());
        let before = presence(kari, opened - TimeDelta::hours(1), opened - TimeDelta::minutes(1));
        assert!(house.get(&before, &token).await.is::<Presence>(200).stays.is_empty());
    }

    async fn another_unit_and_who_does_not_lead_find_nothing(house) {
        let own = lead_of(&house, house.vest, "2001").await;
        let kari = house.get(path::RESIDENTS, &own).await.is::<HomeList>(200).homes[0].resident;
        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let other = lead_of(&house, TeamId(ost), "2002").await;
        let (from, to) = (house.now() - TimeDelta::hours(1), house.now());
        house.get(&presence(kari, from, to), &other).await.refused(404, code::NOT_FOUND);
        assert!(house.get(path::RESIDENTS, &other).await.is::<HomeList>(200).homes.is_empty());
        assert!(house.get(&between(path::VISITS, from, to), &other).await.is::<VisitList>(200).visits.is_empty());
        let people = house.get(path::TEAM, &other).await.is::<OwnTeam>(200).workers;
        assert_eq!(people.iter().map(|w| w.staff_number.as_str()).collect::<Vec<_>>(), ["2002"]);

        let ada = house.phone_of(&house.ada).await;
        let visits = between(path::VISITS, from, to);
        for path in [path::RESIDENTS, path::TEAM, visits.as_str(), &presence(kari, from, to)] {
            ada.get(&house, path).await.refused(403, code::FORBIDDEN);
            for token in [&house.centre, &house.admin] {
                house.get(path, token).await.refused(403, code::FORBIDDEN);
            }
            house.get(path, "").await.refused(401, code::UNAUTHENTICATED);
        }
        assert_eq!(field(&house.get(path::VISITS, &own).await.refused(422, code::INVALID)), "from");
        let backwards = presence(kari, to, from);
        assert_eq!(field(&house.get(&backwards, &own).await.refused(422, code::INVALID)), "to");
    }
}
