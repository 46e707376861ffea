//! Entries go into the log.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_keys::audit::Body;
use terskel_keys::log::{Commitment, Frontier, Salt};

use crate::app::App;
use crate::db::{Columns, in_brackets, ms};
use crate::problem::Failure;

/// So many get their positions in one statement.
const AT_ONCE: usize = 100;

/// Writes entries, which wait for their positions until the transaction ends.
pub(crate) async fn enter(app: &App, tx: &mut AnyConnection, bodies: &[Body]) -> Result<(), Failure> {
    if bodies.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO log_entries (event_id, stored_ms, salt, body) VALUES {}",
        in_brackets(bodies.len(), 4)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for body in bodies {
        query = query
            .bind(body.id.to_string())
            .bind(ms(body.stored_at))
            .bind(Salt::new(&*app.world).0.to_vec())
            .bind(body.to_bytes());
    }
    query.execute(tx).await?;
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
    for entries in waiting.chunks(AT_ONCE) {
        append(tx, &mut head, entries).await?;
    }
    sqlx::query("UPDATE log_head SET size = $1, edge = $2 WHERE one = 1")
        .bind(as_stored(head.size())?)
        .bind(head.to_bytes())
        .execute(tx)
        .await?;
    Ok(())
}

async fn append(tx: &mut AnyConnection, head: &mut Frontier, entries: &[AnyRow]) -> Result<(), Failure> {
    // Both databases call the columns of VALUES so.
    let sql = format!(
        "UPDATE log_entries SET position = placed.column2, hashes = placed.column3 FROM (VALUES {}) AS placed
         WHERE arrival = placed.column1",
        in_brackets(entries.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for entry in entries {
        let salt =
            entry.bytes("salt")?.try_into().map_err(|_| Failure::Internal("a stored salt is too short"))?;
        let leaf = Commitment::to(&entry.bytes("body")?, &Salt(salt)).leaf();
        let position = as_stored(head.size())?;
        query = query.bind(entry.int("arrival")?).bind(position).bind(head.append(leaf).concat());
    }
    query.execute(tx).await?;
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
