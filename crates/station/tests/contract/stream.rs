//! The stream loses nothing and repeats nothing.

use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;

use crate::support::Listener;

stories! {
    async fn a_phone_resumes_where_it_was_across_a_restart(house) {
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        let first = house.dispatch("C-1").await;
        assert_eq!(stream.expect().await.id, first);
        let cursor = stream.cursor.clone().unwrap();

        let missed = [house.dispatch("C-2").await, house.dispatch("C-3").await];
        house.stop().await;
        house.start().await;
        let mut stream = Listener::open(&house, &ada, Some(&cursor)).await;
        assert_eq!([stream.expect().await.id, stream.expect().await.id], missed);
        let last = house.dispatch("C-4").await;
        assert_eq!(stream.expect().await.id, last);
    }

    async fn a_stream_begins_with_the_stations_time(house) {
        let ada = house.phone_of(&house.ada).await;
        assert_eq!(Listener::open(&house, &ada, None).await.expect_time().await.station_time, house.now());
        house.forward_minutes(1);
        assert_eq!(Listener::open(&house, &ada, None).await.expect_time().await.station_time, house.now());
    }

    async fn a_stream_ends_when_the_station_stops(house) {
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        house.stop().await;
        assert!(stream.next().await.is_none());
    }

    async fn a_fresh_start_gives_what_is_open_and_what_this_phone_has_just_closed(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let (closed, open) = (house.dispatch("C-1").await, house.dispatch("C-2").await);
        ada.accept(&house, closed).await;
        let event = ada.record(&house, EventKind::VisitClosed, closed);
        assert_eq!(ada.send(&house, &event).await, None);

        let mut stream = Listener::open(&house, &ada, None).await;
        let (one, two) = (stream.expect().await, stream.expect().await);
        assert_eq!((one.id, two.id, two.phase), (open, closed, DispatchPhase::Closed));
        assert!(two.details.is_some(), "readable for an hour");
        assert_eq!(Listener::open(&house, &bo, None).await.expect().await.id, open);

        house.forward_minutes(61);
        house.tick().await;
        let mut later = Listener::open(&house, &ada, None).await;
        assert_eq!(later.expect().await.id, open);
        let next = house.dispatch("C-3").await;
        assert_eq!(later.expect().await.id, next);
    }

    async fn a_cursor_from_an_earlier_session_hides_nothing_that_is_open(house) {
        let mut phone = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let mut stream = Listener::open(&house, &phone, None).await;
        assert_eq!(stream.expect().await.id, dispatch);
        let cursor = stream.cursor.clone().unwrap();
        house.dispatch("C-2").await;
        phone.sign_in(&house, &house.bo).await;
        let mut stream = Listener::open(&house, &phone, Some(&cursor)).await;
        assert_eq!(stream.expect().await.id, dispatch);
    }

    async fn the_next_worker_on_a_phone_does_not_read_what_the_last_one_accepted(house) {
        let mut phone = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        phone.accept(&house, dispatch).await;
        phone.sign_in(&house, &house.bo).await;
        let seen = Listener::open(&house, &phone, None).await.expect().await;
        assert_eq!((seen.id, seen.mine, seen.details), (dispatch, false, None));
        phone.try_accept(&house, dispatch).await.refused(409, code::ALREADY_ACCEPTED);
    }

    async fn another_nodes_phones_hear_it_too(house) {
        let ada = house.phone_of(&house.ada).await;
        let node = house.second_node().await;
        let mut stream = Listener::open_at(&house, &node.url(), &ada, None).await;
        let dispatch = house.dispatch("C-1").await;
        assert_eq!(stream.expect().await.id, dispatch);
        ada.accept(&house, dispatch).await;
        assert!(stream.expect().await.mine);
        node.stop().await;
    }

    async fn a_restart_in_between_resends_nothing_that_was_told(house) {
        let ada = house.phone_of(&house.ada).await;
        house.dispatch("C-1").await;
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect().await;
        let cursor = stream.cursor.clone().unwrap();
        house.stop().await;
        house.start().await;
        let mut stream = Listener::open(&house, &ada, Some(&cursor)).await;
        let next = house.dispatch("C-2").await;
        assert_eq!(stream.expect().await.id, next);
    }

    async fn nobody_listens_without_a_session(house) {
        house.get(path::STREAM, "").await.refused(401, code::UNAUTHENTICATED);
        house.get(path::STREAM, &house.centre).await.refused(403, code::FORBIDDEN);
    }
}
