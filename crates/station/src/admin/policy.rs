//! `POST /v1/teams/{id}/policy`: how soon a team's phones lock, and what may be read on their locked screens.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::admin::SetPhonePolicy;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::TeamId;
use terskel_model::event::EventKind;
use terskel_model::phone_policy::{LOCK_AFTER_S, NoticePolicy, PhonePolicy};

use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Administrator;
use crate::db::{Columns, Write};
use crate::dispatch::next_revision;
use crate::extract::{Json, PathId};
use crate::problem::{Failure, invalid, refuse};

/// Decides about a team's phones. Those that are on shift hear of it at once.
#[utoipa::path(
    post, path = path::TEAM_POLICY, tag = "administration", security(("bearer" = [])),
    params(("id" = TeamId, Path, description = "The team")), request_body = SetPhonePolicy,
    responses(
        (status = 200, body = PhonePolicy),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn set_policy(
    State(app): State<Shared>,
    _: Administrator,
    PathId(team): PathId<TeamId>,
    Json(request): Json<SetPhonePolicy>,
) -> Result<Answer<PhonePolicy>, Failure> {
    if !LOCK_AFTER_S.contains(&request.lock_after_s) {
        return Err(invalid("lock_after_s", "must be 30 to 3600 seconds"));
    }
    if let NoticePolicy::Unknown(_) = request.notices {
        return Err(invalid("notices", "must be none, initials or full"));
    }
    let policy = PhonePolicy { lock_after_s: request.lock_after_s, notices: request.notices };
    app.write(&SetPolicy { team, policy: policy.clone() }).await?;
    Ok(Answer(policy))
}

/// A team's policy, of its row.
pub(crate) fn policy(row: &AnyRow) -> sqlx::Result<PhonePolicy> {
    Ok(PhonePolicy {
        lock_after_s: u32::try_from(row.int("lock_after_s")?).unwrap_or(u32::MAX),
        notices: NoticePolicy::from(row.text("notices")?.as_str()),
    })
}

/// As it is now, and its place in the stream.
pub(crate) async fn policy_of(
    team: TeamId,
    reader: &mut AnyConnection,
) -> Result<(PhonePolicy, i64), Failure> {
    let row = sqlx::query("SELECT lock_after_s, notices, policy_revision FROM teams WHERE id = $1")
        .bind(team.to_string())
        .fetch_one(reader)
        .await?;
    Ok((policy(&row)?, row.int("policy_revision")?))
}

struct SetPolicy {
    team: TeamId,
    policy: PhonePolicy,
}

impl Write for SetPolicy {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let PhonePolicy { lock_after_s, notices } = &self.policy;
        let done = sqlx::query("UPDATE teams SET lock_after_s = $1, notices = $2 WHERE id = $3")
            .bind(i64::from(*lock_after_s))
            .bind(notices.as_str())
            .bind(self.team.to_string())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return refuse(code::NOT_FOUND);
        }
        let entry = Entry {
            reason: Some(format!("{}: {lock_after_s} s, {notices}", self.team)),
            ..Entry::of_station(app, EventKind::PolicyChanged)
        };
        entry.store(app, tx).await?;
        let revision = next_revision(tx).await?;
        sqlx::query("UPDATE teams SET policy_revision = $1 WHERE id = $2")
            .bind(revision)
            .bind(self.team.to_string())
            .execute(tx)
            .await?;
        Ok(())
    }
}
