//! `GET` and `PUT /v1/team/continuity`: what the team does, and whom it calls, when something does not work.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::continuity::{Contact, Continuity};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::TeamId;
use terskel_model::continuity::ContactRole;

use crate::app::{App, Shared};
use crate::auth::TeamLead;
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// The most that anybody reads in the dark.
const MOST: usize = 20;

/// Reads it.
#[utoipa::path(
    get, path = path::CONTINUITY, tag = "team", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = Continuity),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn continuity(
    State(app): State<Shared>,
    lead: TeamLead,
) -> Result<Answer<Continuity>, Failure> {
    of_team(lead.team, &mut *app.reader().await?).await.map(Answer)
}

/// Replaces it. The team's phones have it when they ask for keys next.
#[utoipa::path(
    put, path = path::CONTINUITY, tag = "team", security(("dpop" = []), ("bearer" = [])), request_body = Continuity,
    responses(
        (status = 200, body = Continuity),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn replace_continuity(
    State(app): State<Shared>,
    lead: TeamLead,
    Json(request): Json<Continuity>,
) -> Result<Answer<Continuity>, Failure> {
    let continuity = checked(&request)?;
    app.write(&Replace { lead, continuity: &continuity }).await?;
    Ok(Answer(continuity))
}

/// A team's plan; nothing in it where the lead has written none.
pub(crate) async fn of_team(team: TeamId, reader: &mut AnyConnection) -> Result<Continuity, Failure> {
    let row = sqlx::query("SELECT body FROM continuity WHERE team_id = $1")
        .bind(team.to_string())
        .fetch_optional(reader)
        .await?;
    let Some(row) = row else { return Ok(Continuity::default()) };
    serde_json::from_str(&row.text("body")?).map_err(|_| Failure::Internal("a stored plan could not be read"))
}

fn checked(request: &Continuity) -> Result<Continuity, Failure> {
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

struct Replace<'a> {
    lead: TeamLead,
    continuity: &'a Continuity,
}

impl Write for Replace<'_> {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let body = serde_json::to_string(self.continuity)
            .map_err(|_| Failure::Internal("a plan could not be written"))?;
        sqlx::query(
            "INSERT INTO continuity (team_id, body, changed_ms, changed_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (team_id) DO UPDATE SET body = excluded.body, changed_ms = excluded.changed_ms,
               changed_by = excluded.changed_by",
        )
        .bind(self.lead.team.to_string())
        .bind(body)
        .bind(ms(app.now()))
        .bind(self.lead.worker.to_string())
        .execute(tx)
        .await?;
        Ok(())
    }
}
