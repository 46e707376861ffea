//! `POST /v1/phones/{id}/loss`: a phone was lost.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::withdrawal::Withdrawals;
use terskel_model::PhoneId;
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;

use super::list::by_loss;
use super::order::{Whose, sessions_of};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{LeadOrAdministrator, TeamLead};
use crate::db::{Write, ms};
use crate::extract::PathId;
use crate::permission::take_turn;
use crate::problem::{Failure, problem};

/// Withdraws a phone, for the lead of a team that somebody was signed in for on it, or for an administrator: its session is over,
/// its keys are taken away, nobody signs in on it again. It is told to wipe everything when it is heard of next; where nobody is
/// signed in on it, and no key of it would open any more, there is nothing to tell. Saying it again changes nothing, and is answered as before.
#[utoipa::path(
    post, path = path::PHONE_LOSS, tag = "withdrawals", security(("dpop" = []), ("bearer" = [])),
    params(("id" = PhoneId, Path, description = "The phone")),
    responses(
        (status = 200, body = Withdrawals),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn report(
    State(app): State<Shared>,
    LeadOrAdministrator(lead): LeadOrAdministrator,
    PathId(phone): PathId<PhoneId>,
) -> Result<Answer<Withdrawals>, Failure> {
    app.write(&Lose { lead, phone }).await.map(Answer)
}

struct Lose {
    lead: Option<TeamLead>,
    phone: PhoneId,
}

impl Write for Lose {
    type Output = Withdrawals;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Withdrawals, Failure> {
        take_turn(tx).await?;
        self.check_own(tx).await?;
        let done = sqlx::query("UPDATE phones SET withdrawn_ms = $1 WHERE id = $2 AND withdrawn_ms IS NULL")
            .bind(ms(app.now()))
            .bind(self.phone.to_string())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 1 {
            self.bar(app, tx).await?;
        }
        Ok(Withdrawals { phones: by_loss(self.phone, tx).await? })
    }
}

impl Lose {
    async fn bar(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let entry = Entry {
            phone: Some(self.phone),
            worker: self.lead.as_ref().map(|lead| lead.worker),
            ..Entry::of_station(app, EventKind::PhoneLost)
        };
        entry.store(app, tx).await?;
        sessions_of(Whose::Phone(self.phone), &WithdrawalReason::PhoneLost, app, tx).await?;
        Ok(())
    }

    async fn check_own(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let phone = self.phone.to_string();
        let row = match &self.lead {
            None => sqlx::query("SELECT id FROM phones WHERE id = $1").bind(phone).fetch_optional(tx).await?,
            Some(lead) => {
                sqlx::query(
                    "SELECT phone_id AS id FROM sessions WHERE phone_id = $1 AND team_id = $2 LIMIT 1",
                )
                .bind(phone)
                .bind(lead.team.to_string())
                .fetch_optional(tx)
                .await?
            }
        };
        row.map(|_| ()).ok_or_else(|| problem(code::NOT_FOUND).into())
    }
}
