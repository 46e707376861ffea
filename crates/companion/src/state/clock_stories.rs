//! Wrong clocks, told as visits. The key of the visit lasts an hour.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::DispatchId;
use terskel_model::event::EventKind;
use terskel_model::trusted_time::ClockQuality;

use crate::Engine;
use crate::interface::{Intent, Outcome, Reach, View};
use crate::testing::{Air, FakeStation, Home, Mood, TestWorld, engine};

const MINUTE: Duration = Duration::from_secs(60);

/// Ada's phone with the app closed: no network from now on.
struct Closed {
    store: PathBuf,
    world: Arc<TestWorld>,
    air: Arc<Air>,
    station: Arc<FakeStation>,
    dispatch: DispatchId,
    door: terskel_model::DoorId,
    _dir: Option<tempfile::TempDir>,
}

impl Closed {
    async fn after(home: Home) -> Self {
        home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
        home.sent().await;
        home.station.feel(Mood::Unreachable);
        let Home { engine, store, world, air, station, dispatch, stairwell: door, _dir, .. } = home;
        drop(engine);
        Self { store, world, air, station, dispatch, door, _dir }
    }

    /// Ada opens the app and slides: what came of it, and what the phone showed.
    async fn open(&self) -> (String, Arc<View>) {
        let app: Engine = engine(&self.store, &self.world, &self.air, &self.station).await;
        let slide = Intent::OpenDoor { dispatch: self.dispatch, door: self.door };
        let mut views = app.views();
        views.wait_for(|view| view.visit.is_some()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let came = match app.intend(slide).await {
            Ok(Outcome::Door { result }) => result.reason.unwrap_or(result.outcome),
            other => panic!("{other:?}"),
        };
        (came, app.views().borrow().clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_while_the_app_is_closed_does_not_bring_an_ended_key_back() {
    let phone = Closed::after(Home::accepted().await).await;
    phone.world.skip(61 * MINUTE);
    phone.world.set_wall_clock(-TimeDelta::hours(2));
    let (came, view) = phone.open().await;
    assert_eq!((came.as_str(), view.status.clock.as_str()), ("key_expired", "station"));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_a_day_wrong_locks_nobody_out_as_long_as_the_phone_was_not_started_anew() {
    for wrong in [TimeDelta::days(1), -TimeDelta::days(1)] {
        let phone = Closed::after(Home::accepted().await).await;
        phone.world.set_wall_clock(wrong);
        let (came, view) = phone.open().await;
        assert_eq!((came.as_str(), view.status.clock.as_str()), ("opened", "station"));
        // The screens count with the wall clock.
        assert_eq!(i64::from(view.status.wall_ahead_s), wrong.num_seconds());
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_start_without_network_an_honest_clock_opens_and_a_late_one_does_not() {
    let phone = Closed::after(Home::accepted().await).await;
    phone.world.reboot();
    phone.world.skip(10 * MINUTE);
    let (came, view) = phone.open().await;
    assert_eq!((came.as_str(), view.status.clock.as_str()), ("opened", "phone"));
    phone.world.skip(60 * MINUTE);
    assert_eq!(phone.open().await.0, "key_expired");
    // What was known to be over stays over, whatever the clock says, and after another start too.
    phone.world.set_wall_clock(-TimeDelta::hours(3));
    let (came, view) = phone.open().await;
    assert_eq!((came.as_str(), view.status.clock.as_str()), ("key_expired", "turned_back"));
    phone.world.reboot();
    assert_eq!(phone.open().await.0, "key_expired");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_runs_a_day_ahead_after_a_start_is_put_right_by_the_station() {
    let phone = Closed::after(Home::accepted().await).await;
    phone.world.reboot();
    phone.world.set_wall_clock(TimeDelta::minutes(90));
    assert_eq!(phone.open().await.0, "key_expired");
    phone.world.set_wall_clock(-TimeDelta::minutes(90));
    assert_eq!(phone.open().await.0, "key_expired", "nobody has said yet that it was wrong");
    phone.station.feel(Mood::Good);
    let (came, view) = phone.open().await;
    assert_eq!((came.as_str(), view.status.clock.as_str()), ("opened", "station"));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_slept_through_the_night_has_no_shift_left() {
    let home = Home::accepted().await;
    home.world.skip(9 * 60 * MINUTE);
    home.world.set_wall_clock(-TimeDelta::hours(9));
    home.see("signed out", |view| view.session.is_none()).await;
}

#[tokio::test(start_paused = true)]
async fn what_happened_is_told_with_the_time_that_is_known_and_how_much_it_is_worth() {
    let phone = Closed::after(Home::accepted().await).await;
    // The wall clock is a day wrong: the station's time goes on with the uptime.
    phone.world.set_wall_clock(TimeDelta::days(1));
    let heard = phone.world.true_time();
    assert_eq!(phone.open().await.0, "opened");
    phone.world.set_wall_clock(-TimeDelta::days(1));
    // After a start without network there is only the wall clock, and it is set back.
    phone.world.reboot();
    phone.world.set_wall_clock(-TimeDelta::hours(1));
    phone.open().await;
    phone.station.feel(Mood::Good);
    let app = engine(&phone.store, &phone.world, &phone.air, &phone.station).await;
    app.views().wait_for(|view| view.status.unsent == 0).await.unwrap();
    let told: Vec<_> =
        phone.station.events().into_iter().filter(|event| event.kind == EventKind::DoorOperated).collect();
    let clocks: Vec<_> = told.iter().map(|event| event.clock.clone()).collect();
    assert_eq!(clocks, [Some(ClockQuality::Station), Some(ClockQuality::TurnedBack)]);
    assert!((told[0].at - heard).abs() < TimeDelta::minutes(1), "{} is not {heard}", told[0].at);
    assert!(told[1].at >= told[0].at, "never earlier than what was known");
}
