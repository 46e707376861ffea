//! The app lock, told as a shift: Ada's phone, and whoever finds it.

use std::time::Duration;

use terskel_keys::event::session_name;
use terskel_model::phone_policy::{NoticePolicy, PhonePolicy};
use tokio::time::sleep;

use super::MOST_WRONG;
use crate::interface::{Intent, LockState, Outcome, Problem, Question, View};
use crate::store::Store;
use crate::testing::{Home, Mood, engine, store_key};

const MINUTE: Duration = Duration::from_secs(60);

fn code(code: &str) -> Intent {
    Intent::ChooseUnlockCode { code: code.into() }
}

fn unlock(code: &str) -> Intent {
    Intent::Unlock { code: code.into() }
}

fn state(view: &View) -> Option<LockState> {
    view.lock.as_ref().map(|lock| lock.state)
}

/// Signed in, with a code, and a unit that locks after two minutes.
async fn with_code(notices: NoticePolicy) -> Home {
    let home = Home::new().await;
    home.station.decide(PhonePolicy { notices, ..PhonePolicy::default() });
    home.enrol().await;
    home.sign_in().await;
    assert_eq!(state(&home.view()), Some(LockState::CodeWanted));
    home.intend(code("2580")).await.unwrap();
    assert_eq!(state(&home.view()), Some(LockState::Open));
    home
}

