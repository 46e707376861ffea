//! How it stands with what is fetched for a lock, for its lead.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::lock::FetchedToken;
use terskel_model::LockId;
use terskel_model::digital_key::KeyWanting;
use terskel_model::door::LockFamily;

use crate::app::App;
use crate::db::Columns;
use crate::problem::Failure;

/// `None`: the lock has the secret that it was given.
pub(crate) async fn status(
    lock: LockId,
    family: &LockFamily,
    app: &App,
    reader: &mut AnyConnection,
) -> Result<Option<FetchedToken>, Failure> {
    let row = sqlx::query(
        "SELECT until_ms, fetched_ms, refused_ms, failure, failed_ms FROM fetched_secrets
         WHERE lock_id = $1 AND given = 0",
    )
    .bind(lock.to_string())
    .fetch_optional(reader)
    .await?;
    Ok(row.map(|row| token(&row, family, app)).transpose()?)
}

fn token(row: &AnyRow, family: &LockFamily, app: &App) -> sqlx::Result<FetchedToken> {
    let of_lock = row.text_or_none("failure")?.map(|failure| KeyWanting::from(failure.as_str()));
    let (failure, failing_since) = match app.sources.trouble(family) {
        Some(trouble) => (Some(trouble), app.sources.failing_since(family)),
        None => (of_lock, row.time_or_none("failed_ms")?),
    };
    Ok(FetchedToken {
        fetched_at: row.time_or_none("fetched_ms")?,
        good_until: row.time_or_none("until_ms")?,
        refused_at: row.time_or_none("refused_ms")?,
        failure,
        failing_since,
    })
}
