//! A phone that opens and locks, at a simulated lock of any family.

use std::cell::Cell;

use terskel_model::door::{DoorOutcome, Operation};
use zeroize::Zeroizing;

use super::Input;
use super::room::{Room, visitor, world};
use crate::family::{Family, LockPlace, Setup};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

/// Asks for what a byte says.
fn command(choice: u8) -> LockCommand {
    match choice % 8 {
        0..=2 => LockCommand::Operate(Operation::Open),
        3 | 4 => LockCommand::Operate(Operation::Lock),
        5 => LockCommand::Operate(Operation::Unknown("dance".into())),
        6 => LockCommand::ReadLog { after: u32::from(choice / 8) },
        _ => LockCommand::Close,
    }
}

/// What a session has told must be whole: one outcome for each operation, one end, and "ready" once at most.
pub(crate) fn judge(events: &[LockEvent], operations: usize) {
    let count = |is: fn(&LockEvent) -> bool| events.iter().filter(|event| is(event)).count();
    assert_eq!(count(|e| matches!(e, LockEvent::Outcome { .. })), operations, "{events:?}");
    assert_eq!(count(|e| matches!(e, LockEvent::Ended { .. })), 1, "{events:?}");
    assert!(count(|e| matches!(e, LockEvent::Ready(_))) <= 1, "{events:?}");
}

/// What holds of a protocol, whoever stands in between.
#[derive(Clone, Copy)]
pub(crate) struct Holds {
    /// Nobody can change a command on its way.
    pub(crate) sealed: bool,
    /// A door that is open needs to be opened again: the lock moves for each opening.
    pub(crate) each_opening_moves: bool,
    /// The phone says nothing twice. Otherwise it may where the bolt stands right already: what was refused and what was
    /// done leave the same state then.
    pub(crate) opening_said_once: bool,
    /// The same of locking.
    pub(crate) locking_said_once: bool,
}

/// A phone visits a simulated lock of a family, and whatever happens between them: no outcome is wrong.
pub(crate) fn visit(bytes: &[u8], family: &dyn Family, setup: Setup, holds: Holds) {
    let device_id = setup.device_id.clone();
    let Ok(lock) = family.simulate(setup, world(2)) else { return };
    let credential = lock.credential.unwrap_or_else(|| Zeroizing::new(Vec::new()));
    let place = LockPlace { address: "", device_id: &device_id };
    let Ok(phone) = family.open(&place, &credential, visitor()) else { return };
    let mut input = Input::new(bytes);
    let mtu = 23 + 2 * usize::from(input.byte().unwrap_or_default());
    let operations = Cell::new(0);
    let mut room = Room::new(phone, lock.device, mtu);
    room.play(&mut input, |choice| {
        let command = command(choice);
        operations.set(operations.get() + usize::from(matches!(command, LockCommand::Operate(_))));
        command
    });
    judge(&room.events, operations.get());
    if holds.sealed || !room.forged {
        honest(&room, holds);
    }
}

/// The bolt has moved as often as somebody was told that it has, or may have.
fn honest<S: Session<Event = LockEvent>>(room: &Room<S>, holds: Holds) {
    let told = |which: &[DoorOutcome]| {
        let outcome = |event: &&LockEvent| matches!(event, LockEvent::Outcome { outcome, .. } if which.contains(outcome));
        room.events.iter().filter(outcome).count()
    };
    let movements = room.device.report().movements;
    let moved = |what: &str| movements.iter().filter(|movement| movement.what == what).count();
    let (opened, locked) = (told(&[DoorOutcome::Opened]), told(&[DoorOutcome::Locked]));
    let unsure = told(&[DoorOutcome::Unsure]);
    let least = if holds.each_opening_moves { opened } else { opened.min(1) };
    assert!(moved("unlocked") >= least, "told of an opening that was not: {:?} {movements:?}", room.events);
    for (what, told, once) in
        [("unlocked", opened, holds.opening_said_once), ("locked", locked, holds.locking_said_once)]
    {
        let most = (told + unsure) * if once { 1 } else { 2 };
        assert!(moved(what) <= most, "moved, and told that it was not: {:?} {movements:?}", room.events);
    }
}
