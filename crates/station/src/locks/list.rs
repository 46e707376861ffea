//! `GET /v1/locks`: the locks on the ways to a team's residents, for its lead.

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::lock::{CertificatePin, Guarantees, LockList, LockStatus, UnexplainedOpening};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_locks::family::{FAMILIES, find};
use terskel_model::door::LockFamily;
use terskel_model::lock_report::LockReport;
use terskel_model::{LockId, TeamId};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::keys::source;
use crate::problem::Failure;

/// An opening in a lock's log and one that a phone tells of are the same if they are no further apart: the clocks of
/// phone and lock differ, and the lock writes when the bolt has moved.
const SAME_WITHIN_MS: i64 = 120_000;

/// Reads them.
#[utoipa::path(
    get, path = path::LOCKS, tag = "locks", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = LockList),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<Shared>, reader: TeamLead) -> Result<Json<LockList>, Failure> {
    let mut connection = app.reader().await?;
    let mut locks = statuses(reader.team, &mut connection).await?;
    for lock in &mut locks {
        lock.token = source::status(lock.id, &lock.family, &app, &mut connection).await?;
    }
    let unexplained = unexplained(reader.team, &locks, &mut connection).await?;
    Ok(Json(LockList { locks, unexplained }))
}

/// A row a door, brought together by lock.
async fn statuses(team: TeamId, reader: &mut AnyConnection) -> Result<Vec<LockStatus>, Failure> {
    let rows = sqlx::query(
        "SELECT DISTINCT l.id, l.family, l.device_id, l.certificate_pin, l.certificate_pinned_ms,
         l.certificate_other, d.name, r.at_ms, r.report
         FROM locks l JOIN doors d ON d.lock_id = l.id JOIN resident_doors rd ON rd.door_id = d.id
         JOIN residents p ON p.id = rd.resident_id LEFT JOIN lock_reports r ON r.lock_id = l.id
         WHERE p.team_id = $1 AND p.ended_ms IS NULL ORDER BY d.name, l.id",
    )
    .bind(team.to_string())
    .fetch_all(reader)
    .await?;
    let mut locks: Vec<LockStatus> = Vec::new();
    for row in &rows {
        let (id, door): (LockId, String) = (row.id("id")?, row.text("name")?);
        match locks.iter_mut().find(|lock| lock.id == id) {
            Some(lock) => lock.doors.push(door),
            None => locks.push(status(row, id, door)?),
        }
    }
    Ok(locks)
}

fn status(row: &AnyRow, id: LockId, door: String) -> Result<LockStatus, Failure> {
    let family = LockFamily::from(row.text("family")?.as_str());
    let report = row.text_or_none("report")?.map(|text| serde_json::from_str::<LockReport>(&text));
    let report = report.transpose().map_err(|_| Failure::Internal("a lock report does not read"))?;
    let pin = row.text_or_none("certificate_pin")?.zip(row.time_or_none("certificate_pinned_ms")?);
    let other = row.text_or_none("certificate_other")?;
    Ok(LockStatus {
        id,
        guarantees: guarantees(&family),
        family,
        device_id: row.text("device_id")?,
        doors: vec![door],
        warnings: report.as_ref().map(LockReport::warnings).unwrap_or_default(),
        report,
        reported_at: row.time_or_none("at_ms")?,
        certificate: pin.map(|(fingerprint, first_seen_at)| CertificatePin {
            fingerprint,
            first_seen_at,
            other,
        }),
        token: None,
    })
}

fn guarantees(family: &LockFamily) -> Option<Guarantees> {
    let given = find(FAMILIES, family)?.guarantees();
    Some(Guarantees {
        window: given.window.as_str().to_owned(),
        lock_authenticated: given.lock_authenticated,
        state_reported: given.state_reported,
        log_readable: given.log_readable,
        clock_set: given.clock_set,
    })
}

/// Judged whenever it is asked: an event that comes late explains what stood unexplained before.
async fn unexplained(
    team: TeamId,
    locks: &[LockStatus],
    reader: &mut AnyConnection,
) -> Result<Vec<UnexplainedOpening>, Failure> {
    let rows = sqlx::query(
        "SELECT DISTINCT g.lock_id, g.entry, g.at_ms, g.by_name, g.stored_ms FROM lock_log g
         JOIN doors d ON d.lock_id = g.lock_id JOIN resident_doors rd ON rd.door_id = d.id
         JOIN residents p ON p.id = rd.resident_id
         WHERE p.team_id = $1 AND g.operation = 'open' AND g.done = 1 AND NOT EXISTS (
           SELECT 1 FROM audit a JOIN doors told ON told.id = a.door_id
           WHERE told.lock_id = g.lock_id AND a.kind IN ('door_operated', 'lock_tested') AND a.operation = 'open'
           AND a.outcome IN ('opened', 'unknown') AND a.at_ms BETWEEN g.at_ms - $2 AND g.at_ms + $2)
         ORDER BY g.lock_id, g.entry",
    )
    .bind(team.to_string())
    .bind(SAME_WITHIN_MS)
    .fetch_all(reader)
    .await?;
    let opening = |row: &AnyRow| {
        let lock: LockId = row.id("lock_id")?;
        let doors = locks.iter().find(|known| known.id == lock).map(|known| known.doors.clone());
        Ok(UnexplainedOpening {
            lock,
            doors: doors.unwrap_or_default(),
            at: row.time_or_none("at_ms")?,
            by: row.text("by_name")?,
            stored_at: row.time("stored_ms")?,
        })
    };
    Ok(rows.iter().map(opening).collect::<sqlx::Result<_>>()?)
}
