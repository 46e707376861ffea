//! Every size of packet that a link may have.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, administrator, lock_with, session_of};
use crate::lock::LockCommand;
use crate::nuki::device::LockConfig;
use crate::session::Session;

#[test]
fn a_visit_at_every_mtu() {
    for mtu in [23, 100, 247, 517] {
        let mut door = Pair::new(session_of(administrator()), lock_with(LockConfig::default()));
        door.mtu = mtu;
        door.prepare();
        assert_eq!(door.phone.round_trips(), 4, "fragments are no round trips");
        door.operate(Operation::Open);
        door.operate(Operation::Lock);
        door.phone.command(LockCommand::ReadLog { after: 0 }, door.now);
        door.settle();
        let outcomes: Vec<_> = door.outcomes().into_iter().map(|(outcome, _)| outcome).collect();
        assert_eq!(outcomes, [DoorOutcome::Opened, DoorOutcome::Locked], "{mtu}");
        assert_eq!(door.log().len(), 2);
    }
}
