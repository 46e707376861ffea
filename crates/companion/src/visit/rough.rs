//! Rough handling, for every family: links of any size, two phones at one lock, a lock that restarts, keys that are none.

use std::sync::Arc;
use std::time::Duration;

use terskel_locks::device::DeviceFault;
use terskel_locks::nuki::errand::{Errand, Wanted};
use terskel_model::Timestamp;
use terskel_model::lock_report::LockEntry;
use terskel_radio::AdapterState;
use tokio::time::{Instant, sleep};

use super::door::HOLD_MOST;
use super::reach::FIND_WITHIN;
use crate::FAMILIES;
use crate::interface::{Intent, Outcome, Reach};
use crate::testing::{Fate, Home, STAIRWELL};

fn families() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|family| family.name())
}

async fn ready(home: &Home) {
    home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
}

#[tokio::test(start_paused = true)]
async fn every_family_opens_and_locks_on_links_of_any_size() {
    for family in families() {
        for mtu in [23, 24, 61, 100, 185, 247, 517] {
            let home = Home::accepted_behind([family, "dkey"]).await;
            home.air.set_mtu(STAIRWELL, mtu);
            let opened = home.open(home.stairwell).await;
            assert_eq!(opened.outcome, "opened", "{family} at {mtu}: {opened:?}");
            let lock = Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell };
            let Ok(Outcome::Door { result }) = home.intend(lock).await else { panic!("{family} at {mtu}") };
            assert_eq!(result.outcome, "locked", "{family} at {mtu}: {result:?}");
            assert_eq!(home.air.moved(STAIRWELL), 2, "{family} at {mtu}");
        }
    }
}

