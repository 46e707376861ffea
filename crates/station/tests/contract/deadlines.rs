//! Five minutes to accept, thirty to arrive; a restart loses neither.

use terskel_keys::receipt::Direction;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;
use terskel_model::rules::{ACCEPT_WITHIN, ARRIVE_WITHIN};

use crate::support::Listener;

stories! {
    async fn nobody_accepts_and_the_centre_is_told_even_after_a_restart(house) {
        let ada = house.phone_of(&house.ada).await;
        let received = house.now();
        let dispatch = house.dispatch("C-1").await;
        house.stop().await;
        house.forward_minutes(20);
        house.start().await;
        house.tick().await;
        assert_eq!(house.centre_sees(dispatch).await.unanswered_since, Some(received + ACCEPT_WITHIN));
        assert_eq!(house.tick().await, 0);
        let late = ada.accept(&house, dispatch).await.dispatch;
        assert_eq!((late.phase, late.unanswered_since), (DispatchPhase::Accepted, Some(received + ACCEPT_WITHIN)));
    }

    async fn a_minute_too_early_nothing_is_due(house) {
        let dispatch = house.dispatch("C-1").await;
        house.forward_minutes(4);
        assert_eq!(house.tick().await, 0);
        assert_eq!(house.centre_sees(dispatch).await.unanswered_since, None);
    }

    async fn the_arrival_clock_runs_out_and_the_phones_hear_of_it(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accepted_at = house.now();
        ada.accept(&house, dispatch).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        let before = stream.expect().await;
        house.forward_minutes(31);
        house.tick().await;
        let after = stream.expect().await;
        assert!(after.id == dispatch && after.revision > before.revision);
        let seen = house.centre_sees(dispatch).await;
        assert_eq!(seen.overdue_since, Some(accepted_at + ARRIVE_WITHIN));
        assert_eq!(seen.unanswered_since, None);
    }

    async fn check_in_stops_the_arrival_clock(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let mut event = ada.record(&house, EventKind::CheckedIn, dispatch);
        let receipt = house.home.receipt(&ada, dispatch, Direction::In, house.now(), 1);
        event.receipt = Some(house.home.signed(&receipt));
        assert_eq!(ada.send(&house, &event).await, None);
        house.forward_minutes(31);
        assert_eq!(house.tick().await, 0);
        assert_eq!(house.centre_sees(dispatch).await.overdue_since, None);
    }
}
