//! Dispatches that a phone accepted without network, and the station that hears of it later.

use chrono::TimeDelta;
use serde_json::json;
use terskel_api::Bytes;
use terskel_api::audit::AuditTrail;
use terskel_api::event::EventReceipts;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::receipt::Direction;
use terskel_model::DispatchId;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::rules::ARRIVE_WITHIN;
use terskel_model::trusted_time::ClockQuality;

use crate::support::{House, Phone, liv};

const DECISIONS: &str = "SELECT count(*) AS n FROM audit WHERE kind = 'dispatch_accepted'";

fn went(house: &House, phone: &mut Phone, dispatch: DispatchId) -> PhoneEvent {
    phone.record(house, EventKind::AcceptedOffline, dispatch)
}

/// Checks in or out at Kari's hub; gives the code it was refused with.
async fn at_hub(house: &House, phone: &mut Phone, dispatch: DispatchId, counter: u64) -> Option<String> {
    let receipt = house.home.receipt(phone, dispatch, Direction::In, house.now(), counter);
    let mut event = phone.record(house, EventKind::CheckedIn, dispatch);
    event.receipt = Some(house.home.signed(&receipt));
    phone.send(house, &event).await
}

stories! {
    async fn ada_went_without_network_and_it_counts_from_then(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let dispatch = house.dispatch("C-1").await;
        house.forward_minutes(2);
        let accepted_at = house.now();
        let event = went(&house, &mut ada, dispatch);
        house.forward_minutes(20);
        house.tick().await;
        assert!(house.centre_sees(dispatch).await.unanswered_since.is_some(), "nobody could know");

        assert_eq!(ada.send(&house, &event).await, None);
        let seen = house.centre_sees(dispatch).await;
        assert_eq!((seen.phase, seen.accepted_at), (DispatchPhase::Accepted, Some(accepted_at)));
        bo.try_accept(&house, dispatch).await.refused(409, code::ALREADY_ACCEPTED);
        assert_eq!(house.count(DECISIONS).await, 1, "whose it is stands in the trail");
        // Ada's phone asks for the keys of the dispatch as always.
        assert_eq!(ada.accept(&house, dispatch).await.keys.len(), 2);
        // Half an hour from when she went, not from when it was heard.
        house.forward_minutes(11);
        house.tick().await;
        assert!(house.centre_sees(dispatch).await.overdue_since.is_some());
        assert_eq!(at_hub(&house, &mut ada, dispatch, 1).await, None);
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Arrived);
    }

    async fn who_tells_late_is_heard_out_before_the_centre_hears_that_nobody_came(house) {
        let mut ada = house.phone_of(&house.ada).await;
        for (reference, arrived) in [("C-1", true), ("C-2", false)] {
            let dispatch = house.dispatch(reference).await;
            let accepted_at = house.now();
            let event = went(&house, &mut ada, dispatch);
            house.forward_minutes(10);
            let receipt = house.home.receipt(&ada, dispatch, Direction::In, house.now(), 1);
            let checked = PhoneEvent { receipt: Some(house.home.signed(&receipt)), ..ada.record(&house, EventKind::CheckedIn, dispatch) };
            house.forward_minutes(35);
            house.tick().await;
            // One by one, as on a slow network.
            assert_eq!(ada.send(&house, &event).await, None);
            house.forward_minutes(1);
            house.tick().await;
            assert_eq!(house.centre_sees(dispatch).await.overdue_since, None);
            if arrived {
                assert_eq!(ada.send(&house, &checked).await, None);
            }
            house.forward_minutes(2);
            house.tick().await;
            // Since when it was due, not since when the phone was heard.
            let due = (!arrived).then_some(accepted_at + ARRIVE_WITHIN);
            assert_eq!(house.centre_sees(dispatch).await.overdue_since, due);
        }
    }

    async fn somebody_else_was_first_and_what_ada_did_there_is_kept(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let mut bo = house.phone_of(&house.bo).await;
        let dispatch = house.dispatch("C-1").await;
        let event = went(&house, &mut ada, dispatch);
        bo.accept(&house, dispatch).await;

        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(at_hub(&house, &mut ada, dispatch, 1).await, None);
        let done = ada.record(&house, EventKind::VisitClosed, dispatch);
        assert_eq!(ada.send(&house, &done).await, None);
        let seen = house.centre_sees(dispatch).await;
        assert_eq!((seen.phase, seen.arrived_at), (DispatchPhase::Accepted, None), "it is Bo's");
        assert_eq!(house.count(DECISIONS).await, 1);
        ada.try_accept(&house, dispatch).await.refused(409, code::ALREADY_ACCEPTED);
        assert_eq!(at_hub(&house, &mut bo, dispatch, 2).await, None);
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Arrived);

        let lead = liv(&house).await;
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &lead).await.is(200);
        let adas = trail.entries.iter().filter(|entry| entry.worker == Some(ada.worker()));
        let kinds: Vec<_> = adas.map(|entry| entry.kind.clone()).collect();
        assert_eq!(kinds, [EventKind::AcceptedOffline, EventKind::CheckedIn, EventKind::VisitClosed]);
    }

    async fn a_clock_that_is_wrong_accepts_neither_before_the_alarm_nor_in_the_future(house) {
        let mut ada = house.phone_of(&house.ada).await;
        for (reference, wrong) in [("C-1", TimeDelta::hours(-3)), ("C-2", TimeDelta::hours(3))] {
            let dispatch = house.dispatch(reference).await;
            let received = house.now();
            house.forward_minutes(4);
            let event = went(&house, &mut ada, dispatch);
            let event = PhoneEvent { at: event.at + wrong, ..event };
            assert_eq!(ada.send(&house, &event).await, None);
            let at = house.centre_sees(dispatch).await.accepted_at;
            assert_eq!(at, Some(if wrong < TimeDelta::zero() { received } else { house.now() }));
        }
    }

    async fn whose_shift_was_over_takes_nothing_out_of_others_hands(house) {
        let (mut ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let (lead, dispatch) = (liv(&house).await, house.dispatch("C-1").await);
        let shift = house.text("SELECT shift_id FROM sessions s JOIN workers w ON w.id = s.worker_id WHERE w.staff_number = '1001'").await;
        house.post(&path::SHIFT_END.replace("{id}", &shift), &lead, &json!({})).await.is::<serde_json::Value>(200);
        house.forward_minutes(1);
        let event = went(&house, &mut ada, dispatch);
        let signed = Bytes(ada.sign(&event));
        let answer = house.post(path::PARTING_EVENTS, "", &json!({"events": [signed]})).await;
        assert_eq!(answer.is::<EventReceipts>(200).receipts[0].refused, None, "that she went is kept");
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Open);
        bo.accept(&house, dispatch).await;
    }

    async fn the_trail_says_how_much_a_phones_time_is_worth(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let worth = [None, Some(ClockQuality::Station), Some(ClockQuality::TurnedBack), Some(ClockQuality::Unknown("gps".into()))];
        for clock in worth.clone() {
            let event = PhoneEvent { clock, ..ada.record(&house, EventKind::AlertDelivered, dispatch) };
            assert_eq!(ada.send(&house, &event).await, None);
        }
        let endless = ClockQuality::Unknown("x".repeat(101));
        let event = PhoneEvent { clock: Some(endless), ..ada.record(&house, EventKind::AlertDelivered, dispatch) };
        assert_eq!(ada.send(&house, &event).await.as_deref(), Some(code::INVALID));
        let lead = liv(&house).await;
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &lead).await.is(200);
        let told = trail.entries.into_iter().filter(|entry| entry.kind == EventKind::AlertDelivered);
        assert_eq!(told.map(|entry| entry.clock).collect::<Vec<_>>(), worth);
    }
}
