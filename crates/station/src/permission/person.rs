//! Who wants a key: a worker on a shift.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_model::capability::Capabilities;
use terskel_model::permission::{OnDuty, WorkerRole};
use terskel_model::{OrganisationId, PhoneId, SessionId, TeamId, Timestamp, WorkerId};

use crate::db::{Columns, ms};
use crate::problem::Failure;

/// A worker on a shift.
pub(crate) struct Person {
    pub(crate) worker: WorkerId,
    pub(crate) name: String,
    /// The phone that the worker is signed in on.
    pub(crate) phone: Option<PhoneId>,
    /// What that phone can do.
    pub(crate) can: Capabilities,
    pub(crate) organisation: Option<OrganisationId>,
    pub(crate) leads: Option<TeamId>,
    pub(crate) shift: OnDuty,
}

/// The worker of a session, if it is good now.
pub(crate) async fn signed_in(
    session: SessionId,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Option<Person>, Failure> {
    let row = sqlx::query(
        "SELECT w.id, w.name, w.organisation_id, w.leads_team, h.team_id, h.role, s.phone_id, s.capabilities,
         CASE WHEN h.ends_ms < s.ends_ms THEN h.ends_ms ELSE s.ends_ms END AS ends_ms
         FROM sessions s JOIN shifts h ON h.id = s.shift_id JOIN workers w ON w.id = s.worker_id
         JOIN phones p ON p.id = s.phone_id
         WHERE s.id = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2 AND h.ends_ms > $2 AND p.withdrawn_ms IS NULL",
    )
    .bind(session.to_string())
    .bind(ms(now))
    .fetch_optional(reader)
    .await?;
    Ok(row.as_ref().map(person).transpose()?)
}

/// Everybody who is on a shift now, by name.
pub(super) async fn on_duty(now: Timestamp, reader: &mut AnyConnection) -> Result<Vec<Person>, Failure> {
    let rows = sqlx::query(
        "SELECT w.id, w.name, w.organisation_id, w.leads_team, h.team_id, h.role, h.ends_ms, s.phone_id, s.capabilities
         FROM shifts h JOIN workers w ON w.id = h.worker_id
         LEFT JOIN sessions s ON s.shift_id = h.id AND s.ended_ms IS NULL AND s.ends_ms > $1
         WHERE h.starts_ms <= $1 AND h.ends_ms > $1 ORDER BY w.name, w.id",
    )
    .bind(ms(now))
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(person).collect::<sqlx::Result<_>>()?)
}

fn person(row: &AnyRow) -> sqlx::Result<Person> {
    Ok(Person {
        worker: row.id("id")?,
        name: row.text("name")?,
        phone: row.id_or_none("phone_id")?,
        can: Capabilities::from_text(row.text_or_none("capabilities")?.as_deref()),
        organisation: row.id_or_none("organisation_id")?,
        leads: row.id_or_none("leads_team")?,
        shift: OnDuty {
            team: row.id("team_id")?,
            role: WorkerRole::from(row.text("role")?.as_str()),
            ends_at: row.time("ends_ms")?,
        },
    })
}
