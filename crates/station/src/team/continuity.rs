//! `GET` and `PUT /v1/team/continuity`: what the team does, and whom it calls, when something does not work.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::continuity::{ChangeContinuity, Contact, Continuity, TeamContinuity};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::continuity::ContactRole;
use terskel_model::{TeamId, Timestamp};

use crate::app::{App, Shared};
use crate::auth::TeamLead;
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, conflict, invalid};

/// The most that anybody reads in the dark.
const MOST: usize = 20;

/// Reads it.
#[utoipa::path(
    get, path = path::CONTINUITY, tag = "team", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = TeamContinuity),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn continuity(
    State(app): State<Shared>,
    lead: TeamLead,
) -> Result<Answer<TeamContinuity>, Failure> {
    seen_by_lead(lead.team, &mut *app.reader().await?).await.map(Answer)
}

/// Replaces the version that the lead had before them, and no other. The team's phones have it when they ask for keys next.
#[utoipa::path(
    put, path = path::CONTINUITY, tag = "team", security(("dpop" = []), ("bearer" = [])), request_body = ChangeContinuity,
    responses(
        (status = 200, body = TeamContinuity),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn replace_continuity(
    State(app): State<Shared>,
    lead: TeamLead,
    Json(request): Json<ChangeContinuity>,
) -> Result<Answer<TeamContinuity>, Failure> {
    let continuity = checked(&request)?;
    app.write(&Replace { lead, continuity, instead_of: request.instead_of }).await.map(Answer)
}

/// A team's plan; nothing in it where the lead has written none.
pub(crate) async fn of_team(team: TeamId, reader: &mut AnyConnection) -> Result<Continuity, Failure> {
    let row = sqlx::query("SELECT body FROM continuity WHERE team_id = $1")
        .bind(team.to_string())
        .fetch_optional(reader)
        .await?;
    let Some(row) = row else { return Ok(Continuity::default()) };
    read(&row.text("body")?)
}

async fn seen_by_lead(team: TeamId, reader: &mut AnyConnection) -> Result<TeamContinuity, Failure> {
    let row = sqlx::query(
        "SELECT c.body, c.changed_ms, w.name FROM continuity c JOIN workers w ON w.id = c.changed_by WHERE c.team_id = $1",
    )
    .bind(team.to_string())
    .fetch_optional(reader)
    .await?;
    let Some(row) = row else { return Ok(TeamContinuity::default()) };
    let Continuity { plan, contacts } = read(&row.text("body")?)?;
    let (changed_at, changed_by) = (Some(row.time("changed_ms")?), Some(row.text("name")?));
    Ok(TeamContinuity { plan, contacts, changed_at, changed_by })
}

fn read(body: &str) -> Result<Continuity, Failure> {
    serde_json::from_str(body).map_err(|_| Failure::Internal("a stored plan could not be read"))
}

fn checked(request: &ChangeContinuity) -> Result<Continuity, Failure> {
    if request.contacts.len() > MOST {
        return Err(invalid("contacts", format!("are more than {MOST}")));
    }
    let contact = |contact: &Contact| {
        Ok(Contact {
            role: ContactRole::from(check::required("contacts.role", contact.role.as_str(), 50)?.as_str()),
            name: check::required("contacts.name", &contact.name, 100)?,
            phone_number: check::required("contacts.phone_number", &contact.phone_number, 40)?,
        })
    };
    Ok(Continuity {
        plan: check::optional("plan", &request.plan, 4000)?,
        contacts: request.contacts.iter().map(contact).collect::<Result<_, Failure>>()?,
    })
}

struct Replace {
    lead: TeamLead,
    continuity: Continuity,
    instead_of: Option<Timestamp>,
}

impl Write for Replace {
    type Output = TeamContinuity;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<TeamContinuity, Failure> {
        let present = seen_by_lead(self.lead.team, tx).await?;
        if (&present.plan, &present.contacts) == (&self.continuity.plan, &self.continuity.contacts) {
            // It came twice, or two have written the same.
            return Ok(present);
        }
        // The time names the version: it is later than the last one's, whatever the clock does.
        let changed_ms = self.instead_of.map_or(0, |last| ms(last) + 1).max(ms(app.now()));
        if !self.swap(changed_ms, tx).await? {
            return Err(conflict("instead_of", "another version has been written since"));
        }
        seen_by_lead(self.lead.team, tx).await
    }
}

impl Replace {
    /// False: the version that was to be replaced is not the one that is there.
    async fn swap(&self, changed_ms: i64, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let body = serde_json::to_string(&self.continuity)
            .map_err(|_| Failure::Internal("a plan could not be written"))?;
        let query = match self.instead_of {
            None => sqlx::query(
                "INSERT INTO continuity (team_id, body, changed_ms, changed_by) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (team_id) DO NOTHING",
            ),
            Some(_) => sqlx::query(
                "UPDATE continuity SET body = $2, changed_ms = $3, changed_by = $4
                 WHERE team_id = $1 AND changed_ms = $5",
            ),
        };
        let query = query
            .bind(self.lead.team.to_string())
            .bind(body)
            .bind(changed_ms)
            .bind(self.lead.worker.to_string());
        let query = match self.instead_of {
            None => query,
            Some(last) => query.bind(ms(last)),
        };
        Ok(query.execute(tx).await?.rows_affected() == 1)
    }
}
