//! A worker goes where nobody has called from, because a lead has permitted it.

use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::dispatch::{Accepted, Dispatch};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::HomeList;
use terskel_keys::receipt::Direction;
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, PermissionId, ResidentId};

use crate::support::{Answer, House, Listener, Phone, Worker};

/// Liv's session, and whose home Kari's is.
async fn liv_and_kari(house: &House) -> (String, ResidentId) {
    let mut lead = Worker::new("2001", "Liv Lie", "135790");
    lead.hire(house, Some(house.vest)).await;
    let token = lead.lead_session(house).await;
    let homes: HomeList = house.get(path::RESIDENTS, &token).await.is(200);
    (token, homes.homes[0].resident)
}

async fn give(house: &House, lead: &str, resident: ResidentId, term: Value) -> PermissionId {
    let id = PermissionId::new(&*house.world);
    let permission = json!({"id": id, "who": {"kind": "worker", "worker": house.ada.id()},
        "what": {"kind": "residence", "resident": resident}, "when": {"term": term}});
    house.post(path::PERMISSIONS, lead, &permission).await.is::<Value>(201);
    id
}

async fn begin(house: &House, phone: &Phone, id: DispatchId, resident: ResidentId) -> Answer {
    house.post(path::VISITS, phone.token(), &json!({"id": id, "resident": resident})).await
}

stories! {
    async fn ada_goes_by_a_permission_and_the_visit_is_as_any_other(house) {
        let (lead, kari) = liv_and_kari(&house).await;
        let (mut ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let mut bos_stream = Listener::open(&house, &bo, None).await;
        give(&house, &lead, kari, json!({"kind": "permanent"})).await;

        let id = DispatchId::new(&*house.world);
        let begun: Accepted = begin(&house, &ada, id, kari).await.is(200);
        assert!(begun.dispatch.own && begun.dispatch.mine);
        assert_eq!((begun.dispatch.phase.clone(), begun.keys.len()), (DispatchPhase::Accepted, 2));
        assert_eq!(begun.dispatch.details.as_ref().unwrap().cause, Cause::OwnVisit);
        let again: Accepted = begin(&house, &ada, id, kari).await.is(200);
        assert_eq!((again.dispatch.revision, again.keys), (begun.dispatch.revision, begun.keys.clone()));

        let mut opened = ada.record(&house, EventKind::DoorOperated, id);
        (opened.door, opened.key) = (Some(begun.keys[1].door), Some(begun.keys[1].id));
        (opened.operation, opened.outcome) = (Some(Operation::Open), Some(DoorOutcome::Opened));
        assert_eq!(ada.send(&house, &opened).await, None);
        for (counter, kind, direction) in
            [(1, EventKind::CheckedIn, Direction::In), (2, EventKind::CheckedOut, Direction::Out)]
        {
            let mut event = ada.record(&house, kind, id);
            event.receipt = Some(house.home.signed(&house.home.receipt(&ada, id, direction, house.now(), counter)));
            assert_eq!(ada.send(&house, &event).await, None);
        }
        let closed = ada.record(&house, EventKind::VisitClosed, id);
        assert_eq!(ada.send(&house, &closed).await, None);
        begin(&house, &ada, id, kari).await.refused(409, code::CLOSED);

        // Bo hears of the alarm that comes after it, and of nothing before.
        let dispatch = house.dispatch("C-1").await;
        assert_eq!(bos_stream.expect().await.id, dispatch);
        let mut anew = Listener::open(&house, &bo, None).await;
        assert_eq!(anew.expect().await.id, dispatch);
    }

    async fn a_visit_opens_nothing_by_itself(house) {
        let (lead, kari) = liv_and_kari(&house).await;
        let ada = house.phone_of(&house.ada).await;
        let id = DispatchId::new(&*house.world);
        begin(&house, &ada, id, kari).await.refused(404, code::NOT_FOUND);
        begin(&house, &ada, id, ResidentId::new(&*house.world)).await.refused(404, code::NOT_FOUND);

        let permission = give(&house, &lead, kari, json!({"kind": "permanent"})).await;
        begin(&house, &ada, id, kari).await.is::<Accepted>(200);
        let one = path::PERMISSION.replace("{id}", &permission.to_string());
        house.send(Method::DELETE, &one, &lead, "").await.is::<Value>(200);
        let after: Accepted = begin(&house, &ada, id, kari).await.is(200);
        assert_eq!(after.keys, []);
        assert_eq!(house.send(Method::POST, path::KEYS, ada.token(), "").await.is::<Value>(200)["keys"], json!([]));
    }

    async fn a_visit_is_its_phones_and_a_key_for_once_is_told_as_one(house) {
        let (lead, kari) = liv_and_kari(&house).await;
        let (ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let until = house.now() + chrono::TimeDelta::hours(1);
        give(&house, &lead, kari, json!({"kind": "once", "from": house.now(), "until": until})).await;
        let id = DispatchId::new(&*house.world);
        let begun: Accepted = begin(&house, &ada, id, kari).await.is(200);
        assert!(begun.keys.iter().all(|key| key.once));

        begin(&house, &bo, id, kari).await.refused(409, code::CONFLICT);
        let closed = bo.record(&house, EventKind::VisitClosed, id);
        assert_eq!(bo.send(&house, &closed).await.as_deref(), Some(code::NOT_FOUND));
        let alarm = house.dispatch("C-1").await;
        begin(&house, &ada, alarm, kari).await.refused(409, code::CONFLICT);
        let mine: Dispatch = ada.accept(&house, alarm).await.dispatch;
        assert!(!mine.own);
        house.get(path::VISITS, ada.token()).await.refused(403, code::FORBIDDEN);
        house.post(path::VISITS, &lead, &json!({"id": id, "resident": kari})).await.refused(403, code::FORBIDDEN);
    }
}
