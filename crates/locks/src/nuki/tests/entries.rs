//! A visiting phone brings the lock's list to what its errands say, and the entry that it wrote opens the door.

use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::Timestamp;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use zeroize::Zeroizing;

use super::pair::{Pair, administrator, lock_with, morning, session_of};
use super::vectors::paired;
use crate::lock::{KeptEntry, LockCommand, LockEvent};
use crate::nuki::Credential;
use crate::nuki::device::{LockConfig, SimulatedLock};
use crate::nuki::errand::{Errand, Wanted};
use crate::nuki::phone::LockSession;
use crate::session::Session;
use crate::testing::room::Air;

const KEY: [u8; 32] = [0x5a; 32];

fn wanted(until: Timestamp) -> Errand {
    let from = morning() - TimeDelta::hours(1);
    Errand {
        name: "Terskel 0001".into(),
        wanted: Some(Wanted { shared_key: Zeroizing::new(KEY), from, until }),
    }
}

fn unwanted() -> Errand {
    Errand { name: "Terskel 0001".into(), wanted: None }
}

fn until(hours: i64) -> Timestamp {
    let until = morning() + TimeDelta::hours(hours);
    Timestamp::from_timestamp(until.timestamp(), 0).unwrap()
}

fn lock() -> SimulatedLock {
    let motor = Duration::from_millis(50);
    lock_with(LockConfig { motor, ..LockConfig::default() })
}

/// A visit with the PIN, and what came of its errands.
fn visit(lock: SimulatedLock, errands: &[Errand]) -> (Vec<KeptEntry>, u32, SimulatedLock) {
    let mut door = Pair::new(session_of(administrator()).with_errands(errands.to_vec()), lock);
    door.ask(Operation::Open);
    door.phone.command(LockCommand::KeepEntries, door.now);
    door.connect();
    door.settle();
    assert_eq!(door.phone.round_trips(), 2, "the door comes first");
    door.wait_for(Duration::from_secs(5));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
    let (kept, trips) = (door.kept(), door.phone.round_trips());
    door.cut();
    (kept, trips, door.lock)
}

fn opens(lock: SimulatedLock, id: u32) -> ((DoorOutcome, Option<DoorReason>), SimulatedLock) {
    let own = Credential { authorization_id: id, shared_key: KEY, app_id: 77, pin: None, ..paired() };
    let mut door = Pair::new(session_of(own), lock);
    door.ask(Operation::Open);
    door.connect();
    door.wait_for(Duration::from_secs(5));
    let outcome = door.outcome();
    door.cut();
    (outcome, door.lock)
}

impl Pair<LockSession> {
    fn kept(&self) -> Vec<KeptEntry> {
        let mut told = self.events.iter().filter_map(|event| match event {
            LockEvent::Entries(kept) => Some(kept.clone()),
            _ => None,
        });
        let kept = told.next().expect("what came of the errands was told");
        assert!(told.next().is_none(), "and told once");
        kept
    }
}

#[test]
fn an_entry_is_written_opens_is_renewed_and_goes() {
    let (kept, first, lock) = visit(lock(), &[wanted(until(8))]);
    let [KeptEntry { id: Some(id), until: Some(at), .. }] = kept[..] else { panic!("{kept:?}") };
    assert_eq!(at, until(8));
    let (outcome, lock) = opens(lock, id);
    assert_eq!(outcome, (DoorOutcome::Opened, None));

    // What is done already is only looked at.
    let (kept, second, lock) = visit(lock, &[wanted(until(8))]);
    assert_eq!((kept[0].id, second + 2), (Some(id), first));
    let (kept, _, lock) = visit(lock, &[wanted(until(9))]);
    assert_eq!((kept[0].id, kept[0].until), (Some(id), Some(until(9))));

    // It has ended: the lock itself says no. Then it is removed, and nothing is known of it.
    let (_, _, lock) = visit(lock, &[wanted(morning() - TimeDelta::minutes(1))]);
    let (outcome, lock) = opens(lock, id);
    assert_eq!(outcome, (DoorOutcome::Refused, Some(DoorReason::LockNotNow)));
    let (kept, _, lock) = visit(lock, &[unwanted()]);
    assert_eq!(kept, [KeptEntry { name: "Terskel 0001".into(), id: None, until: None }]);
    let (outcome, lock) = opens(lock, id);
    assert_eq!(outcome, (DoorOutcome::Refused, Some(DoorReason::KeyRejected)));
    assert_eq!(visit(lock, &[unwanted()]).0, kept, "gone is gone");
}

#[test]
fn without_pin_or_errands_nothing_is_asked_and_what_is_cut_off_is_left_for_another_visit() {
    for (credential, errands) in [(paired(), vec![wanted(until(8))]), (administrator(), vec![])] {
        let mut door = Pair::new(session_of(credential).with_errands(errands), lock());
        door.prepare();
        let trips = door.phone.round_trips();
        door.phone.command(LockCommand::KeepEntries, door.now);
        door.settle();
        assert_eq!((door.kept(), door.phone.round_trips()), (vec![], trips));
    }
    let mut rest = lock();
    for n in 1..12 {
        let mut door = Pair::new(session_of(administrator()).with_errands(vec![wanted(until(8))]), rest);
        door.prepare();
        (door.packets, door.air) = (0, Air::CutAfter(n));
        door.phone.command(LockCommand::KeepEntries, door.now);
        door.wait_for(Duration::from_secs(60));
        door.kept();
        door.cut();
        rest = door.lock;
    }
    // However often it was cut off, there is one entry.
    let (kept, _, rest) = visit(rest, &[wanted(until(8))]);
    let (outcome, rest) = opens(rest, kept[0].id.unwrap());
    assert_eq!(outcome, (DoorOutcome::Opened, None));
    let (_, _, rest) = visit(rest, &[unwanted()]);
    assert_eq!(opens(rest, kept[0].id.unwrap()).0.0, DoorOutcome::Refused);
}
