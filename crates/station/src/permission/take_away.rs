//! `DELETE /v1/permissions/{id}`: a lead lets somebody in no longer.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::withdrawal::TakenAway;
use terskel_model::PermissionId;
use terskel_model::event::EventKind;

use super::list::one;
use super::take_turn;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::TeamLead;
use crate::db::{Write, ms};
use crate::extract::PathId;
use crate::problem::Failure;
use crate::withdrawal::{self, keys_of_permission};

/// Takes a permission of the own team away. No key is issued by it from then on,
/// and the phones that have some are told to wipe them. Saying it again changes nothing, and is answered as before.
#[utoipa::path(
    delete, path = path::PERMISSION, tag = "permissions", security(("dpop" = []), ("bearer" = [])),
    params(("id" = PermissionId, Path, description = "The permission")),
    responses(
        (status = 200, body = TakenAway),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn take_away(
    State(app): State<Shared>,
    lead: TeamLead,
    PathId(permission): PathId<PermissionId>,
) -> Result<Answer<TakenAway>, Failure> {
    app.write(&TakeAway { lead, permission }).await.map(Answer)
}

struct TakeAway {
    lead: TeamLead,
    permission: PermissionId,
}

impl Write for TakeAway {
    type Output = TakenAway;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<TakenAway, Failure> {
        take_turn(tx).await?;
        let done = sqlx::query(
            "UPDATE permissions SET taken_ms = $1, taken_by = $2 WHERE id = $3 AND team_id = $4 AND taken_ms IS NULL",
        )
        .bind(ms(app.now()))
        .bind(self.lead.worker.to_string())
        .bind(self.permission.to_string())
        .bind(self.lead.team.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 1 {
            let entry = Entry {
                worker: Some(self.lead.worker),
                permission: Some(self.permission),
                ..Entry::of_station(app, EventKind::PermissionTakenAway)
            };
            entry.store(app, tx).await?;
        }
        let permission = one(self.permission, &self.lead, tx).await?;
        keys_of_permission(self.permission, self.lead.team, app, tx).await?;
        Ok(TakenAway { permission, phones: withdrawal::by_permission(self.permission, tx).await? })
    }
}
