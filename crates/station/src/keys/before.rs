//! What a phone has been given for a home and may still use, where the station fails at issuing: a home left out of a bundle
//! would take good keys from the phone.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::Bytes;
use terskel_api::dispatch::IssuedKey;
use terskel_model::ResidentId;
use terskel_model::permission::Because;

use super::Rung;
use crate::app::App;
use crate::auth::PhoneSession;
use crate::db::{Columns, ms};
use crate::permission::Home;
use crate::problem::Failure;

/// The keys of the shift that have not ended, were not taken back, and are for once only where the door has not been opened.
/// `None`: there are none.
pub(super) async fn given_before(
    session: &PhoneSession,
    resident: ResidentId,
    app: &App,
) -> Result<Option<(Home, Vec<Rung>)>, Failure> {
    let mut reader = app.reader().await?;
    let keys = keys(session, resident, app, &mut reader).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    Ok(Home::load(app, resident, &mut reader).await?.map(|home| (home, keys)))
}

async fn keys(
    session: &PhoneSession,
    resident: ResidentId,
    app: &App,
    reader: &mut AnyConnection,
) -> Result<Vec<Rung>, Failure> {
    let rows = sqlx::query(
        "SELECT k.id, k.lock_id, k.door_id, k.signed, k.permission_id, k.break_glass_id, u.key_id AS once
         FROM resident_doors rd JOIN doors d ON d.id = rd.door_id
         JOIN issued_keys k ON k.door_id = d.id AND k.lock_id = d.lock_id
         LEFT JOIN permission_uses u ON u.key_id = k.id
         WHERE rd.resident_id = $1 AND k.phone_id = $2 AND k.worker_id = $3 AND k.expires_ms > $4 AND k.dispatch_id IS NULL
         AND k.withdrawn_ms IS NULL AND k.entry_plan <> 'refused' AND u.opened_ms IS NULL ORDER BY rd.position, k.id",
    )
    .bind(resident.to_string())
    .bind(session.phone.to_string())
    .bind(session.worker.to_string())
    .bind(ms(app.now()))
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(rung).collect::<sqlx::Result<_>>()?)
}

fn rung(row: &AnyRow) -> sqlx::Result<Rung> {
    Ok(Rung {
        key: IssuedKey {
            id: row.id("id")?,
            lock: row.id("lock_id")?,
            door: row.id("door_id")?,
            key: Bytes(row.bytes("signed")?),
        },
        because: Because {
            permission: row.id_or_none("permission_id")?,
            dispatch: None,
            break_glass: row.id_or_none("break_glass_id")?,
        },
        once: row.text_or_none("once")?.is_some(),
    })
}
