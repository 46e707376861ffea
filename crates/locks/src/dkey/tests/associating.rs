//! Stories of a new phone.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, world};
use super::vectors::{CODE, DEVICE};
use crate::dkey::device::{LockConfig, SimulatedLock, WRONG_CODES};
use crate::dkey::phone::{
    AssociationCommand, AssociationEvent, AssociationProblem, AssociationSession, LockSession,
};
use crate::dkey::{ActivationCode, Credential};
use crate::session::Session;
use crate::testing::room::Air;

fn code(text: &str) -> ActivationCode {
    ActivationCode::parse(text).unwrap()
}

fn fresh_lock() -> SimulatedLock {
    let activation_code = Some(code(CODE));
    SimulatedLock::new(LockConfig { device_id: DEVICE, activation_code, ..LockConfig::default() }, world(2))
}

fn with(lock: SimulatedLock, text: &str) -> Pair<AssociationSession> {
    Pair::new(AssociationSession::new(code(text), world(7)), lock)
}

fn problem(pair: &Pair<AssociationSession>) -> Option<AssociationProblem> {
    match pair.events.as_slice() {
        [AssociationEvent::Failed { problem, .. }] => Some(*problem),
        _ => None,
    }
}

fn opens(lock: SimulatedLock, key: Credential) -> bool {
    let mut door = Pair::new(LockSession::new(key, Some(DEVICE), world(3)), lock);
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    door.outcomes() == [(DoorOutcome::Opened, None)]
}

#[test]
fn a_phone_associates_and_then_opens() {
    let mut pair = with(fresh_lock(), "gbzt hxc0");
    pair.connect();
    pair.settle();
    let [AssociationEvent::Associated { credential, lock }] = pair.events.as_slice() else {
        panic!("{:?}", pair.events)
    };
    assert_eq!(lock.name, "Hallway");
    assert!(opens(pair.lock, credential.clone()));
}

#[test]
fn a_code_works_once_and_a_wrong_one_never() {
    let mut wrong = with(fresh_lock(), "GBZT-HXC1");
    wrong.connect();
    wrong.settle();
    assert_eq!(problem(&wrong), Some(AssociationProblem::WrongCode));
    let mut right = with(wrong.lock, CODE);
    right.connect();
    right.settle();
    assert!(matches!(right.events.as_slice(), [AssociationEvent::Associated { .. }]));
    let mut again = with(right.lock, CODE);
    again.connect();
    again.settle();
    assert_eq!(problem(&again), Some(AssociationProblem::WrongCode));
    assert_eq!(again.lock.credentials().count(), 1);
}

#[test]
fn guessing_voids_the_code() {
    let mut lock = fresh_lock();
    for _ in 0..WRONG_CODES {
        let mut guess = with(lock, "GBZT-HXC1");
        guess.connect();
        guess.settle();
        lock = guess.lock;
    }
    let mut right = with(lock, CODE);
    right.connect();
    right.settle();
    assert_eq!(problem(&right), Some(AssociationProblem::WrongCode));
}

#[test]
fn a_key_that_only_the_lock_has_is_never_lost() {
    for (air, n) in (1..60).flat_map(|n| [(Air::CutAt(n), n), (Air::CutAfter(n), n), (Air::Lose(n), n)]) {
        let mut pair = with(fresh_lock(), CODE);
        pair.air = air;
        pair.connect();
        pair.wait();
        let known = pair.lock.credentials().cloned().collect::<Vec<_>>();
        match pair.events.as_slice() {
            [AssociationEvent::Associated { credential, .. }] => {
                assert_eq!(known, std::slice::from_ref(credential))
            }
            [AssociationEvent::Unconfirmed { credential, lock }] => {
                assert_eq!(lock.device_id.len(), 8);
                assert!(known.is_empty() || known == std::slice::from_ref(credential), "{air:?}");
            }
            [AssociationEvent::Failed { .. }] => assert_eq!(known, [], "{air:?}"),
            other => panic!("{n} {other:?}"),
        }
    }
}

#[test]
fn giving_up_ends_it() {
    let mut pair = with(fresh_lock(), CODE);
    pair.connect();
    pair.phone.command(AssociationCommand::Close, pair.now);
    pair.settle();
    assert_eq!(problem(&pair), Some(AssociationProblem::Closed));
}
