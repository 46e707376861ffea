//! Events: signed, counted once, each on its own.

use serde_json::json;
use terskel_api::audit::AuditTrail;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;

use crate::support::{Phone, Worker, field};

stories! {
    async fn an_event_sent_twice_counts_once(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        let signed = ada.sign(&event);
        for _ in 0..2 {
            let receipts = ada.send_signed(&house, vec![signed.clone(), signed.clone()]).await;
            assert!(receipts.iter().all(|r| r.refused.is_none() && r.id == Some(event.id)));
        }
        assert_eq!(house.centre_sees(dispatch).await.delivered, 1);
        let mut other = ada.record(&house, EventKind::AlertDelivered, dispatch);
        other.id = event.id;
        assert_eq!(ada.send(&house, &other).await.as_deref(), Some(code::CONFLICT));
    }

    async fn the_same_event_many_times_at_once_counts_once(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        let signed = ada.sign(&event);
        let storm = (0..8).map(|_| ada.send_signed(&house, vec![signed.clone()]));
        let receipts = futures_util::future::join_all(storm).await;
        assert!(receipts.iter().all(|r| r[0].id == Some(event.id) && r[0].refused.is_none()), "{receipts:?}");
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_events WHERE chain_ok = 1").await, 1);
    }

    async fn an_id_of_the_stations_own_is_refused_and_wedges_nothing(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(&house, Some(house.vest)).await;
        let token = lead.lead_session(&house).await;
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &token).await.is(200);
        let mut event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        event.id = trail.entries[0].id;
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::CONFLICT));
    }

    async fn texts_that_no_database_takes_are_refused_for_good(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        event.operation = Some("op\0en".into());
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::INVALID));
        let mut event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        event.outcome = Some("x".repeat(101).as_str().into());
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::INVALID));
    }

    async fn another_phones_event_is_refused(house) {
        let (ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let dispatch = house.dispatch("C-1").await;
        let event = bo.record(&house, EventKind::AlertDelivered, dispatch);
        let signed = bo.sign(&event);
        let receipts = ada.send_signed(&house, vec![signed]).await;
        assert_eq!(receipts[0].refused.as_deref(), Some(code::BAD_PROOF));
        assert_eq!(house.centre_sees(dispatch).await.delivered, 0);
    }

    async fn a_bad_event_does_not_hold_up_the_good_ones(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let delivered = ada.record(&house, EventKind::AlertDelivered, dispatch);
        let delivered = ada.sign(&delivered);
        let mut flipped = delivered.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let forged = ada.record(&house, EventKind::DispatchAccepted, dispatch);
        let forged = ada.sign(&forged);
        let closed = ada.record(&house, EventKind::VisitClosed, dispatch);
        let closed = ada.sign(&closed);
        let batch = vec![b"junk".to_vec(), flipped, delivered, forged, vec![0; 17_000], closed];
        let receipts = ada.send_signed(&house, batch).await;
        let codes: Vec<Option<&str>> = receipts.iter().map(|r| r.refused.as_deref()).collect();
        assert_eq!(codes, [
            Some(code::INVALID), Some(code::BAD_PROOF), None, Some(code::FORBIDDEN), Some(code::TOO_LARGE), None,
        ]);
        assert_eq!(receipts[0].id, None);
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Closed);
    }

    async fn a_hundred_events_fit_and_one_more_does_not(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut batch = Vec::new();
        for _ in 0..101 {
            let mut event = ada.record(&house, EventKind::AlertDelivered, dispatch);
            event.reason = Some("r".repeat(100));
            batch.push(ada.sign(&event));
        }
        let last = batch.pop().unwrap();
        let receipts = ada.send_signed(&house, batch.clone()).await;
        assert!(receipts.len() == 100 && receipts.iter().all(|r| r.refused.is_none()));
        batch.push(last);
        let events: Vec<terskel_api::Bytes> = batch.into_iter().map(terskel_api::Bytes).collect();
        let answer = ada.post(&house, path::EVENTS, &json!({"events": events})).await;
        assert_eq!(field(&answer.refused(422, code::INVALID)), "events");
    }

    async fn what_the_last_worker_left_in_the_outbox_still_counts(house) {
        let mut phone = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        phone.accept(&house, dispatch).await;
        let event = phone.record(&house, EventKind::VisitClosed, dispatch);
        let signed = phone.sign(&event);
        phone.sign_in(&house, &house.bo).await;
        assert_eq!(phone.send_signed(&house, vec![signed]).await[0].refused, None);
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Closed);
    }

    async fn a_worker_who_never_had_this_phone_cannot_have_recorded_on_it(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut event = ada.record(&house, EventKind::AlertDelivered, dispatch);
        event.worker = house.bo.id();
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::BAD_PROOF));
    }

    async fn a_gap_in_the_chain_is_kept_not_refused(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let lost = ada.record(&house, EventKind::AlertDelivered, dispatch);
        ada.sign(&lost);
        let next = ada.record(&house, EventKind::AlertDelivered, dispatch);
        assert_eq!(ada.send(&house, &next).await, None);
        let whole = ada.record(&house, EventKind::AlertDelivered, dispatch);
        assert_eq!(ada.send(&house, &whole).await, None);
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_events WHERE chain_ok = 0").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_events WHERE chain_ok = 1").await, 1);
    }

    async fn only_the_holder_closes_the_visit(house) {
        let (ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let dispatch = house.dispatch("C-1").await;
        let early = bo.record(&house, EventKind::VisitClosed, dispatch);
        assert_eq!(bo.send(&house, &early).await.as_deref(), Some(code::CONFLICT));
        ada.accept(&house, dispatch).await;
        let event = bo.record(&house, EventKind::VisitClosed, dispatch);
        assert_eq!(bo.send(&house, &event).await.as_deref(), Some(code::CONFLICT));
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Accepted);
    }

    async fn an_unsigned_in_phone_sends_nothing(house) {
        Phone::enrol(&house).await;
        let empty = json!({"events": []});
        house.post(path::EVENTS, "", &empty).await.refused(401, code::UNAUTHENTICATED);
    }
}
