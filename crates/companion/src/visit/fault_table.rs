//! Every family × every packet of its session × what can befall a packet × cold or prepared, on the whole engine in
//! virtual time. Whatever happens: the outcome is true of the bolt, the bolt moves once at most, the audit has exactly
//! one outcome, and the door can be tried again within five seconds.

use std::time::Duration;

use terskel_locks::device::DeviceFault;
use tokio::time::Instant;

use crate::FAMILIES;
use crate::interface::{DoorResult, Intent, Outcome, Reach};
use crate::testing::{Fate, Home, STAIRWELL};

const FATES: [Fate; 5] =
    [Fate::Lost, Fate::Twice, Fate::Late(Duration::from_secs(12)), Fate::Cut, Fate::Hang];
/// More packets than any session has.
const ALL: u32 = 1000;

/// What the cases of one family came to.
#[derive(Default)]
struct Tally {
    cases: u32,
    opened: u32,
    refused: u32,
    unknown: u32,
}

impl Tally {
    fn count(&mut self, outcome: &str) {
        self.cases += 1;
        match outcome {
            "opened" => self.opened += 1,
            "refused" => self.refused += 1,
            "unknown" => self.unknown += 1,
            other => panic!("an opening ends as {other}"),
        }
    }
}

fn outcomes_told(home: &Home) -> usize {
    home.station.events().iter().filter(|event| event.kind.as_str() == "door_operated").count()
}

fn unlocked(home: &Home) -> usize {
    let moves = home.air.report(STAIRWELL).movements;
    moves.iter().filter(|movement| movement.what == "unlocked").count()
}

/// One slide, with one packet out of order. The outcome, and whether the packet came up at all.
async fn slide(home: &Home, case: &str) -> (String, bool) {
    let (moved, told) = (unlocked(home), outcomes_told(home));
    let result: DoorResult = home.open(home.stairwell).await;
    let ended = Instant::now();
    let befallen = home.air.has_befallen(STAIRWELL);
    home.air.inject(STAIRWELL, DeviceFault::Hang(false));
    home.sent().await;
    assert_eq!(outcomes_told(home), told + 1, "{case}: one slide, one outcome in the audit");
    // What was still in the air comes down; no phone sends anything more for this slide.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let moved = unlocked(home) - moved;
    match result.outcome.as_str() {
        "opened" => assert_eq!(moved, 1, "{case}: opened, says the phone"),
        "refused" => assert_eq!(moved, 0, "{case}: refused, says the phone: {result:?}"),
        _ => assert!(moved <= 1, "{case}: unknown"),
    }
    assert!(ended.elapsed() < Duration::from_secs(5));
    (result.outcome, befallen)
}

/// The next try after a fault, on the same engine: it must work.
async fn lock_again(home: &Home, case: &str) {
    let intent = Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell };
    match home.intend(intent).await {
        Ok(Outcome::Door { result }) => assert_eq!(result.outcome, "locked", "{case}, then: {result:?}"),
        other => panic!("{case}, then: {other:?}"),
    }
}

/// Opened once, the lock is not held ready: each slide connects anew.
async fn cold(family: &str, fate: Fate, tally: &mut Tally) {
    let home = Home::accepted_behind([family, "dkey"]).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened", "{family}");
    lock_again(&home, family).await;
    for n in 1..ALL {
        home.see("let go", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Seen).await;
        let case = format!("{family}, cold, packet {n} {fate:?}");
        home.air.befall(STAIRWELL, n, fate);
        let (outcome, befallen) = slide(&home, &case).await;
        if !befallen {
            // The shortest: a Nuki's question for a challenge, the challenge, the action, taken, done.
            assert!(n > 5, "{case}: the session has more packets");
            return;
        }
        tally.count(&outcome);
        lock_again(&home, &case).await;
    }
    panic!("{family}: no session without its end");
}

async fn prepared(family: &str, fate: Fate, tally: &mut Tally) {
    for n in 1..ALL {
        let home = Home::accepted_behind([family, "dkey"]).await;
        home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
        home.see("its state", |v| v.visit.as_ref().unwrap().doors[0].locked.is_some()).await;
        let case = format!("{family}, prepared, packet {n} {fate:?}");
        home.air.befall(STAIRWELL, n, fate);
        let (outcome, befallen) = slide(&home, &case).await;
        if !befallen {
            assert!(n > 1, "{case}: the command is a packet");
            return;
        }
        tally.count(&outcome);
        lock_again(&home, &case).await;
    }
    panic!("{family}: no session without its end");
}

async fn table_of(family: &str) {
    let mut tally = Tally::default();
    for fate in FATES {
        cold(family, fate, &mut tally).await;
        prepared(family, fate, &mut tally).await;
    }
    let Tally { cases, opened, refused, unknown } = tally;
    assert!(opened > 0 && refused > 0 && unknown > 0, "every outcome comes up");
    println!(
        "{family}: {cases} cases of a packet gone wrong, 0 wrong: opened {opened}, refused {refused}, unknown {unknown}"
    );
}

/// A family that is in the registry and not here has no table.
#[test]
fn every_family_has_its_table() {
    let names: Vec<&str> = FAMILIES.iter().map(|family| family.name()).collect();
    assert_eq!(names, ["danalock", "dkey", "nuki"]);
}

#[tokio::test(start_paused = true)]
async fn danalock() {
    table_of("danalock").await;
}

#[tokio::test(start_paused = true)]
async fn dkey() {
    table_of("dkey").await;
}

#[tokio::test(start_paused = true)]
async fn nuki() {
    table_of("nuki").await;
}
