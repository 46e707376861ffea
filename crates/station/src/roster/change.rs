//! A home has changed: it gets a new place in its team's roster, in the transaction of the change. Places come from the one
//! counter of the stream, whose row is locked until commit: none becomes visible behind one that a phone has read past.

use std::time::Duration;

use sqlx::AnyConnection;
use terskel_model::{DoorId, ResidentId, Timestamp};

use crate::db::{Columns, ms};
use crate::dispatch::next_revision;
use crate::problem::Failure;

/// How long phones can hear that a home is gone: longer than any shift.
const REMEMBERED: Duration = Duration::from_secs(48 * 3600);

/// Puts the home as it is now at the end of its team's roster; other teams hear that it is not theirs any more, and all do
/// where the resident does not have the service now. The last thing a transaction does: it locks what every change locks.
pub(crate) async fn changed(
    now: Timestamp,
    tx: &mut AnyConnection,
    resident: ResidentId,
) -> Result<(), Failure> {
    let team = sqlx::query("SELECT team_id FROM residents WHERE id = $1 AND ended_ms IS NULL")
        .bind(resident.to_string())
        .fetch_optional(&mut *tx)
        .await?
        .map(|row| row.text("team_id"))
        .transpose()?;
    let teams = sqlx::query("SELECT team_id FROM roster WHERE resident_id = $1 AND gone_ms IS NULL")
        .bind(resident.to_string())
        .fetch_all(&mut *tx)
        .await?;
    for row in teams {
        let before = row.text("team_id")?;
        if team.as_ref() != Some(&before) {
            leave(now, tx, resident, &before).await?;
        }
    }
    let Some(team) = team else { return Ok(()) };
    let revision = next_revision(tx).await?;
    sqlx::query(
        "INSERT INTO roster (team_id, resident_id, revision) VALUES ($1, $2, $3)
         ON CONFLICT (team_id, resident_id) DO UPDATE SET revision = excluded.revision, gone_ms = NULL",
    )
    .bind(team)
    .bind(resident.to_string())
    .bind(revision)
    .execute(tx)
    .await?;
    Ok(())
}

/// As [`changed`], of every home that the door is on the way to.
pub(crate) async fn door_changed(
    now: Timestamp,
    tx: &mut AnyConnection,
    door: DoorId,
) -> Result<(), Failure> {
    let homes = sqlx::query("SELECT DISTINCT resident_id FROM resident_doors WHERE door_id = $1")
        .bind(door.to_string())
        .fetch_all(&mut *tx)
        .await?;
    for row in homes {
        changed(now, tx, row.id("resident_id")?).await?;
    }
    Ok(())
}

async fn leave(
    now: Timestamp,
    tx: &mut AnyConnection,
    resident: ResidentId,
    team: &str,
) -> Result<(), Failure> {
    let revision = next_revision(tx).await?;
    sqlx::query("UPDATE roster SET revision = $1, gone_ms = $2 WHERE team_id = $3 AND resident_id = $4")
        .bind(revision)
        .bind(ms(now))
        .bind(team)
        .bind(resident.to_string())
        .execute(&mut *tx)
        .await?;
    forget(now, tx, team).await
}

/// What has been gone for long need not be told any more.
async fn forget(now: Timestamp, tx: &mut AnyConnection, team: &str) -> Result<(), Failure> {
    let before = ms(now - REMEMBERED);
    sqlx::query(
        "UPDATE teams SET roster_forgotten = COALESCE(
           (SELECT MAX(revision) FROM roster WHERE team_id = $1 AND gone_ms < $2), roster_forgotten) WHERE id = $1",
    )
    .bind(team)
    .bind(before)
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM roster WHERE team_id = $1 AND gone_ms < $2")
        .bind(team)
        .bind(before)
        .execute(tx)
        .await?;
    Ok(())
}