/// Challenge asked for, challenge, action, taken: nothing is asked of the lock before the door.
#[tokio::test(start_paused = true)]
async fn a_slide_before_the_lock_is_reached_is_the_first_thing_that_goes_out() {
    let home = Home::accepted_behind(["nuki", "dkey"]).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    home.intend(Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell }).await.unwrap();
    home.see("let go", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Seen).await;
    home.air.befall(STAIRWELL, 4, Fate::Cut);
    let moved = home.air.moved(STAIRWELL);
    let cut = home.open(home.stairwell).await;
    assert_eq!(cut.outcome, "unknown", "{cut:?}");
    // The motor turns without the phone.
    sleep(Duration::from_secs(5)).await;
    assert_eq!(home.air.moved(STAIRWELL), moved + 1, "the third packet was the action");
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_held_ready_is_let_go_for_the_worker_who_slides_first() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        ready(&home).await;
        // Bo's phone has a visit of its own in the house, and stands before the same door.
        let bo = Home::in_the_air_of(&home).await;
        let begun = Instant::now();
        let opened = bo.open(bo.stairwell).await;
        assert_eq!(opened.outcome, "opened", "{family}: {opened:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{family}: {:?}", begun.elapsed());
        assert_eq!(home.air.moved(STAIRWELL), 1);
        // Ada's phone comes by it again.
        let opened = home.open(home.stairwell).await;
        assert_eq!(opened.outcome, "opened", "{family}: {opened:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_who_heard_the_lock_before_another_phone_took_it_gets_it_when_that_phone_lets_go() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        ready(&home).await;
        home.see("let go", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Seen).await;
        let bo = Home::in_the_air_of(&home).await;
        ready(&bo).await;
        let begun = Instant::now();
        let opened = home.open(home.stairwell).await;
        assert_eq!(opened.outcome, "opened", "{family}: {opened:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{family}: {:?}", begun.elapsed());
        assert_eq!(home.air.moved(STAIRWELL), 1, "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_free_again_before_another_workers_phone_gives_up_looking() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        let mut taken = home.air.taken(STAIRWELL);
        for now in [true, false, true] {
            taken.wait_for(|taken| *taken == now).await.unwrap();
        }
        let held = Instant::now();
        taken.wait_for(|taken| !*taken).await.unwrap();
        // The goodbye may take a second.
        let longest = HOLD_MOST + Duration::from_secs(1);
        assert!(held.elapsed() <= longest && longest < FIND_WITHIN, "{family}: {:?}", held.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_holds_a_lock_for_ever() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        ready(&home).await;
        sleep(Duration::from_secs(600)).await;
        let connects = home.air.connects(STAIRWELL);
        assert!((2..=6).contains(&connects), "{family}: {connects} connections in ten minutes of waiting");
        assert_eq!(home.air.moved(STAIRWELL), 0, "{family}");
        assert_eq!(home.open(home.stairwell).await.outcome, "opened", "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_restarts_while_it_is_held_ready_is_opened_all_the_same() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        ready(&home).await;
        home.air.inject(STAIRWELL, DeviceFault::Reboot);
        home.see("the link gone", |v| v.visit.as_ref().unwrap().doors[0].reach != Reach::Ready).await;
        let opened = home.open(home.stairwell).await;
        assert_eq!(
            (opened.outcome.as_str(), home.air.moved(STAIRWELL)),
            ("opened", 1),
            "{family}: {opened:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_stuck_bolt_is_told_as_stuck_and_the_lead_hears_of_it() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        home.air.inject(STAIRWELL, DeviceFault::Jammed(true));
        let result = home.open(home.stairwell).await;
        assert_ne!(result.outcome, "opened", "{family}");
        assert_eq!(result.reason.as_deref(), Some("jammed"), "{family}: {result:?}");
        home.see("the warning", |v| v.visit.as_ref().unwrap().doors[0].warning.as_deref() == Some("jammed"))
            .await;
        home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await.unwrap();
        sleep(Duration::from_secs(60)).await;
        home.sent().await;
        let reports: Vec<_> = home.station.events().into_iter().filter_map(|event| event.lock).collect();
        assert!(reports.iter().any(|report| report.jammed), "{family}: {reports:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_adapter_that_goes_and_comes_back_costs_one_try() {
    for family in families() {
        let home = Home::accepted_behind([family, "dkey"]).await;
        ready(&home).await;
        home.air.set_adapter(AdapterState::Absent);
        home.air.inject(STAIRWELL, DeviceFault::Reboot);
        sleep(Duration::from_secs(3)).await;
        let refused = home.open(home.stairwell).await;
        assert_eq!(refused.reason.as_deref(), Some("bluetooth_gone"), "{family}: {refused:?}");
        home.air.set_adapter(AdapterState::On);
        assert_eq!(home.open(home.stairwell).await.outcome, "opened", "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_lock_is_refused_and_said_so() {
    for family in families() {
        let home = Home::with_foreign_keys([family, "dkey"]).await;
        let refused = home.open(home.stairwell).await;
        assert_eq!(refused.outcome, "refused", "{family}: {refused:?}");
        // Danalock's phone notices first: the certificate is of another vendor.
        let reason = if family == "danalock" { "wrong_device" } else { "key_rejected" };
        assert_eq!(refused.reason.as_deref(), Some(reason), "{family}: {refused:?}");
        assert_eq!(home.air.moved(STAIRWELL), 0, "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_door_is_passed_and_the_next_lock_is_made_ready() {
    let home = Arc::new(Home::accepted().await);
    let pass =
        Intent::PassDoor { dispatch: home.dispatch, door: home.stairwell, reason: "open_already".into() };
    home.intend(pass).await.unwrap();
    home.see("the flat ready", |v| v.visit.as_ref().unwrap().doors[1].reach == Reach::Ready).await;
    let view = home.view();
    assert_eq!(view.visit.as_ref().unwrap().doors[0].passed.as_deref(), Some("open_already"));
    assert_eq!(home.open(home.flat).await.outcome, "opened");
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_passed", "door_operated"]);
    assert_eq!(home.air.moved(STAIRWELL), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_keeps_a_list_is_seen_to_after_the_door_and_the_station_hears_of_it() {
    let home = Home::behind(["nuki", "dkey"]).await.on_shift().await.with_alert().await;
    let from = Timestamp::from_timestamp(home.world.true_time().timestamp(), 0).unwrap();
    let until = from + Duration::from_secs(8 * 3600);
    let wanted = Wanted { shared_key: [7; 32].into(), from, until };
    home.station.send_with(vec![
        Errand { name: "Terskel 0001".into(), wanted: Some(wanted) },
        Errand { name: "Terskel 0002".into(), wanted: None },
    ]);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    sleep(Duration::from_secs(60)).await;
    home.sent().await;
    let reports = home.station.events().into_iter().filter_map(|event| event.lock);
    let entries: Vec<LockEntry> = reports.flat_map(|report| report.entries).collect();
    let [written, gone] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(
        (written.name.as_str(), written.id.is_some(), written.until),
        ("Terskel 0001", true, Some(until))
    );
    assert_eq!((gone.name.as_str(), gone.id, gone.until), ("Terskel 0002", None, None));
}

/// The story of `docs/adding-a-lock.md`: a make of lock that nobody but the registry has heard of.
#[tokio::test(start_paused = true)]
async fn a_further_make_of_lock_is_one_folder_and_one_line() {
    let home = Home::accepted_behind(["toy", "dkey"]).await;
    ready(&home).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    home.see("the flat ready", |v| v.visit.as_ref().unwrap().doors[1].reach == Reach::Ready).await;
    let lock = Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell };
    let Ok(Outcome::Door { result }) = home.intend(lock).await else { panic!("a door has an outcome") };
    assert_eq!((result.outcome.as_str(), home.air.moved(STAIRWELL)), ("locked", 2));
    let lines = include_str!("../testing/toy.rs").lines().count();
    assert!(lines < 150, "{lines} lines for a family");

    let foreign = Home::with_foreign_keys(["toy", "dkey"]).await;
    let refused = foreign.open(foreign.stairwell).await;
    assert_eq!(refused.reason.as_deref(), Some("key_rejected"));
}
