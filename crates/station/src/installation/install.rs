//! `POST /v1/installations`: a lead's phone brings the secret of a lock that it was let into.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::installation::{Installation, NewDoorPlace};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_locks::family::{FAMILIES, find};
use terskel_model::PhoneId;
use terskel_model::event::EventKind;

use super::place::{Before, put};
use super::proof;
use crate::admin::way_in::{check_lock, store_lock};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::TeamLead;
use crate::check::required;
use crate::db::Write;
use crate::extract::Json;
use crate::permission::take_turn;
use crate::problem::{Failure, invalid, problem, refuse};
use crate::roster;

/// Installs a lock at a home of the own team, in one of its doors or in a new one. The phone's own events must show that
/// it has opened and locked. A lock that was in the door before is replaced: no more keys are issued for it.
#[utoipa::path(
    post, path = path::INSTALLATIONS, tag = "locks", security(("dpop" = [])), request_body = Installation,
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn install(
    State(app): State<Shared>,
    lead: TeamLead,
    Json(request): Json<Installation>,
) -> Result<StatusCode, Failure> {
    let Some(phone) = lead.phone else { return refuse(code::FORBIDDEN) };
    app.write(&Install { lead, phone, request: checked(request)? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(request: Installation) -> Result<Installation, Failure> {
    let lock = check_lock("lock", request.lock)?;
    if find(FAMILIES, &lock.family).is_none() {
        return Err(invalid("lock.family", "is none that this station knows"));
    }
    if lock.credential.expose().is_empty() {
        return Err(invalid("lock.credential", "is what the phone was let in with"));
    }
    let check = |place: NewDoorPlace| {
        required("new_door.kind", place.kind.as_str(), 50)?;
        Ok::<_, Failure>(NewDoorPlace { name: required("new_door.name", &place.name, 200)?, ..place })
    };
    let new_door = request.new_door.map(check).transpose()?;
    Ok(Installation { lock, new_door, ..request })
}

struct Install {
    lead: TeamLead,
    phone: PhoneId,
    request: Installation,
}

impl Write for Install {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        take_turn(tx).await?;
        self.own_home(tx).await?;
        proof::check(&self.request, &self.lead, self.phone, tx).await?;
        store_lock(app, tx, "lock", &self.request.lock).await?;
        let before = put(&self.request, tx).await?;
        if before == Before::Same {
            return Ok(());
        }
        let entry = Entry {
            worker: Some(self.lead.worker),
            phone: Some(self.phone),
            door: Some(self.request.door),
            reason: (before == Before::Other).then(|| "replaced".to_owned()),
            ..Entry::of_station(app, EventKind::LockInstalled)
        };
        entry.store(app, tx).await?;
        roster::door_changed(app.now(), tx, self.request.door).await
    }
}

impl Install {
    async fn own_home(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let row = sqlx::query("SELECT id FROM residents WHERE id = $1 AND team_id = $2 AND ended_ms IS NULL")
            .bind(self.request.resident.to_string())
            .bind(self.lead.team.to_string())
            .fetch_optional(tx)
            .await?;
        let named = || ProblemDetails { field: Some("resident".into()), ..problem(code::NOT_FOUND) };
        row.map(drop).ok_or_else(|| named().into())
    }
}
