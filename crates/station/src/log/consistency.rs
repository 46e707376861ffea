//! `GET /v1/log/consistency?from=&to=`, for anybody: that the log has only grown. It tells nothing but hashes.

use axum::extract::State;
use axum::response::Json;
use terskel_api::log::ConsistencyProof;
use terskel_api::problem::ProblemDetails;
use terskel_api::{Bytes, path};
use terskel_keys::log::Plan;

use super::proof::Hashes;
use crate::app::{App, Shared};
use crate::db::Columns;
use crate::extract::Parameters;
use crate::problem::{Failure, invalid};

/// Proves that the log of `to` entries begins with the log of `from` entries.
#[utoipa::path(
    get, path = path::LOG_CONSISTENCY, tag = "log",
    params(
        ("from" = u64, Query, description = "Size of the earlier log"),
        ("to" = u64, Query, description = "Size of the later log"),
    ),
    responses(
        (status = 200, body = ConsistencyProof),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn consistency(
    State(app): State<Shared>,
    query: Parameters,
) -> Result<Json<ConsistencyProof>, Failure> {
    let (from, to) = (query.required("from")?, query.required("to")?);
    check_size(&app, "to", to).await?;
    let plan = Plan::consistency(from, to).ok_or_else(|| invalid("from", "is larger than to"))?;
    let hashes = Hashes::default().prove(&plan, &mut *app.reader().await?).await?;
    Ok(Json(ConsistencyProof { from, to, hashes: hashes.iter().map(|hash| Bytes(hash.to_vec())).collect() }))
}

/// The log must have had that size.
pub(super) async fn check_size(app: &App, field: &str, size: u64) -> Result<(), Failure> {
    let row =
        sqlx::query("SELECT size FROM log_head WHERE one = 1").fetch_one(&mut *app.reader().await?).await?;
    let fits = u64::try_from(row.int("size")?).is_ok_and(|now| size <= now);
    if fits { Ok(()) } else { Err(invalid(field, "is larger than the log")) }
}
