//! Which events an export is of.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::problem::code;
use terskel_keys::audit::{ExportedEvent, Selection};
use terskel_model::{DoorId, EventId, PhoneId, TeamId, WorkerId};

use crate::db::{Columns, ms};
use crate::log;
use crate::problem::{Failure, invalid, refuse};

/// The most events of one export.
const MOST: usize = 10_000;

/// The dispatches to a home; what was done at its doors outside of dispatches; and the permissions for it. That a lock was
/// installed in one of them counts too. A stairwell's door is the neighbours' too: what was done there counts where it was done with a permission for this home.
const OF_A_HOME: &str = "a.at_ms BETWEEN $2 AND $3 AND (
    a.dispatch_id IN (SELECT id FROM dispatches WHERE resident_id = $1
      AND team_id = (SELECT team_id FROM residents WHERE id = $1))
    OR a.dispatch_id IS NULL AND (
      a.door_id IN (SELECT id FROM flat)
      OR a.kind IN ('lock_paired', 'lock_tested', 'installation_given_up', 'lock_installed') AND a.door_id IN (
        SELECT door_id FROM resident_doors WHERE resident_id = $1)
      OR a.kind IN ('resident_changed', 'service_ended', 'service_resumed') AND a.reason = $1
      OR a.permission_id IN (SELECT id FROM of_home)
      OR a.key_id IN (SELECT id FROM issued_keys WHERE permission_id IN (SELECT id FROM of_home))
      OR a.kind IN ('permission_given', 'permission_taken_away') AND a.permission_id IN (
        SELECT p.id FROM permissions p JOIN residents r ON r.team_id = p.what_id WHERE r.id = $1)))";

/// What [`OF_A_HOME`] stands on.
const HOME: &str =
    "WITH flat AS (SELECT rd.door_id AS id FROM resident_doors rd JOIN doors o ON o.id = rd.door_id
      WHERE rd.resident_id = $1 AND o.kind = 'flat'),
    of_home AS (SELECT id FROM permissions WHERE what_id = $1 OR what_id IN (SELECT id FROM flat)) ";

/// An event of the selection, without its proof.
pub(super) struct Found {
    pub(super) id: EventId,
    pub(super) event: ExportedEvent,
    pub(super) worker: Option<(WorkerId, String)>,
    pub(super) door: Option<(DoorId, String)>,
    /// The phone that told of it.
    pub(super) told_by: Option<PhoneId>,
}

/// The events of a selection that is `team`'s to see, in the order of the log.
pub(super) async fn select(
    selection: &Selection,
    team: TeamId,
    tx: &mut AnyConnection,
) -> Result<Vec<Found>, Failure> {
    check_own(selection, team, tx).await?;
    let (with, which) = match selection {
        Selection::Dispatch(_) => ("", "a.dispatch_id = $1"),
        Selection::Resident { .. } => (HOME, OF_A_HOME),
    };
    let sql = format!(
        "{with}SELECT l.position, l.salt, l.body, a.id, a.worker_id, w.name AS worker_name, a.door_id,
         d.name AS door_name, e.signed, e.phone_id AS told_by
         FROM audit a JOIN log_entries l ON l.event_id = a.id LEFT JOIN phone_events e ON e.id = a.id
         LEFT JOIN workers w ON w.id = a.worker_id LEFT JOIN doors d ON d.id = a.door_id
         WHERE {which} AND l.position IS NOT NULL ORDER BY l.position LIMIT {}",
        MOST + 1
    );
    let query = sqlx::query(AssertSqlSafe(sql));
    let rows = match selection {
        Selection::Dispatch(dispatch) => query.bind(dispatch.to_string()),
        Selection::Resident { resident, from, to } => {
            query.bind(resident.to_string()).bind(ms(*from)).bind(ms(*to))
        }
    }
    .fetch_all(tx)
    .await?;
    if rows.len() > MOST {
        return Err(invalid("to", format!("leaves more than {MOST} events: take a shorter time")));
    }
    rows.iter().map(found).collect()
}

/// What is another team's is not found.
async fn check_own(selection: &Selection, team: TeamId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let (sql, id) = match selection {
        Selection::Dispatch(dispatch) => {
            ("SELECT id FROM dispatches WHERE id = $1 AND team_id = $2", dispatch.0)
        }
        Selection::Resident { resident, .. } => {
            ("SELECT id FROM residents WHERE id = $1 AND team_id = $2", resident.0)
        }
    };
    let own = sqlx::query(sql).bind(id.to_string()).bind(team.to_string()).fetch_optional(tx).await?;
    if own.is_some() { Ok(()) } else { refuse(code::NOT_FOUND) }
}

fn found(row: &AnyRow) -> Result<Found, Failure> {
    Ok(Found {
        id: row.id("id")?,
        event: ExportedEvent { signed: row.bytes_or_none("signed")?, ..log::exported(row)? },
        worker: row.id_or_none("worker_id")?.zip(row.text_or_none("worker_name")?),
        door: row.id_or_none("door_id")?.zip(row.text_or_none("door_name")?),
        told_by: row.id_or_none("told_by")?,
    })
}
