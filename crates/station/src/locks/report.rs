//! A phone tells what it has learnt of a lock.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_locks::family::{FAMILIES, find};
use terskel_model::door::LockFamily;
use terskel_model::event::{PhoneEvent, Proof};
use terskel_model::lock_report::{LockReport, LoggedOperation};
use terskel_model::{DispatchId, LockId};

use crate::app::App;
use crate::check;
use crate::db::{Columns, ms};
use crate::keys::entries;
use crate::problem::{Failure, invalid, refuse};

/// The most log entries in one report.
const MOST_ENTRIES: usize = 50;

/// Keeps the report as the last word, unless a later one is here; keeps the log, and the certificate first seen.
pub(crate) async fn reported(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let report = event.lock.as_ref().ok_or_else(|| invalid("lock", "is missing"))?;
    check_report(report)?;
    match dispatch {
        Some(dispatch) => on_the_way(dispatch, report.lock, tx).await?,
        None => had_key(event, report.lock, tx).await?,
    }
    for entry in &report.log {
        store_entry(report.lock, entry, app, tx).await?;
    }
    for entry in &report.entries {
        entries::told(entry, report.lock, event, app, tx).await?;
    }
    if let Some(fingerprint) = &report.fingerprint {
        pin(report.lock, fingerprint, app, tx).await?;
    }
    let kept = LockReport { log: Vec::new(), entries: Vec::new(), ..report.clone() };
    let text =
        serde_json::to_string(&kept).map_err(|_| Failure::Internal("a report could not be written"))?;
    sqlx::query(
        "INSERT INTO lock_reports (lock_id, at_ms, report) VALUES ($1, $2, $3)
         ON CONFLICT (lock_id) DO UPDATE SET at_ms = excluded.at_ms, report = excluded.report
         WHERE lock_reports.at_ms <= excluded.at_ms",
    )
    .bind(report.lock.to_string())
    .bind(ms(event.at))
    .bind(text)
    .execute(tx)
    .await?;
    Ok(Proof::PhoneSignature)
}

/// What a phone can have learnt.
pub(crate) fn check_report(report: &LockReport) -> Result<(), Failure> {
    if report.battery_percent.is_some_and(|percent| percent > 100) {
        return Err(invalid("lock.battery_percent", "is more than 100"));
    }
    check::optional("lock.firmware", report.firmware.as_deref().unwrap_or_default(), 100)?;
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if report.fingerprint.as_deref().is_some_and(|text| !hex(text)) {
        return Err(invalid("lock.fingerprint", "must be 64 lower-case hex digits"));
    }
    if report.log.len() > MOST_ENTRIES {
        return Err(invalid("lock.log", format!("has more than {MOST_ENTRIES} entries")));
    }
    if report.entries.len() > MOST_ENTRIES {
        return Err(invalid("lock.entries", format!("are more than {MOST_ENTRIES}")));
    }
    for entry in &report.entries {
        check::required("lock.entries.name", &entry.name, 100)?;
    }
    for entry in &report.log {
        check::optional("lock.log.by", &entry.by, 100)?;
        check::required("lock.log.operation", entry.operation.as_str(), 100)?;
    }
    Ok(())
}

/// Without a dispatch, the phone must have had a key for the lock.
async fn had_key(event: &PhoneEvent, lock: LockId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT id FROM issued_keys WHERE phone_id = $1 AND worker_id = $2 AND lock_id = $3 LIMIT 1",
    )
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(lock.to_string())
    .fetch_optional(tx)
    .await?;
    if row.is_some() { Ok(()) } else { refuse(code::NOT_FOUND) }
}

/// The lock must be on the way of the event's dispatch.
async fn on_the_way(dispatch: DispatchId, lock: LockId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT d.id FROM doors d JOIN resident_doors rd ON rd.door_id = d.id
         JOIN dispatches p ON p.resident_id = rd.resident_id WHERE p.id = $1 AND d.lock_id = $2 LIMIT 1",
    )
    .bind(dispatch.to_string())
    .bind(lock.to_string())
    .fetch_optional(tx)
    .await?;
    if row.is_some() { Ok(()) } else { refuse(code::NOT_FOUND) }
}

/// Two phones may bring the same entry home: it is one.
async fn store_entry(
    lock: LockId,
    entry: &LoggedOperation,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO lock_log (lock_id, entry, at_ms, by_name, operation, done, stored_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(lock.to_string())
    .bind(i64::from(entry.index))
    .bind(entry.at.map(ms))
    .bind(&entry.by)
    .bind(entry.operation.as_str())
    .bind(i64::from(entry.done))
    .bind(ms(app.now()))
    .execute(tx)
    .await?;
    Ok(())
}

/// The first certificate of a lock is the one that it must show from now on; keys issued from now on say so. Another
/// one is shown to the lead.
async fn pin(lock: LockId, fingerprint: &str, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query("SELECT family, credential_sealed, certificate_pin FROM locks WHERE id = $1")
        .bind(lock.to_string())
        .fetch_one(&mut *tx)
        .await?;
    if let Some(pinned) = row.text_or_none("certificate_pin")? {
        if pinned != fingerprint {
            sqlx::query("UPDATE locks SET certificate_other = $1 WHERE id = $2")
                .bind(fingerprint)
                .bind(lock.to_string())
                .execute(tx)
                .await?;
        }
        return Ok(());
    }
    let sealed = row.bytes("credential_sealed")?;
    // Erased: the lock has gone out of its door meanwhile, and no key will say so.
    if sealed.is_empty() {
        return Ok(());
    }
    let credential = app.seal.open(lock.0, &sealed)?;
    let family = find(FAMILIES, &LockFamily::from(row.text("family")?.as_str()));
    let pinned = family.and_then(|family| family.pinned(&credential, &unhex(fingerprint)));
    let Some(pinned) = pinned else {
        return Err(invalid("lock.fingerprint", "is none that this lock's family can be held to"));
    };
    sqlx::query(
        "UPDATE locks SET certificate_pin = $1, certificate_pinned_ms = $2, credential_sealed = $3 WHERE id = $4",
    )
    .bind(fingerprint)
    .bind(ms(app.now()))
    .bind(app.seal.seal(lock.0, &pinned, &*app.world)?)
    .bind(lock.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// 64 hex digits, as checked.
fn unhex(text: &str) -> [u8; 32] {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    bytes
}
