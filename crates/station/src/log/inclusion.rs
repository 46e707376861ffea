//! `GET /v1/log/inclusion?event=&size=`: that an event is in the log. For the lead of the team whose dispatch it was.

use axum::extract::State;
use axum::response::Json;
use terskel_api::log::InclusionProof;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::{Bytes, path};
use terskel_keys::log::{Node, Plan};
use terskel_model::EventId;

use super::consistency::check_size;
use super::proof::{Hashes, read};
use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::extract::Parameters;
use crate::problem::{Failure, invalid, problem};

/// Proves that an event is in the log of `size` entries.
#[utoipa::path(
    get, path = path::LOG_INCLUSION, tag = "log", security(("dpop" = []), ("bearer" = [])),
    params(
        ("event" = EventId, Query, description = "The event"),
        ("size" = u64, Query, description = "Size of the log: that of the checkpoint to check against"),
    ),
    responses(
        (status = 200, body = InclusionProof),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn inclusion(
    State(app): State<Shared>,
    lead: TeamLead,
    query: Parameters,
) -> Result<Json<InclusionProof>, Failure> {
    let (event, size): (EventId, u64) = (query.required("event")?, query.required("size")?);
    check_size(&app, "size", size).await?;
    let mut reader = app.reader().await?;
    let position = sqlx::query(
        "SELECT l.position FROM log_entries l JOIN audit a ON a.id = l.event_id
         JOIN dispatches d ON d.id = a.dispatch_id WHERE l.event_id = $1 AND d.team_id = $2",
    )
    .bind(event.to_string())
    .bind(lead.team.to_string())
    .fetch_optional(&mut *reader)
    .await?
    .ok_or_else(|| problem(code::NOT_FOUND))?
    .int("position")?;
    let index = u64::try_from(position).unwrap_or(u64::MAX);
    let plan = Plan::inclusion(index, size)
        .ok_or_else(|| invalid("size", format!("is too small: the event is number {index}")))?;
    let leaf = read(Node { level: 0, index }, &mut reader).await?;
    let hashes = Hashes::default().prove(&plan, &mut reader).await?;
    Ok(Json(InclusionProof {
        event,
        index,
        size,
        leaf: Bytes(leaf.to_vec()),
        hashes: hashes.iter().map(|hash| Bytes(hash.to_vec())).collect(),
    }))
}
