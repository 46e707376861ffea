//! `POST /v1/permissions`: a lead lets somebody in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as Answer;
use chrono::TimeDelta;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, NewPermission};
use terskel_api::problem::ProblemDetails;
use terskel_model::event::EventKind;
use terskel_model::permission::{Condition, Permission, Term, Who, WorkerRole};

use super::list::one;
use super::load::{term_columns, what_columns, who_columns};
use super::own::{check_what, check_who};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::TeamLead;
use crate::check;
use crate::db::{Write, ms};
use crate::dispatch::next_revision;
use crate::extract::Json;
use crate::problem::{Failure, conflict, invalid};

/// Gives a permission. The same id with the same content is the same permission; with other content it is a mistake.
#[utoipa::path(
    post, path = path::PERMISSIONS, tag = "permissions", security(("dpop" = []), ("bearer" = [])), request_body = NewPermission,
    responses(
        (status = 201, body = GivenPermission, description = "Given"),
        (status = 200, body = GivenPermission, description = "Given before, under the same id"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn give(
    State(app): State<Shared>,
    lead: TeamLead,
    Json(request): Json<NewPermission>,
) -> Result<(StatusCode, Answer<GivenPermission>), Failure> {
    let request = checked(&app, request)?;
    let (given, new) = app.write(&Give { lead, request }).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Answer(given)))
}

fn checked(app: &App, request: NewPermission) -> Result<NewPermission, Failure> {
    if let Term::Once { from, until } | Term::Period { from, until } = request.when.term {
        check::this_age("when.term.from", from)?;
        check::this_age("when.term.until", until)?;
        if until <= app.now() {
            return Err(invalid("when.term.until", "is over"));
        }
        if from < app.now() - TimeDelta::days(1) {
            return Err(invalid("when.term.from", "is more than a day ago"));
        }
    }
    let who = match request.who {
        Who::Role { team, role } => Who::Role {
            team,
            role: WorkerRole::from(check::required("who.role", role.as_str(), 50)?.as_str()),
        },
        other => other,
    };
    if request.condition == Condition::BreakGlass {
        return Err(invalid("condition", "breaking the glass needs no permission"));
    }
    let request = NewPermission { who, note: check::optional("note", &request.note, 500)?, ..request };
    model(&request).check().map_err(|fault| invalid(fault.field, fault.fault))?;
    Ok(request)
}

fn model(request: &NewPermission) -> Permission {
    Permission {
        id: Some(request.id),
        who: request.who.clone(),
        what: request.what,
        when: request.when.clone(),
        condition: request.condition.clone(),
        operations: request.operations.clone(),
    }
}

struct Give {
    lead: TeamLead,
    request: NewPermission,
}

impl Write for Give {
    /// The permission, and whether it is new.
    type Output = (GivenPermission, bool);

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Self::Output, Failure> {
        check_who(&self.request.who, self.lead.team, tx).await?;
        check_what(&self.request.what, self.lead.team, tx).await?;
        let new = self.insert(app, tx).await?;
        let given = one(self.request.id, &self.lead, tx).await;
        if new {
            self.audit(app, tx).await?;
            self.tell(tx).await?;
            return Ok((given?, true));
        }
        // Another team's permission under this id is as little this lead's as one of other content.
        match given {
            Ok(before) if self.is(&before) => Ok((before, false)),
            _ => Err(conflict("id", "is another permission's")),
        }
    }
}

impl Give {
    async fn insert(&self, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let request = &self.request;
        let (who_kind, who_id, who_role) = who_columns(&request.who);
        let (what_kind, what_id) = what_columns(&request.what);
        let (term, from, until) = term_columns(&request.when.term);
        let done = sqlx::query(
            "INSERT INTO permissions (id, team_id, who_kind, who_id, who_role, what_kind, what_id, term, from_ms,
             until_ms, windows, met_by, operations, note, given_ms, given_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(request.id.to_string())
        .bind(self.lead.team.to_string())
        .bind(who_kind)
        .bind(who_id)
        .bind(who_role)
        .bind(what_kind)
        .bind(what_id)
        .bind(term)
        .bind(from)
        .bind(until)
        .bind(text(&request.when.windows)?)
        .bind(request.condition.as_str())
        .bind(text(&request.operations)?)
        .bind(&request.note)
        .bind(ms(app.now()))
        .bind(self.lead.worker.to_string())
        .execute(tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    fn is(&self, before: &GivenPermission) -> bool {
        let request = &self.request;
        before.who == request.who
            && before.what == request.what
            && before.when == request.when
            && before.condition == request.condition
            && before.operations == request.operations
    }

    /// The phones of those whom it lets in look for keys.
    async fn tell(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let revision = next_revision(tx).await?;
        sqlx::query("UPDATE permissions SET revision = $1 WHERE id = $2")
            .bind(revision)
            .bind(self.request.id.to_string())
            .execute(tx)
            .await?;
        Ok(())
    }

    async fn audit(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let entry = Entry {
            worker: Some(self.lead.worker),
            permission: Some(self.request.id),
            ..Entry::of_station(app, EventKind::PermissionGiven)
        };
        entry.store(app, tx).await
    }
}

fn text(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|_| Failure::Internal("a permission could not be written"))
}
