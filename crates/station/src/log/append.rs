//! Entries go into the log.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_keys::audit::Body;
use terskel_keys::log::{Commitment, Frontier, Salt};

use crate::app::App;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// Writes an entry, which waits for its position until the transaction ends.
pub(crate) async fn enter(app: &App, tx: &mut AnyConnection, body: &Body) -> Result<(), Failure> {
    sqlx::query("INSERT INTO log_entries (event_id, stored_ms, salt, body) VALUES ($1, $2, $3, $4)")
        .bind(body.id.to_string())
        .bind(ms(body.stored_at))
        .bind(Salt::new(&*app.world).0.to_vec())
        .bind(body.to_bytes())
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives the entries of this transaction their positions. Nobody sees an entry that waits but the transaction that has
/// written it: every transaction ends with this.
pub(crate) async fn append_waiting(tx: &mut AnyConnection) -> Result<(), Failure> {
    let waiting =
        sqlx::query("SELECT arrival, salt, body FROM log_entries WHERE position IS NULL ORDER BY arrival")
            .fetch_all(&mut *tx)
            .await?;
    if waiting.is_empty() {
        return Ok(());
    }
    // An update that changes nothing keeps the row until the transaction ends: the next one waits.
    let row = sqlx::query("UPDATE log_head SET size = size WHERE one = 1 RETURNING size, edge")
        .fetch_one(&mut *tx)
        .await?;
    let mut head = head(&row)?;
    for entry in waiting {
        append(tx, &mut head, &entry).await?;
    }
    sqlx::query("UPDATE log_head SET size = $1, edge = $2 WHERE one = 1")
        .bind(as_stored(head.size())?)
        .bind(head.to_bytes())
        .execute(tx)
        .await?;
    Ok(())
}

async fn append(tx: &mut AnyConnection, head: &mut Frontier, entry: &AnyRow) -> Result<(), Failure> {
    let salt =
        entry.bytes("salt")?.try_into().map_err(|_| Failure::Internal("a stored salt is too short"))?;
    let leaf = Commitment::to(&entry.bytes("body")?, &Salt(salt)).leaf();
    let position = as_stored(head.size())?;
    sqlx::query("UPDATE log_entries SET position = $1, hashes = $2 WHERE arrival = $3")
        .bind(position)
        .bind(head.append(leaf).concat())
        .bind(entry.int("arrival")?)
        .execute(tx)
        .await?;
    Ok(())
}

/// The log's head, from columns `size` and `edge`.
pub(super) fn head(row: &AnyRow) -> Result<Frontier, Failure> {
    let size = row.int("size")?.try_into().unwrap_or(0);
    Frontier::from_bytes(size, &row.bytes("edge")?).ok_or(Failure::Internal("the log's head does not read"))
}

pub(super) fn as_stored(size: u64) -> Result<i64, Failure> {
    size.try_into().map_err(|_| Failure::Internal("the log is full"))
}
