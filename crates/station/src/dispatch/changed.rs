//! The order of changes: one counter row, moved in the transaction of the change. Its row lock is held until commit,
//! so revisions become visible in their order and a reader who has seen one has missed none before it. Always the
//! last thing a transaction locks.

use sqlx::AnyConnection;
use terskel_model::DispatchId;

use crate::db::Columns;
use crate::problem::Failure;

/// The next place in the stream.
pub(crate) async fn next_revision(tx: &mut AnyConnection) -> Result<i64, Failure> {
    let row =
        sqlx::query("UPDATE stream_head SET seq = seq + 1 WHERE one = 1 RETURNING seq").fetch_one(tx).await?;
    Ok(row.int("seq")?)
}

/// Puts the dispatch at the head of the stream.
pub(crate) async fn changed(tx: &mut AnyConnection, dispatch: DispatchId) -> Result<(), Failure> {
    let revision = next_revision(tx).await?;
    sqlx::query("UPDATE dispatches SET revision = $1 WHERE id = $2")
        .bind(revision)
        .bind(dispatch.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
