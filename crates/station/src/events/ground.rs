//! What the events of a batch stand on, looked up once: nothing that they do changes it.

use std::collections::HashSet;

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_model::event::PhoneEvent;
use terskel_model::{DispatchId, DoorId, WorkerId};

use crate::problem::{Failure, problem, refuse};

/// What has been found to be so, for one phone, in one transaction.
#[derive(Default)]
pub(super) struct Ground {
    dispatches: HashSet<(DispatchId, WorkerId)>,
    doors: HashSet<(DispatchId, DoorId)>,
}

impl Ground {
    /// The event's dispatch, if it has one, which must be of a team that the worker was on shift for, on this phone.
    pub(super) async fn dispatch_of(
        &mut self,
        event: &PhoneEvent,
        tx: &mut AnyConnection,
    ) -> Result<Option<DispatchId>, Failure> {
        let Some(dispatch) = event.dispatch else { return Ok(None) };
        if self.dispatches.contains(&(dispatch, event.worker)) {
            return Ok(Some(dispatch));
        }
        sqlx::query(
            "SELECT d.id FROM dispatches d JOIN sessions s ON s.team_id = d.team_id
             WHERE d.id = $1 AND s.phone_id = $2 AND s.worker_id = $3 LIMIT 1",
        )
        .bind(dispatch.to_string())
        .bind(event.phone.to_string())
        .bind(event.worker.to_string())
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?;
        self.dispatches.insert((dispatch, event.worker));
        Ok(Some(dispatch))
    }

    /// The door is on the way to where the dispatch leads.
    pub(super) async fn on_the_way(
        &mut self,
        dispatch: DispatchId,
        door: DoorId,
        tx: &mut AnyConnection,
    ) -> Result<(), Failure> {
        if self.doors.contains(&(dispatch, door)) {
            return Ok(());
        }
        let row = sqlx::query(
            "SELECT rd.door_id FROM resident_doors rd JOIN dispatches d ON d.resident_id = rd.resident_id
             WHERE d.id = $1 AND rd.door_id = $2 LIMIT 1",
        )
        .bind(dispatch.to_string())
        .bind(door.to_string())
        .fetch_optional(tx)
        .await?;
        if row.is_none() {
            return refuse(code::NOT_FOUND);
        }
        self.doors.insert((dispatch, door));
        Ok(())
    }
}