async fn locked(home: &Home) {
    home.world.skip(2 * MINUTE);
    home.see("locked", |view| state(view) == Some(LockState::Locked)).await;
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_is_left_alone_shows_that_there_is_an_alarm_and_nothing_about_whom() {
    for (notices, said) in [
        (NoticePolicy::Nothing, None),
        (NoticePolicy::Initials, Some("K.N.")),
        (NoticePolicy::Full, Some("Kari Nordmann, Solbakken 12, Fjordby")),
    ] {
        let home = with_code(notices).await;
        locked(&home).await;
        home.station.dispatch(home.body.clone());
        let view = home.see("the alert", |view| !view.alerts.is_empty()).await;
        assert_eq!(view.notices[0].who.as_deref(), said);
        assert!(view.alerts[0].details.is_none() && view.visit.is_none() && view.roster.openable == 0);
        let shown = serde_json::to_string(&View { notices: Vec::new(), ..(*view).clone() }).unwrap();
        assert!(!shown.contains("Nordmann") && !shown.contains("Solbakken"), "{shown}");
        // Nothing is done behind the lock, whoever asks.
        for intent in [
            Intent::Accept { dispatch: home.dispatch },
            Intent::SignOut,
            Intent::OpenDoor { dispatch: home.dispatch, door: home.flat },
            code("1357"),
        ] {
            assert_eq!(home.intend(intent).await, Err(Problem::Locked));
        }
        assert_eq!(home.engine.ask(Question::VisitsToday).await, Err(Problem::Locked));
        assert_eq!(home.intend(unlock("2580")).await, Ok(Outcome::Done));
        assert_eq!(home.view().alerts[0].details.as_ref().unwrap().last_name, "Nordmann");
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_touch_keeps_it_open_and_a_door_that_is_operated_too() {
    let home = with_code(NoticePolicy::Nothing).await;
    for _ in 0..5 {
        home.world.skip(MINUTE);
        home.intend(Intent::Touched).await.unwrap();
        sleep(Duration::from_secs(6)).await;
        assert_eq!(state(&home.view()), Some(LockState::Open));
    }
    home.station.dispatch(home.body.clone());
    home.see("the alert", |view| !view.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    // A lock that is far away is looked for as long as it takes; meanwhile the clock of the app lock stands still.
    home.air.silence(crate::testing::STAIRWELL, true);
    let waits = home.intend(Intent::OpenDoor { dispatch: home.dispatch, door: home.stairwell });
    let watch = async {
        home.see("working", |view| view.visit.as_ref().unwrap().doors[0].working.is_some()).await;
        home.world.skip(3 * MINUTE);
        sleep(Duration::from_secs(6)).await;
        state(&home.view())
    };
    let (_, during) = tokio::join!(waits, watch);
    assert_eq!(during, Some(LockState::Open));
    locked(&home).await;
}

#[tokio::test(start_paused = true)]
async fn a_visit_goes_on_behind_the_lock_and_after_a_new_start() {
    let home = with_code(NoticePolicy::Nothing).await;
    home.station.dispatch(home.body.clone());
    home.see("the alert", |view| !view.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    home.sent().await;
    let Home { engine: first, store, world, air, station, dispatch, _dir, .. } = home;
    drop(first);
    let second = engine(&store, &world, &air, &station).await;
    let view = second.views().borrow().clone();
    assert_eq!(state(&view), Some(LockState::Locked), "a new start does not unlock");
    assert!(view.visit.is_none() && view.lock.as_ref().unwrap().visit_open);
    assert_eq!(second.intend(unlock("2581")).await, Err(Problem::WrongCode { left: 9 }));
    second.intend(unlock("2580")).await.unwrap();
    let view = second.views().borrow().clone();
    assert_eq!((view.visit.as_ref().unwrap().id, view.lock.as_ref().unwrap().tries_left), (dispatch, None));
}

#[tokio::test(start_paused = true)]
async fn whoever_forgets_the_code_signs_in_again_and_finds_the_visit() {
    let home = with_code(NoticePolicy::Nothing).await;
    home.station.dispatch(home.body.clone());
    home.see("the alert", |view| !view.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    locked(&home).await;
    home.sign_in().await;
    let view = home.view();
    assert_eq!(state(&view), Some(LockState::CodeWanted));
    assert!(view.visit.is_some());
}

#[tokio::test(start_paused = true)]
async fn without_a_code_it_locks_too_and_only_a_sign_in_opens_it() {
    let home = Home::new().await;
    home.station.decide(PhonePolicy::default());
    home.enrol().await;
    home.sign_in().await;
    assert_eq!(home.intend(Intent::Lock).await, Err(Problem::CodeWanted));
    locked(&home).await;
    assert!(!home.view().lock.as_ref().unwrap().has_code);
    assert_eq!(home.intend(unlock("2580")).await, Err(Problem::CodeWanted));
    assert_eq!(home.intend(code("2580")).await, Err(Problem::Locked));
    home.sign_in().await;
    home.intend(code("2580")).await.unwrap();
    home.intend(Intent::Lock).await.unwrap();
    assert_eq!(state(&home.view()), Some(LockState::Locked));
}

#[tokio::test(start_paused = true)]
async fn the_pin_of_the_sign_in_and_simple_codes_are_not_taken() {
    let home = Home::enrolled().await;
    for typed in ["4711", "1234", "0000"] {
        assert_eq!(home.intend(code(typed)).await, Err(Problem::CodeTooSimple), "{typed}");
    }
    for typed in ["12", "12ab", "123456789"] {
        assert_eq!(home.intend(code(typed)).await, Err(Problem::Invalid { field: "unlockCode".into() }));
    }
}

#[tokio::test(start_paused = true)]
async fn ten_wrong_codes_wipe_everything_and_the_station_is_told() {
    let home = with_code(NoticePolicy::Nothing).await;
    home.station.dispatch(home.body.clone());
    home.see("the alert", |view| !view.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    locked(&home).await;
    for wrong in 1..MOST_WRONG {
        let left = MOST_WRONG - wrong;
        assert_eq!(home.intend(unlock("9999")).await, Err(Problem::WrongCode { left }));
    }
    assert_eq!(home.intend(unlock("9999")).await, Err(Problem::SignedOut));
    let view = home.view();
    assert!(view.session.is_none() && view.visit.is_none() && view.alerts.is_empty() && view.lock.is_none());
    assert_eq!(view.taken_away.as_deref(), Some("wrong_codes"));
    assert_eq!(home.intend(unlock("2580")).await, Err(Problem::SignedOut), "the right code comes too late");
    assert_eq!(home.station.kinds().last().unwrap(), "phone_wiped");
    home.sign_in().await;
    assert_eq!(home.view().taken_away, None);
}

#[tokio::test(start_paused = true)]
async fn without_network_the_wiping_is_told_at_the_next_sign_in_and_a_kill_in_between_changes_nothing() {
    let home = with_code(NoticePolicy::Nothing).await;
    let before = Store::open(&home.store, &store_key()).await.unwrap().snapshot().await.unwrap();
    home.station.feel(Mood::Unreachable);
    locked(&home).await;
    for _ in 0..MOST_WRONG {
        home.intend(unlock("9999")).await.unwrap_err();
    }
    assert!(home.view().session.is_none());
    let Home { engine: first, store, world, air, station, _dir, .. } = home;
    drop(first);
    station.feel(Mood::Good);
    let second = engine(&store, &world, &air, &station).await;
    assert_eq!(second.views().borrow().taken_away.as_deref(), Some("wrong_codes"));
    second.intend(Intent::SignIn { staff_number: "17".into(), pin: "4711".into() }).await.unwrap();
    second.views().wait_for(|view| view.status.unsent == 0).await.unwrap();
    assert_eq!(station.kinds(), ["phone_wiped"]);
    let wiped_in = before.session.map(|session| session_name(session.id));
    assert_eq!(station.events()[0].session, wiped_in, "not the one in which it is told");
}

#[tokio::test(start_paused = true)]
async fn a_phone_killed_over_its_last_code_is_wiped_and_says_so() {
    let home = with_code(NoticePolicy::Nothing).await;
    locked(&home).await;
    for _ in 1..MOST_WRONG {
        home.intend(unlock("9999")).await.unwrap_err();
    }
    // Counted, and not yet tried.
    Store::open(&home.store, &store_key()).await.unwrap().count_unlock().await.unwrap();
    let home = home.restarted().await;
    assert!(home.view().session.is_none());
    assert_eq!(home.view().taken_away.as_deref(), Some("wrong_codes"));
    home.sign_in().await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["phone_wiped"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_unit_decides_during_a_shift_holds_at_once() {
    let home = with_code(NoticePolicy::Nothing).await;
    home.station.dispatch(home.body.clone());
    home.world.skip(MINUTE);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(state(&home.view()), Some(LockState::Open), "two minutes, so far");
    home.station.say("event: policy\ndata: {\"lock_after_s\":30,\"notices\":\"initials\"}\n\n");
    let view = home.see("locked", |view| state(view) == Some(LockState::Locked)).await;
    assert_eq!(view.notices[0].who.as_deref(), Some("K.N."));
}
