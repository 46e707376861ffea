//! What was written down before there was a log is taken into it, in the order in which it was stored.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_keys::audit::{Body, StationEvent, Told, ToldByPhone};
use terskel_keys::event::chain_hash;

use super::enter;
use crate::app::App;
use crate::db::{Columns, Write};
use crate::problem::Failure;

/// So many at a time: a transaction that takes long keeps others from writing.
const AT_ONCE: i64 = 500;

/// Takes in all of it; afterwards there is never any again.
pub(crate) async fn take_in_backlog(app: &App) -> Result<(), Failure> {
    while app.write(&TakeIn).await? > 0 {}
    Ok(())
}

struct TakeIn;

impl Write for TakeIn {
    /// How many.
    type Output = usize;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<usize, Failure> {
        // Of two nodes that start at the same time, the second waits for the first and then finds less.
        sqlx::query("UPDATE log_head SET size = size WHERE one = 1").execute(&mut *tx).await?;
        let rows = sqlx::query(
            "SELECT b.place, b.event_id, a.at_ms, a.kind, a.dispatch_id, a.worker_id, a.phone_id, a.door_id,
             a.operation, a.outcome, a.reason, a.key_id, a.proof, a.stored_ms, e.signed, e.chain_ok, e.refused,
             e.stored_ms AS taken_ms
             FROM log_backlog b LEFT JOIN audit a ON a.id = b.event_id LEFT JOIN phone_events e ON e.id = b.event_id
             ORDER BY b.place LIMIT $1",
        )
        .bind(AT_ONCE)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            enter(app, tx, &[body(row)?]).await?;
            sqlx::query("DELETE FROM log_backlog WHERE place = $1")
                .bind(row.int("place")?)
                .execute(&mut *tx)
                .await?;
        }
        Ok(rows.len())
    }
}

fn body(row: &AnyRow) -> Result<Body, Failure> {
    let told_by_phone = row.bytes_or_none("signed")?;
    let stored_at = if told_by_phone.is_some() { row.time("taken_ms")? } else { row.time("stored_ms")? };
    let told = match told_by_phone {
        Some(signed) => Told::ByPhone(ToldByPhone {
            proof: row.text_or_none("proof")?.as_deref().map(Into::into),
            signed: chain_hash(&signed),
            chained: row.int("chain_ok")? == 1,
            refused: row.text_or_none("refused")?,
        }),
        None => Told::ByStation(station_event(row)?),
    };
    Ok(Body { id: row.id("event_id")?, stored_at, told })
}

fn station_event(row: &AnyRow) -> sqlx::Result<StationEvent> {
    Ok(StationEvent {
        at: row.time("at_ms")?,
        kind: row.text("kind")?.as_str().into(),
        proof: row.text("proof")?.as_str().into(),
        dispatch: row.id_or_none("dispatch_id")?,
        worker: row.id_or_none("worker_id")?,
        phone: row.id_or_none("phone_id")?,
        door: row.id_or_none("door_id")?,
        operation: row.text_or_none("operation")?.as_deref().map(Into::into),
        outcome: row.text_or_none("outcome")?.as_deref().map(Into::into),
        reason: row.text_or_none("reason")?,
        key: row.id_or_none("key_id")?,
        document: None,
        permission: None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    use super::*;
    use crate::db::dialect::sqlite_url;
    use crate::db::migrations::database_at;
    use crate::station::{Config, open};

    const OLD_ROWS: &str = "
        INSERT INTO phones (id, name, signing_key, sealing_key, enrolled_ms)
        VALUES ('00000000-0000-0000-0000-000000000001', 'Pixel', x'04', x'04', 5);
        INSERT INTO audit (id, at_ms, stored_ms, kind, reason, proof)
        VALUES ('00000000-0000-0000-0000-00000000000a', 10, 11, 'signed_in', NULL, 'station');
        INSERT INTO audit (id, at_ms, stored_ms, kind, phone_id, proof)
        VALUES ('00000000-0000-0000-0000-00000000000b', 12, 14, 'checked_in',
                '00000000-0000-0000-0000-000000000001', 'hub_receipt');
        INSERT INTO phone_events (id, phone_id, sequence, hash, chain_ok, refused, signed, stored_ms)
        VALUES ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000001', 1, 'aa', 1, NULL,
                x'0b', 14);
        INSERT INTO phone_events (id, phone_id, sequence, hash, chain_ok, refused, signed, stored_ms)
        VALUES ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000001', 3, 'bb', 0, 'closed',
                x'0c', 12);";

    fn told(proof: Option<&str>, signed: &[u8], chained: bool, refused: Option<&str>) -> Told {
        Told::ByPhone(ToldByPhone {
            proof: proof.map(Into::into),
            signed: chain_hash(signed),
            chained,
            refused: refused.map(str::to_owned),
        })
    }

    #[tokio::test]
    async fn what_an_earlier_version_wrote_down_is_in_the_log_after_the_first_start_and_once() {
        let data = tempfile::tempdir().unwrap();
        let mut old = database_at(2, &sqlite_url(data.path())).await;
        sqlx::raw_sql(OLD_ROWS).execute(&mut old).await.unwrap();
        let config = Config::new(data.path().to_owned());
        for _ in 0..2 {
            let app = open(&config, Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1))).await.unwrap();
            let rows = sqlx::query("SELECT position, body FROM log_entries ORDER BY position")
                .fetch_all(&mut *app.reader().await.unwrap())
                .await
                .unwrap();
            let bodies: Vec<Body> =
                rows.iter().map(|row| Body::parse(&row.bytes("body").unwrap()).unwrap()).collect();
            let of = |body: &Body| (body.id.0.as_u128(), body.stored_at.timestamp_millis());
            assert_eq!(bodies.iter().map(of).collect::<Vec<_>>(), [(0xa, 11), (0xc, 12), (0xb, 14)]);
            assert!(matches!(&bodies[0].told, Told::ByStation(event) if event.at.timestamp_millis() == 10));
            assert_eq!(bodies[1].told, told(None, &[0x0c], false, Some("closed")));
            assert_eq!(bodies[2].told, told(Some("hub_receipt"), &[0x0b], true, None));
            assert_eq!(rows[2].int("position").unwrap(), 2);
            app.db.close().await;
        }
    }
}
