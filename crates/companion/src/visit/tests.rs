//! Doors and hub, told as visits: real lock machines, a bad link, virtual time.

use std::time::Duration;

use terskel_locks::device::DeviceFault;
use terskel_model::Clock as _;
use terskel_radio::AdapterState;

use crate::interface::{Intent, Outcome, Problem, Reach};
use crate::testing::{FLAT, HUB, Home, Mood, STAIRWELL};

fn door_events(home: &Home) -> Vec<(String, String)> {
    let text = |o: &Option<terskel_model::door::DoorOutcome>| o.as_ref().unwrap().as_str().to_owned();
    home.station
        .events()
        .iter()
        .filter(|e| e.kind.as_str() == "door_operated")
        .map(|e| (text(&e.outcome), e.reason.clone().unwrap_or_default()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn ada_opens_two_doors_checks_in_and_out_locks_and_closes() {
    let home = Home::accepted().await;
    let dispatch = home.dispatch;
    home.see("stairwell ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
    let before = home.air.packets(STAIRWELL);
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    assert!(home.air.packets(STAIRWELL) > before);
    home.see("flat ready", |v| v.visit.as_ref().unwrap().doors[1].reach == Reach::Ready).await;
    assert_eq!(home.open(home.flat).await.outcome, "opened");
    home.see("hub ready", |v| v.visit.as_ref().unwrap().hub.as_ref().unwrap().reach == Reach::Ready).await;
    home.intend(Intent::CheckIn { dispatch }).await.unwrap();
    // Checked in: the visit is not ended by mistake.
    assert!(matches!(home.intend(Intent::CloseVisit { dispatch }).await, Err(Problem::Refused { .. })));
    home.intend(Intent::CheckOut { dispatch }).await.unwrap();
    let locked = home.intend(Intent::LockDoor { dispatch, door: home.flat }).await.unwrap();
    assert!(matches!(locked, Outcome::Door { result } if result.outcome == "locked"));
    let visit = home.view().visit.clone().unwrap();
    assert_eq!((visit.doors[0].locked, visit.doors[1].locked), (Some(false), Some(true)));
    home.intend(Intent::CloseVisit { dispatch }).await.unwrap();
    home.sent().await;
    assert_eq!(
        home.station.kinds(),
        [
            "alert_delivered",
            "door_operated",
            "door_operated",
            "checked_in",
            "checked_out",
            "door_operated",
            "visit_closed"
        ]
    );
    assert_eq!(home.view().visit, None);
    assert_eq!((home.air.moved(STAIRWELL), home.air.moved(FLAT), home.air.moved(HUB)), (1, 2, 2));
}

/// What must hold whatever the link did: one event, and an outcome that is true of the bolt.
async fn check_slide(home: &Home, n: u32) {
    let (moved, events) = (home.air.moved(STAIRWELL), door_events(home).len());
    let result = home.open(home.stairwell).await;
    home.sent().await;
    let moved = home.air.moved(STAIRWELL) - moved;
    assert_eq!(door_events(home).len(), events + 1, "cut at {n}: one slide, one event");
    assert_eq!(door_events(home).last().unwrap().0, result.outcome, "cut at {n}");
    match result.outcome.as_str() {
        "opened" => assert_eq!(moved, 1, "cut at {n}"),
        "refused" => assert_eq!(moved, 0, "cut at {n}"),
        _ => assert!(moved <= 1, "cut at {n}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_cut_at_any_packet_of_a_cold_opening_never_opens_twice_and_never_lies() {
    let home = Home::accepted().await;
    // Opened once: not held ready any more, so that each slide connects anew.
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    for n in 1..=40 {
        home.see("let go", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Seen).await;
        home.air.cut_at(STAIRWELL, n);
        check_slide(&home, n).await;
        if !home.air.has_befallen(STAIRWELL) {
            assert!(n > 8, "the session has more packets than {n}");
            return;
        }
    }
    panic!("no opening without a cut");
}

#[tokio::test(start_paused = true)]
async fn a_link_cut_at_any_packet_of_a_prepared_opening_never_opens_twice_and_never_lies() {
    for n in 1..=6 {
        let home = Home::accepted().await;
        home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
        home.see("its state", |v| v.visit.as_ref().unwrap().doors[0].locked.is_some()).await;
        home.air.cut_at(STAIRWELL, n);
        check_slide(&home, n).await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_unknown_outcome_the_lock_is_asked_for_its_state_and_not_operated() {
    let home = Home::accepted().await;
    home.see("its state", |v| v.visit.as_ref().unwrap().doors[0].locked.is_some()).await;
    // The command arrives; its acknowledgement is the next packet, and is lost.
    home.air.cut_at(STAIRWELL, 2);
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("unknown", Some("interrupted")));
    assert_eq!(home.air.moved(STAIRWELL), 1);
    home.see("what the lock says", |v| v.visit.as_ref().unwrap().doors[0].locked == Some(false)).await;
    assert_eq!(home.air.moved(STAIRWELL), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_of_range_is_refused_as_not_found_and_bluetooth_off_says_so() {
    let home = Home::alerted().await;
    home.air.silence(STAIRWELL, true);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("not_found")));
    home.air.set_adapter(AdapterState::Off);
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("bluetooth_off")));
    home.sent().await;
    assert_eq!(door_events(&home).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_has_ended_is_not_shown_to_the_lock() {
    let home = Home::alerted().await;
    home.air.silence(STAIRWELL, true);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    home.station.feel(Mood::Unreachable);
    home.world.skip(Duration::from_secs(61 * 60));
    home.air.silence(STAIRWELL, false);
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("key_expired")));
    assert_eq!(home.air.connects(STAIRWELL), 0);
    assert_eq!(home.view().status.unsent, 2 - home.station.events().len() as u32);
}

#[tokio::test(start_paused = true)]
async fn one_thing_at_a_time_is_asked_of_a_lock() {
    let home = Home::accepted().await;
    home.air.inject(STAIRWELL, DeviceFault::Hang(true));
    let first = home.open(home.stairwell);
    let second = async {
        home.see("working", |v| v.visit.as_ref().unwrap().doors[0].working.is_some()).await;
        home.intend(Intent::OpenDoor { dispatch: home.dispatch, door: home.stairwell }).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(second, Err(Problem::Busy));
    assert_eq!(first.outcome, "refused");
    assert_eq!(home.air.moved(STAIRWELL), 0);
}

#[tokio::test(start_paused = true)]
async fn a_missing_hub_is_said_so_and_the_visit_can_still_be_ended() {
    let home = Home::alerted().await;
    let dispatch = home.dispatch;
    home.air.silence(HUB, true);
    home.intend(Intent::Accept { dispatch }).await.unwrap();
    assert_eq!(home.intend(Intent::CheckIn { dispatch }).await, Err(Problem::HubNotFound));
    assert_eq!(home.view().visit.as_ref().unwrap().hub.as_ref().unwrap().problem, Some(Problem::HubNotFound));
    home.air.silence(HUB, false);
    home.intend(Intent::CheckIn { dispatch }).await.unwrap();
    home.air.inject(HUB, DeviceFault::Hang(true));
    assert_eq!(home.intend(Intent::CheckOut { dispatch }).await, Err(Problem::HubNoAnswer));
    home.intend(Intent::CloseVisit { dispatch }).await.unwrap();
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "checked_in", "visit_closed"]);
}

#[tokio::test(start_paused = true)]
async fn a_link_to_the_hub_cut_anywhere_costs_a_second_receipt_at_most() {
    let home = Home::accepted().await;
    for n in 1..=6 {
        home.air.cut_at(HUB, n);
        assert_eq!(
            home.intend(Intent::CheckIn { dispatch: home.dispatch }).await,
            Ok(Outcome::Done),
            "cut at {n}"
        );
        home.air.has_befallen(HUB);
    }
    home.sent().await;
    assert_eq!(home.station.kinds().iter().filter(|k| *k == "checked_in").count(), 6);
}

#[test]
fn a_process_killed_after_the_command_finds_its_intention_and_tells_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("phone.db");
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let first = runtime();
    let station = first.block_on(async {
        let home = Home::at(path.clone(), 1).await;
        home.enrol().await;
        home.sign_in().await;
        home.station.dispatch(home.body.clone());
        home.see("the alert", |v| !v.alerts.is_empty()).await;
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
        home.sent().await;
        home.air.inject(STAIRWELL, DeviceFault::Hang(true));
        let waits = tokio::time::timeout(Duration::from_millis(200), home.open(home.stairwell)).await;
        assert!(waits.is_err(), "the lock hangs");
        home.station.clone()
    });
    // The process dies here, with the command out.
    drop(first);
    runtime().block_on(async {
        let home = Home::at(path.clone(), 2).await;
        let view = home.view();
        let last = view.visit.as_ref().unwrap().doors[0].last.clone().unwrap();
        assert_eq!((last.outcome.as_str(), last.reason.as_deref()), ("unknown", Some("interrupted")));
        assert_eq!(view.status.unsent, 1);
    });
    runtime().block_on(async {
        let home = Home::at(path, 3).await;
        assert_eq!(home.view().status.unsent, 1, "told once, not once for each start");
    });
    assert_eq!(station.kinds(), ["alert_delivered"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_runs_out_while_the_phone_connects_opens_nothing() {
    let home = Home::accepted().await;
    home.station.feel(Mood::Unreachable);
    home.see("on its way", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Connecting).await;
    let runs_out = async {
        tokio::task::yield_now().await;
        home.world.skip(Duration::from_secs(3600));
    };
    let (result, ()) = tokio::join!(home.open(home.stairwell), runs_out);
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("key_expired")));
    assert_eq!(home.air.moved(STAIRWELL), 0);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_comes_after_the_end_of_the_shift_is_kept() {
    let home = Home::accepted().await;
    for door in [home.stairwell, home.flat] {
        home.open(door).await;
    }
    home.see("hub ready", |v| v.visit.as_ref().unwrap().hub.as_ref().unwrap().reach == Reach::Ready).await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    let until_end = || (home.view().session.as_ref().unwrap().ends_at - home.world.now()).to_std().unwrap();
    home.world.skip(until_end() - Duration::from_secs(2));
    let check_in = home.intend(Intent::CheckIn { dispatch: home.dispatch });
    let shift_ends = async {
        while home.air.moved(HUB) == 0 {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        home.world.skip(until_end());
    };
    let (checked_in, ()) = tokio::join!(check_in, shift_ends);
    assert_eq!(checked_in, Ok(Outcome::Done));
    home.see("signed out", |v| v.session.is_none()).await;
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.sent().await;
    assert!(home.station.kinds().contains(&"checked_in".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_at_a_doors_code_leaves_a_trace_first() {
    let home = Home::accepted().await;
    let look = Intent::ShowCode { dispatch: home.dispatch, door: home.stairwell };
    assert_eq!(home.intend(look.clone()).await, Err(Problem::NotFound), "it has none");
    home.station.tell(|d| {
        d.details.as_mut().unwrap().doors[0].code = Some(terskel_api::Secret::new("4711#"));
    });
    home.see("the keypad", |v| v.visit.as_ref().unwrap().doors[0].has_code).await;
    let shown = home.intend(look).await.unwrap();
    assert_eq!(format!("{shown:?}"), "Code", "a code is in no log");
    assert_eq!(shown, Outcome::Code { code: "4711#".into() });
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_code_shown"]);
    assert_eq!(home.station.events().last().unwrap().door, Some(home.stairwell));
}
