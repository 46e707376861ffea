//! Permissions from and to their rows.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_model::permission::{Condition, Permission, Term, What, When, Who, WorkerRole};
use terskel_model::{PermissionId, ResidentId, Timestamp};

use crate::db::{Columns, ms};
use crate::problem::Failure;

/// All that a [`Permission`] is read from.
macro_rules! select_permissions {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.who_kind, p.who_id, p.who_role, p.what_kind, p.what_id, p.term, p.from_ms, p.until_ms,
             p.windows, p.met_by, p.operations, p.note, p.given_ms, p.taken_ms, giver.name AS giver,
             taker.name AS taker,
             COALESCE(whom.name, team.name, other.name, '') AS who_name,
             COALESCE(door.name, home.first_name || ' ' || home.last_name, homes.name, '') AS what_name
             FROM permissions p JOIN workers giver ON giver.id = p.given_by
             LEFT JOIN workers taker ON taker.id = p.taken_by LEFT JOIN workers whom ON whom.id = p.who_id
             LEFT JOIN teams team ON team.id = p.who_id LEFT JOIN organisations other ON other.id = p.who_id
             LEFT JOIN doors door ON door.id = p.what_id LEFT JOIN residents home ON home.id = p.what_id
             LEFT JOIN teams homes ON homes.id = p.what_id ",
            $rest
        )
    };
}
pub(super) use select_permissions;

/// What stands for the doors on the way to a resident, and is not over.
pub(crate) async fn covering(
    resident: ResidentId,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<AnyRow>, Failure> {
    let rows = sqlx::query(select_permissions!(
        "WHERE p.taken_ms IS NULL AND (p.until_ms IS NULL OR p.until_ms > $2)
         AND EXISTS (SELECT 1 FROM residents WHERE id = $1 AND ended_ms IS NULL)
         AND p.what_id IN (SELECT $1 UNION SELECT team_id FROM residents WHERE id = $1
           UNION SELECT door_id FROM resident_doors WHERE resident_id = $1)
         ORDER BY p.given_ms DESC, p.id"
    ))
    .bind(resident.to_string())
    .bind(ms(now))
    .fetch_all(reader)
    .await?;
    Ok(rows)
}

/// The model's permission of a row.
pub(crate) fn permission(row: &AnyRow) -> Result<Permission, Failure> {
    Ok(Permission {
        id: Some(row.id::<PermissionId>("id")?),
        who: who(row)?,
        what: what(row)?,
        when: when(row)?,
        condition: Condition::from(row.text("met_by")?.as_str()),
        operations: json(&row.text("operations")?)?,
    })
}

/// Whether one of these is for once.
pub(crate) fn is_once(permissions: &[Permission], id: Option<PermissionId>) -> bool {
    let mut them = permissions.iter();
    them.any(|p| id.is_some() && p.id == id && matches!(p.when.term, Term::Once { .. }))
}

/// Whom a permission lets in.
pub(crate) async fn whom(id: PermissionId, reader: &mut AnyConnection) -> Result<Option<Who>, Failure> {
    let row = sqlx::query("SELECT who_kind, who_id, who_role FROM permissions WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(reader)
        .await?;
    row.as_ref().map(who).transpose()
}

fn who(row: &AnyRow) -> Result<Who, Failure> {
    Ok(match row.text("who_kind")?.as_str() {
        "worker" => Who::Worker { worker: row.id("who_id")? },
        "role" => Who::Role {
            team: row.id("who_id")?,
            role: WorkerRole::from(row.text_or_none("who_role")?.unwrap_or_default().as_str()),
        },
        "team" => Who::Team { team: row.id("who_id")? },
        "organisation" => Who::Organisation { organisation: row.id("who_id")? },
        _ => return Err(TORN),
    })
}

fn what(row: &AnyRow) -> Result<What, Failure> {
    Ok(match row.text("what_kind")?.as_str() {
        "door" => What::Door { door: row.id("what_id")? },
        "residence" => What::Residence { resident: row.id("what_id")? },
        "team" => What::Team { team: row.id("what_id")? },
        _ => return Err(TORN),
    })
}

fn when(row: &AnyRow) -> Result<When, Failure> {
    let (from, until) = (row.time_or_none("from_ms")?, row.time_or_none("until_ms")?);
    let term = match (row.text("term")?.as_str(), from, until) {
        ("permanent", ..) => Term::Permanent {},
        ("once", Some(from), Some(until)) => Term::Once { from, until },
        ("period", Some(from), Some(until)) => Term::Period { from, until },
        _ => return Err(TORN),
    };
    Ok(When { term, windows: json(&row.text("windows")?)? })
}

const TORN: Failure = Failure::Internal("a permission's columns do not fit together");

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| TORN)
}

/// Kind, id and role, as they are stored.
pub(super) fn who_columns(who: &Who) -> (&'static str, String, Option<String>) {
    match who {
        Who::Worker { worker } => ("worker", worker.to_string(), None),
        Who::Role { team, role } => ("role", team.to_string(), Some(role.as_str().to_owned())),
        Who::Team { team } => ("team", team.to_string(), None),
        Who::Organisation { organisation } => ("organisation", organisation.to_string(), None),
    }
}

/// Kind and id, as they are stored.
pub(super) fn what_columns(what: &What) -> (&'static str, String) {
    match what {
        What::Door { door } => ("door", door.to_string()),
        What::Residence { resident } => ("residence", resident.to_string()),
        What::Team { team } => ("team", team.to_string()),
    }
}

/// Kind, beginning and end, as they are stored.
pub(super) fn term_columns(term: &Term) -> (&'static str, Option<i64>, Option<i64>) {
    match term {
        Term::Once { from, until } => ("once", Some(ms(*from)), Some(ms(*until))),
        Term::Period { from, until } => ("period", Some(ms(*from)), Some(ms(*until))),
        Term::Permanent {} => ("permanent", None, None),
    }
}
