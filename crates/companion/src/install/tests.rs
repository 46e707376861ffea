//! Siv installs locks: real machines of every family that can be installed, in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

use terskel_api::dispatch::DispatchDetails;
use terskel_api::installation::Installation;
use terskel_api::key::KeyHome;
use terskel_locks::device::DeviceFault;
use terskel_locks::family::{FAMILIES, LockPlace, Setup, Visitor, find};
use terskel_locks::nuki::Credential;
use terskel_model::door::LockFamily;
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{Clock as _, ResidentId, WorkerId};
use tokio::time::sleep;

use crate::interface::{
    Answer, DoorInput, DoorResult, FoundLockView, InstallView, Intent, Outcome, PendingInstallView, Problem,
    Question, View,
};
use crate::testing::{Home, Mood, engine};

const FRESH: &str = "AA:00:00:00:00:09";
const CODE: &str = "bcdf-2345";

type Options<'a> = &'a [(&'a str, &'a str)];

/// Siv's phone, before a home whose flat has no lock, with a fresh lock in the air.
struct Job {
    home: Home,
    resident: ResidentId,
}

impl Job {
    async fn with(family: &str, options: Options<'_>) -> Self {
        let home = Home::enrolled().await;
        let DispatchDetails { resident: kari, mut doors, hub, .. } = home.body.details.clone().unwrap();
        doors.retain(|door| door.id == home.flat);
        doors[0].lock = None;
        let resident = kari.id;
        home.station.change_roster([(resident, Some(KeyHome { resident: kari, doors, hub }))]);
        home.see("the homes", |v| v.roster.here == 1).await;
        let options = options.iter().chain(&[("motor_ms", "50")]);
        let setup = Setup {
            device_id: "0000000f".into(),
            name: "Ny".into(),
            locked: true,
            battery_percent: 90,
            options: options
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            ..Setup::default()
        };
        let made = find(FAMILIES, &LockFamily::from(family)).unwrap().simulate(setup, home.world.clone());
        home.air.put(FRESH, made.unwrap().device);
        Self { home, resident }
    }

    async fn dkey() -> Self {
        Self::with("dkey", &[("activation_code", "BCDF2345")]).await
    }

    fn view(&self) -> InstallView {
        self.home.view().install.clone().expect("Siv leads a team")
    }

    fn pending(&self) -> PendingInstallView {
        self.view().pending.expect("a lock is being installed")
    }

    async fn found(&self) -> FoundLockView {
        self.home.intend(Intent::FindLocks).await.unwrap();
        let fresh = |install: &InstallView| install.found.iter().find(|lock| lock.device == FRESH).cloned();
        let seen = self.home.see("the fresh lock", |v| v.install.as_ref().and_then(fresh).is_some()).await;
        fresh(seen.install.as_ref().unwrap()).unwrap()
    }

    async fn pair(&self, code: &str) -> Result<Outcome, Problem> {
        self.pair_behind(Some(false), code).await
    }

    async fn pair_behind(&self, knob_outside: Option<bool>, code: &str) -> Result<Outcome, Problem> {
        let Ok(Answer::TeamHomes { homes }) = self.home.engine.ask(Question::TeamHomes).await else {
            panic!("no homes")
        };
        let doors = homes.iter().flat_map(|home| &home.doors).map(|door| (door.id, door.has_lock));
        assert_eq!(doors.collect::<Vec<_>>(), [(self.home.flat, false)]);
        let device = self.found().await.device;
        let place = DoorInput::Known { id: self.home.flat };
        let (code, resident) = (code.into(), self.resident);
        self.home.intend(Intent::PairLock { device, code, resident, place, knob_outside }).await
    }

    async fn test(&self, intent: Intent) -> DoorResult {
        match self.home.intend(intent).await {
            Ok(Outcome::Door { result }) => result,
            other => panic!("{other:?}"),
        }
    }

