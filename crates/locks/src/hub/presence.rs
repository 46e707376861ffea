//! Who is in the home, as far as the hub knows.

use std::collections::VecDeque;

use terskel_keys::receipt::Direction;
use terskel_model::{DispatchId, WorkerId};

use super::HubRefusal;

/// Visits that can still be checked out. The oldest is forgotten first.
const KEPT: usize = 64;

/// The latest visits.
#[derive(Debug, Default)]
pub(super) struct Presence(VecDeque<Visit>);

#[derive(Debug)]
struct Visit {
    worker: WorkerId,
    visit: DispatchId,
    present: bool,
}

impl Presence {
    /// Notes that a worker has come or gone; either may be said again.
    pub(super) fn note(
        &mut self,
        worker: WorkerId,
        visit: DispatchId,
        direction: Direction,
    ) -> Result<(), HubRefusal> {
        let known = self.0.iter_mut().find(|known| known.worker == worker && known.visit == visit);
        match (known, direction) {
            (Some(known), _) => known.present = direction == Direction::In,
            (None, Direction::Out) => return Err(HubRefusal::NotCheckedIn),
            (None, Direction::In) => {
                self.0.truncate(KEPT - 1);
                self.0.push_front(Visit { worker, visit, present: true });
            }
        }
        Ok(())
    }

    /// Whether anybody has come and not gone.
    pub(super) fn anybody(&self) -> bool {
        self.0.iter().any(|visit| visit.present)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_hub_does_not_remember_for_ever() {
        let ada = WorkerId(Uuid::from_u128(0xada));
        let visit = |n: usize| DispatchId(Uuid::from_u128(n as u128));
        let mut presence = Presence::default();
        for n in 0..=KEPT {
            assert_eq!(presence.note(ada, visit(n), Direction::In), Ok(()));
        }
        assert_eq!(presence.0.len(), KEPT);
        assert_eq!(presence.note(ada, visit(0), Direction::Out), Err(HubRefusal::NotCheckedIn));
        for n in 1..=KEPT {
            assert!(presence.anybody());
            assert_eq!(presence.note(ada, visit(n), Direction::Out), Ok(()));
        }
        assert!(!presence.anybody());
    }
}
