//! A link that breaks, or carries wrongly, at every packet of a session: the outcome is never wrong and nothing moves
//! twice.

use terskel_model::door::{DoorOutcome, Operation};

use super::room::{Air, Room, RoomLock};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

/// Runs one session to its end. Gives the outcome, and how many packets there were until it was told.
pub(crate) fn run<S, D>(
    door: &mut Room<S, D>,
    operation: &Operation,
    prepared: bool,
    air: Air,
) -> (DoorOutcome, usize)
where
    S: Session<Command = LockCommand, Event = LockEvent>,
    D: RoomLock,
{
    if prepared {
        door.prepare();
        assert!(door.is_ready());
        door.packets = 0;
    }
    door.air = air;
    door.ask(operation.clone());
    if !prepared {
        door.connect();
    }
    door.wait();
    let packets = door.packets;
    if !D::LETS_GO {
        door.leave();
    }
    let (outcome, _) = door.outcome();
    if !matches!(air, Air::StopAfter(_)) {
        assert!(door.ended().is_some(), "{air:?}");
        assert!(matches!(door.events.last(), Some(LockEvent::Ended { .. })), "{air:?}");
    }
    (outcome, packets)
}

/// Opens and locks, cold and prepared, with the air wrong at each packet; gives how often it was opened, locked, refused
/// and unsure. `door` is one that stands the other way; `most` bounds the packets, cold and prepared.
pub(crate) fn check<S, D>(
    door: impl Fn(&Operation) -> Room<S, D>,
    most: [usize; 2],
    air: impl Fn(usize) -> Air,
) -> [usize; 4]
where
    S: Session<Command = LockCommand, Event = LockEvent>,
    D: RoomLock,
{
    let mut seen = [0; 4];
    for (operation, moved) in [(Operation::Open, "unlocked"), (Operation::Lock, "locked")] {
        for prepared in [false, true] {
            let undisturbed = run(&mut door(&operation), &operation, prepared, Air::Clear).1;
            for n in 1..=undisturbed.min(most[usize::from(prepared)]) {
                let mut door = door(&operation);
                let (outcome, _) = run(&mut door, &operation, prepared, air(n));
                let times = door.moved(moved);
                assert_eq!(door.lock.report().movements.len(), times);
                assert!(times <= 1, "moved twice: {operation} {:?}", air(n));
                let (index, honest) = match outcome {
                    DoorOutcome::Opened => (0, times == 1 && operation == Operation::Open),
                    DoorOutcome::Locked => (1, times == 1 && operation == Operation::Lock),
                    DoorOutcome::Refused => (2, times == 0),
                    _ => (3, true),
                };
                assert!(honest, "{operation} {:?} prepared {prepared}: {outcome} and moved {times}", air(n));
                seen[index] += 1;
            }
        }
    }
    seen
}