    /// Within some seconds.
    async fn pulls_its_latch(&self) -> bool {
        for _ in 0..400 {
            if self.home.air.report(FRESH).state == "unlatched" {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Opens and locks; waits until the station has the lock.
    async fn prove(&self) -> Installation {
        assert_eq!(self.test(Intent::TestOpen).await.outcome, "opened");
        assert!(self.pending().opened && !self.pending().locked);
        assert_eq!(self.test(Intent::TestLock).await.outcome, "locked");
        self.brought().await
    }

    async fn brought(&self) -> Installation {
        self.home.see("the lock at the station", |v| v.install.as_ref().unwrap().pending.is_none()).await;
        let mut installed = self.home.station.installed();
        assert_eq!(installed.len(), 1);
        installed.remove(0)
    }

    /// What the station got opens the lock: the family takes it, and the lock answers to it.
    fn opens(&self, brought: &Installation) {
        let family = find(FAMILIES, &brought.lock.family).unwrap();
        let secret = secret_of(brought);
        let place = LockPlace { address: &brought.lock.address, device_id: &brought.lock.device_id };
        let world = self.home.world.clone();
        let visitor = Visitor { clocks: (world.now(), world.uptime()), entropy: world, name: "Ada".into() };
        assert!(family.open(&place, &secret, visitor).is_ok());
    }

    fn kinds(&self) -> Vec<String> {
        self.home.station.kinds()
    }
}

fn secret_of(brought: &Installation) -> Vec<u8> {
    let hex = brought.lock.credential.expose();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_lock_of_every_family_is_found_paired_proven_and_brought() {
    let cases: [(&str, Options, &str, &str); 4] = [
        ("dkey", &[("activation_code", "BCDF2345")], CODE, "activation_code"),
        ("nuki", &[("generation", "4"), ("pin", "1234"), ("pairing", "on")], "1234", "pin_or_nothing"),
        ("nuki", &[("generation", "4"), ("pin", "1234"), ("pairing", "on")], "", "pin_or_nothing"),
        ("nuki", &[("generation", "ultra"), ("pin", "123456"), ("pairing", "on")], "123456", "pin"),
    ];
    for (family, options, code, asks) in cases {
        let job = Job::with(family, options).await;
        let found = job.found().await;
        assert_eq!((found.family.as_str(), found.asks.as_str()), (family, asks));
        assert_eq!((found.device_id.as_str(), found.near, found.ready), ("0000000f", true, true));
        assert_eq!(job.pair(code).await, Ok(Outcome::Done), "{family} {asks}");
        assert_eq!(job.pending().home.as_deref(), Some("Solbakken 12, Fjordby"));
        assert!(!job.view().looking);

        let brought = job.prove().await;
        assert_eq!(
            (brought.resident, brought.door, brought.new_door.is_none()),
            (job.resident, job.home.flat, true)
        );
        assert_eq!((brought.lock.family.as_str(), brought.lock.address.as_str()), (family, FRESH));
        assert_eq!(brought.lock.device_id, "0000000f");
        job.opens(&brought);
        assert_eq!(job.home.air.moved(FRESH), 2, "{family}: one opening, one locking");
        assert_eq!(job.kinds(), ["lock_paired", "lock_tested", "lock_tested"]);
        assert_eq!(job.view().installed.as_deref(), Some("Leilighet"));
    }
}

#[tokio::test(start_paused = true)]
async fn behind_a_knob_the_latch_is_pulled_in_the_test_and_ever_after() {
    let options = [("generation", "4"), ("pin", "1234"), ("pairing", "on")];
    for knob in [true, false] {
        let job = Job::with("nuki", &options).await;
        assert!(job.found().await.latch);
        let unsaid = job.pair_behind(None, "1234").await;
        assert_eq!(unsaid, Err(Problem::Invalid { field: "knobOutside".into() }), "nobody guesses it");
        assert_eq!(job.pair_behind(Some(knob), "1234").await, Ok(Outcome::Done));
        let (result, pulled) = tokio::join!(job.test(Intent::TestOpen), job.pulls_its_latch());
        assert_eq!((result.outcome.as_str(), pulled), ("opened", knob));
        // Siv looks at the door; until the latch is back the lock is busy.
        sleep(Duration::from_secs(5)).await;
        assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
        let brought = job.brought().await;
        assert_eq!(
            Credential::from_bytes(&secret_of(&brought)).unwrap().unlatch,
            knob,
            "the keys of everybody else"
        );
        let tested = job.home.station.events().into_iter().filter_map(|event| event.lock);
        let said: Vec<_> = tested.filter_map(|report| report.pulls_latch).collect();
        assert_eq!(said, [knob, knob], "both tests, signed, say so");
    }
    // A dKey has no say over the latch.
    let job = Job::dkey().await;
    assert!(!job.found().await.latch);
    assert_eq!(job.pair_behind(None, CODE).await, Ok(Outcome::Done));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_listened_for_behind_a_locked_screen_or_after_the_shift() {
    let job = Job::dkey().await;
    let looks = |view: &View| {
        view.install.as_ref().is_some_and(|install| install.looking || !install.found.is_empty())
    };
    job.home.intend(Intent::ChooseUnlockCode { code: "2580".into() }).await.unwrap();
    job.found().await;
    assert!(looks(&job.home.view()));
    job.home.intend(Intent::Lock).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    job.home.intend(Intent::Unlock { code: "2580".into() }).await.unwrap();
    assert!(!looks(&job.home.view()));
    // It goes on when it is wanted again.
    job.found().await;
    job.home.intend(Intent::SignOut).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    job.home.sign_in().await;
    assert!(!looks(&job.home.view()));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_is_told_and_stands_in_the_trail() {
    let job = Job::dkey().await;
    assert_eq!(job.pair("BCDF-234").await, Err(Problem::Invalid { field: "lockCode".into() }));
    assert!(job.kinds().is_empty(), "the lock was not asked");
    assert_eq!(job.pair("BCDF-2346").await, Err(Problem::NotPaired { reason: "wrong_code".into() }));
    job.home.sent().await;
    let event = job.home.station.events().remove(0);
    assert_eq!((event.kind, event.reason.as_deref()), (EventKind::LockPaired, Some("wrong_code")));
    assert_eq!(event.door, Some(job.home.flat));
    assert!(job.view().pending.is_none());
    // The right one then works.
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
}

#[tokio::test(start_paused = true)]
async fn a_nuki_whose_button_was_not_pressed_is_shown_as_not_ready() {
    let job = Job::with("nuki", &[("generation", "4"), ("pin", "1234"), ("pairing", "on")]).await;
    // Installed once, it leaves pairing mode.
    assert_eq!(job.pair("1234").await, Ok(Outcome::Done));
    job.home.intend(Intent::GiveUpInstallation).await.unwrap();
    let found = job.found().await;
    assert!(!found.ready, "{found:?}");
    assert_eq!(job.pair("1234").await, Err(Problem::NotPaired { reason: "not_ready".into() }));
}

#[tokio::test(start_paused = true)]
async fn without_network_the_secret_waits_on_the_phone_and_goes_when_it_is_back() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.station.feel(Mood::Unreachable);
    assert_eq!(job.test(Intent::TestOpen).await.outcome, "opened");
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    sleep(Duration::from_secs(600)).await;
    assert!(job.pending().locked && job.home.station.installed().is_empty());

    // The app is killed and started again: nothing is lost.
    let Job { mut home, resident } = job;
    let again = engine(&home.store, &home.world, &home.air, &home.station).await;
    drop(std::mem::replace(&mut home.engine, again));
    let job = Job { home, resident };
    assert!(job.pending().locked);
    job.home.station.feel(Mood::Good);
    let brought = job.brought().await;
    job.opens(&brought);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_brings_the_lock_once() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.station.feel(Mood::AnswersLost);
    assert_eq!(job.test(Intent::TestOpen).await.outcome, "opened");
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    sleep(Duration::from_secs(60)).await;
    assert!(job.view().pending.is_some(), "the phone keeps it until it knows");
    job.home.station.feel(Mood::Good);
    job.brought().await;
}

#[tokio::test(start_paused = true)]
async fn locking_before_opening_proves_nothing_and_a_jam_is_a_failed_test() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    assert!(!job.pending().locked && !job.pending().opened);
    job.home.air.inject(FRESH, DeviceFault::Jammed(true));
    let jammed = job.test(Intent::TestOpen).await;
    assert_ne!(jammed.outcome, "opened");
    assert_eq!(job.pending().last, Some(jammed));
    job.home.air.inject(FRESH, DeviceFault::Jammed(false));
    job.prove().await;
}

#[tokio::test(start_paused = true)]
async fn a_link_that_breaks_after_the_command_leaves_the_test_unknown() {
    for n in 1..60 {
        let job = Job::dkey().await;
        assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
        job.home.air.cut_at(FRESH, n);
        let result = job.test(Intent::TestOpen).await;
        let moved = job.home.air.moved(FRESH);
        match result.outcome.as_str() {
            "opened" => assert_eq!(moved, 1, "{n}"),
            "refused" => assert_eq!(moved, 0, "{n}"),
            _ => assert!(moved <= 1, "{n}"),
        }
        assert_eq!(job.pending().opened, result.outcome == "opened", "{n}");
        if !job.home.air.has_befallen(FRESH) {
            return;
        }
        // Once more, and the installation goes on.
        job.prove().await;
    }
    panic!("a test has fewer packets than that");
}

#[tokio::test(start_paused = true)]
async fn an_association_that_breaks_is_tried_again_or_already_good() {
    let mut unconfirmed = 0;
    for n in 1..60 {
        let job = Job::dkey().await;
        job.found().await;
        job.home.air.cut_at(FRESH, n);
        let first = job.pair(CODE).await;
        let befell = job.home.air.has_befallen(FRESH);
        match first {
            // The lock may know the key: whether it does shows now.
            Ok(_) => {
                unconfirmed += u32::from(befell);
                if job.test(Intent::TestOpen).await.outcome == "opened" {
                    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
                } else {
                    job.home.intend(Intent::GiveUpInstallation).await.unwrap();
                }
            }
            Err(Problem::NotPaired { .. }) => assert!(job.view().pending.is_none()),
            Err(other) => panic!("{n}: {other:?}"),
        }
        if !befell {
            assert!(unconfirmed > 0, "some break between the key's two confirmations");
            return;
        }
    }
    panic!("an association has fewer packets than that");
}

#[tokio::test(start_paused = true)]
async fn given_up_the_phone_forgets_the_lock_and_says_so() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.intend(Intent::GiveUpInstallation).await.unwrap();
    assert!(job.view().pending.is_none());
    assert_eq!(job.home.intend(Intent::TestOpen).await, Err(Problem::NotFound));
    job.home.sent().await;
    assert_eq!(job.kinds(), ["lock_paired", "installation_given_up"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_station_refuses_is_shown_and_goes_again_with_a_new_proof() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.station.feel(Mood::RefusesLocks);
    assert_eq!(job.test(Intent::TestOpen).await.outcome, "opened");
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    let refused = |install: &InstallView| install.pending.as_ref().and_then(|it| it.refused.clone());
    job.home
        .see("the refusal", |v| refused(v.install.as_ref().unwrap()).as_deref() == Some("conflict"))
        .await;
    job.home.station.feel(Mood::Good);
    job.prove().await;
}

#[tokio::test(start_paused = true)]
async fn the_secret_outlives_the_shift_but_not_a_phone_that_was_reported_lost() {
    let job = Job::dkey().await;
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.sent().await;
    job.home.intend(Intent::SignOut).await.unwrap();
    job.home.sign_in().await;
    assert_eq!(job.pending().home, None, "whose home it is went with the shift");
    job.home.see("the stream", |v| v.status.network == crate::interface::NetworkState::Online).await;
    job.home.station.take_away(WithdrawalReason::PhoneLost, true);
    job.home.see("signed out", |v| v.session.is_none()).await;
    // Whoever found it and signs in finds no lock in it.
    job.home.sign_in().await;
    assert_eq!(job.view().pending, None);
}

#[tokio::test(start_paused = true)]
async fn whoever_guesses_at_the_app_lock_finds_no_secret_of_a_lock_in_the_phone() {
    let job = Job::dkey().await;
    job.home.intend(Intent::ChooseUnlockCode { code: "2580".into() }).await.unwrap();
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.intend(Intent::Lock).await.unwrap();
    while job.home.intend(Intent::Unlock { code: "9999".into() }).await != Err(Problem::SignedOut) {}
    job.home.sign_in().await;
    assert_eq!(job.view().pending, None);
}

#[tokio::test(start_paused = true)]
async fn what_one_lead_has_proven_waits_for_them_and_goes_in_nobody_elses_name() {
    let job = Job::dkey().await;
    let bo = WorkerId::new(&*job.home.world);
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.station.feel(Mood::Unreachable);
    assert_eq!(job.test(Intent::TestOpen).await.outcome, "opened");
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    job.home.intend(Intent::SignOut).await.unwrap();
    job.home.station.feel(Mood::Good);
    job.home.station.relieve(Some(bo));
    job.home.sign_in().await;
    job.home.sent().await;
    sleep(Duration::from_secs(120)).await;
    let pending = job.pending();
    assert_eq!((pending.opened, pending.locked, pending.refused), (false, false, None), "nothing by Bo");
    job.home.intend(Intent::SignOut).await.unwrap();
    job.home.station.relieve(None);
    job.home.sign_in().await;
    job.opens(&job.brought().await);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_another_lead_began_is_brought_by_whoever_has_opened_and_locked_it() {
    let job = Job::dkey().await;
    let bo = WorkerId::new(&*job.home.world);
    assert_eq!(job.pair(CODE).await, Ok(Outcome::Done));
    job.home.station.feel(Mood::Unreachable);
    assert_eq!(job.test(Intent::TestOpen).await.outcome, "opened");
    job.home.intend(Intent::SignOut).await.unwrap();
    job.home.station.feel(Mood::Good);
    job.home.station.relieve(Some(bo));
    job.home.sign_in().await;
    assert_eq!(job.test(Intent::TestLock).await.outcome, "locked");
    assert!(!job.pending().locked, "the opening was another's");
    let brought = job.prove().await;
    let tests = job.home.station.events().into_iter().filter(|event| event.kind == EventKind::LockTested);
    let by: Vec<_> = tests.map(|event| event.worker).collect();
    assert_eq!(by, [job.home.station.worker, bo, bo, bo], "each in the name of who stood there");
    job.opens(&brought);
}
