//! What a lead may give to whom: doors of the own team's residents, to people who have to do with the own team. What is
//! another unit's is *not found*.

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::TeamId;
use terskel_model::permission::{What, Who};

use crate::problem::{Failure, problem};

/// Whether `team` may let these people in.
pub(super) async fn check_who(who: &Who, team: TeamId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let known = match who {
        Who::Role { team: named, .. } | Who::Team { team: named } => *named == team,
        Who::Worker { worker } => {
            let sql = "SELECT 1 FROM workers w WHERE w.id = $1 AND (w.organisation_id IS NOT NULL
                 OR w.leads_team = $2
                 OR EXISTS (SELECT 1 FROM shifts h WHERE h.worker_id = w.id AND h.team_id = $2))";
            exists(sql, [worker.to_string(), team.to_string()], tx).await?
        }
        Who::Organisation { organisation } => {
            let sql = "SELECT 1 FROM organisations WHERE id = $1 AND $2 <> ''";
            exists(sql, [organisation.to_string(), team.to_string()], tx).await?
        }
    };
    found("who", known)
}

/// Whether these doors are the team's to open.
pub(super) async fn check_what(what: &What, team: TeamId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let own = match what {
        What::Team { team: named } => *named == team,
        What::Residence { resident } => {
            let sql = "SELECT 1 FROM residents WHERE id = $1 AND team_id = $2 AND ended_ms IS NULL";
            exists(sql, [resident.to_string(), team.to_string()], tx).await?
        }
        What::Door { door } => {
            let sql = "SELECT 1 FROM resident_doors rd JOIN residents r ON r.id = rd.resident_id
                 WHERE rd.door_id = $1 AND r.team_id = $2 AND r.ended_ms IS NULL LIMIT 1";
            exists(sql, [door.to_string(), team.to_string()], tx).await?
        }
    };
    found("what", own)
}

async fn exists(sql: &'static str, ids: [String; 2], tx: &mut AnyConnection) -> Result<bool, Failure> {
    let [first, second] = ids;
    let row = sqlx::query(AssertSqlSafe(sql)).bind(first).bind(second).fetch_optional(tx).await?;
    Ok(row.is_some())
}

fn found(field: &str, found: bool) -> Result<(), Failure> {
    if found {
        return Ok(());
    }
    Err(ProblemDetails { field: Some(field.to_owned()), ..problem(code::NOT_FOUND) }.into())
}
