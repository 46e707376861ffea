//! A dispatch with everything that any viewer of it may see, from the database.

use std::sync::OnceLock;

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::dispatch::{Door, Hub, Lock, PhysicalKey, Resident};
use terskel_api::{Bytes, Secret};
use terskel_model::dispatch::{Cause, DispatchPhase, DispatchState, Holder};
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{DispatchId, DoorId, PhoneId, TeamId, Timestamp, WorkerId};

use crate::app::App;
use crate::db::Columns;
use crate::problem::Failure;

/// Why somebody went without a dispatch: the only reason that makes a visit the answer to one.
pub(crate) const CALLED: &str = "called";
/// An alarm that is older than this when such a visit begins is another matter. Milliseconds.
pub(crate) const CALLED_BEFORE_MS: i64 = 60 * 60 * 1000;

/// A dispatch, before it is cut to what one viewer may see.
pub(crate) struct Loaded {
    pub(crate) id: DispatchId,
    pub(crate) team: TeamId,
    pub(crate) revision: i64,
    pub(crate) state: DispatchState,
    pub(crate) cause: Cause,
    pub(crate) note: String,
    pub(crate) raised_at: Timestamp,
    pub(crate) accept_by: Timestamp,
    pub(crate) arrive_by: Option<Timestamp>,
    pub(crate) unanswered_since: Option<Timestamp>,
    pub(crate) arrived_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) accepted_by: Option<String>,
    /// The own visit that it was joined with.
    pub(crate) visit: Option<DispatchId>,
    /// Visits to the same home, begun after a phone call, of workers who were not first. Each stays its worker's own.
    pub(crate) beside: Vec<Beside>,
    pub(crate) resident: Resident,
    pub(crate) doors: Vec<Door>,
    pub(crate) hub: Option<Hub>,
    pub(crate) declined: Vec<(PhoneId, WorkerId)>,
    /// What all who have no part of their own in it are sent, written once: `[hidden, readable]`.
    pub(super) common: [OnceLock<String>; 2],
}

/// A visit of somebody who was not first.
pub(crate) struct Beside {
    pub(crate) visit: DispatchId,
    pub(crate) by: Holder,
}

/// Reads it. `None`: there is no such dispatch.
pub(crate) async fn load(
    app: &App,
    reader: &mut AnyConnection,
    id: DispatchId,
) -> Result<Option<Loaded>, Failure> {
    let row = sqlx::query(
        "SELECT d.team_id, d.cause, d.note, d.raised_ms, d.phase, d.accept_by_ms, d.unanswered_ms, d.worker_id,
         d.phone_id, d.accepted_ms, d.arrive_by_ms, d.arrived_ms, d.closed_ms, d.revision, w.name AS worker_name,
         r.id AS resident_id, r.first_name, r.last_name, r.birth_year, r.address, r.town, r.phone_number, r.way_in,
         (SELECT v.id FROM own_visits v WHERE v.dispatch_id = d.id) AS visit_id, h.id AS hub_id, h.address AS hub_address, h.public_key
         FROM dispatches d JOIN residents r ON r.id = d.resident_id LEFT JOIN workers w ON w.id = d.worker_id
         LEFT JOIN hubs h ON h.id = r.hub_id
         WHERE d.id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state = state(&row)?;
    // While nobody has it, nobody is second.
    let beside = if state.holder().is_some() { beside(reader, id).await? } else { Vec::new() };
    Ok(Some(Loaded {
        beside,
        id,
        team: row.id("team_id")?,
        revision: row.int("revision")?,
        state,
        cause: Cause::from(row.text("cause")?.as_str()),
        note: row.text("note")?,
        raised_at: row.time("raised_ms")?,
        accept_by: row.time("accept_by_ms")?,
        arrive_by: row.time_or_none("arrive_by_ms")?,
        unanswered_since: row.time_or_none("unanswered_ms")?,
        arrived_at: row.time_or_none("arrived_ms")?,
        closed_at: row.time_or_none("closed_ms")?,
        accepted_by: row.text_or_none("worker_name")?,
        visit: row.id_or_none("visit_id")?,
        doors: doors(app, reader, &row.text("resident_id")?).await?,
        declined: declined(reader, id).await?,
        resident: resident(&row)?,
        hub: hub(&row)?,
        common: [OnceLock::new(), OnceLock::new()],
    }))
}

async fn beside(reader: &mut AnyConnection, id: DispatchId) -> Result<Vec<Beside>, Failure> {
    let rows = sqlx::query(
        "SELECT v.id, v.worker_id, v.phone_id FROM dispatches d JOIN own_visits v ON v.resident_id = d.resident_id
         WHERE d.id = $1 AND v.reason = $2 AND v.dispatch_id IS NULL AND v.closed_ms IS NULL
           AND d.received_ms >= v.begun_ms - $3 AND (d.closed_ms IS NULL OR d.closed_ms >= v.begun_ms)",
    )
    .bind(id.to_string())
    .bind(CALLED)
    .bind(CALLED_BEFORE_MS)
    .fetch_all(reader)
    .await?;
    let of = |row: &AnyRow| {
        let by = Holder { worker: row.id("worker_id")?, phone: row.id("phone_id")? };
        Ok(Beside { visit: row.id("id")?, by })
    };
    rows.iter().map(of).collect()
}

/// Where a dispatch stands, with its row locked until the transaction ends where the database can do that.
pub(crate) async fn load_state(
    tx: &mut AnyConnection,
    id: DispatchId,
) -> Result<Option<DispatchState>, Failure> {
    // An update that changes nothing takes the row lock in both databases.
    let row = sqlx::query(
        "UPDATE dispatches SET phase = phase WHERE id = $1
         RETURNING phase, accept_by_ms, worker_id, phone_id, accepted_ms, arrive_by_ms, arrived_ms, closed_ms",
    )
    .bind(id.to_string())
    .fetch_optional(tx)
    .await?;
    row.as_ref().map(state).transpose()
}

/// The columns of a row of `dispatches` as the model's state.
fn state(row: &AnyRow) -> Result<DispatchState, Failure> {
    const TORN: Failure = Failure::Internal("a dispatch's columns do not fit its phase");
    let phase = DispatchPhase::from(row.text("phase")?.as_str());
    if phase == DispatchPhase::Open {
        return Ok(DispatchState::Open { accept_by: row.time("accept_by_ms")? });
    }
    let by = Holder {
        worker: row.id_or_none("worker_id")?.ok_or(TORN)?,
        phone: row.id_or_none("phone_id")?.ok_or(TORN)?,
    };
    let accepted_at = row.time_or_none("accepted_ms")?.ok_or(TORN)?;
    match phase {
        DispatchPhase::Accepted => Ok(DispatchState::Accepted {
            by,
            at: accepted_at,
            arrive_by: row.time_or_none("arrive_by_ms")?.ok_or(TORN)?,
        }),
        DispatchPhase::Arrived => {
            let at = row.time_or_none("arrived_ms")?.ok_or(TORN)?;
            Ok(DispatchState::Arrived { by, accepted_at, at })
        }
        DispatchPhase::Closed => {
            let at = row.time_or_none("closed_ms")?.ok_or(TORN)?;
            Ok(DispatchState::Closed { by, accepted_at, at })
        }
        DispatchPhase::Open | DispatchPhase::Unknown(_) => Err(TORN),
    }
}

/// From the columns of `residents`, the id as `resident_id`.
pub(crate) fn resident(row: &AnyRow) -> sqlx::Result<Resident> {
    use sqlx::Row;
    Ok(Resident {
        id: row.id("resident_id")?,
        first_name: row.text("first_name")?,
        last_name: row.text("last_name")?,
        birth_year: row.try_get::<Option<i64>, _>("birth_year")?.and_then(|year| u16::try_from(year).ok()),
        address: row.text("address")?,
        town: row.text("town")?,
        phone_number: row.text("phone_number")?,
        way_in: row.text("way_in")?,
    })
}

/// The hub in a home, of a row that has `hub_id`, `hub_address` and `public_key`.
pub(crate) fn hub(row: &AnyRow) -> sqlx::Result<Option<Hub>> {
    let Some(id) = row.id_or_none("hub_id")? else { return Ok(None) };
    Ok(Some(Hub { id, address: row.text("hub_address")?, public_key: Bytes(row.bytes("public_key")?) }))
}

/// The doors on the way to a resident, in the order one comes to them.
pub(crate) async fn doors(
    app: &App,
    reader: &mut AnyConnection,
    resident: &str,
) -> Result<Vec<Door>, Failure> {
    let rows = sqlx::query(
        "SELECT d.id, d.kind, d.name, d.code_sealed, d.key_cabinet, d.key_tag, l.id AS lock_id, l.family,
         l.address AS lock_address, l.device_id, (SELECT max(entry) FROM lock_log WHERE lock_id = l.id) AS logged
         FROM resident_doors rd JOIN doors d ON d.id = rd.door_id LEFT JOIN locks l ON l.id = d.lock_id
         WHERE rd.resident_id = $1 ORDER BY rd.position",
    )
    .bind(resident)
    .fetch_all(reader)
    .await?;
    rows.iter().map(|row| door(app, row)).collect()
}

fn door(app: &App, row: &AnyRow) -> Result<Door, Failure> {
    use sqlx::Row;
    let id: DoorId = row.id("id")?;
    let code = row.try_get::<Option<Vec<u8>>, _>("code_sealed")?;
    let code = code.map(|sealed| app.seal.open(id.0, &sealed)).transpose()?;
    let key = row.text_or_none("key_cabinet")?.zip(row.text_or_none("key_tag")?);
    Ok(Door {
        id,
        kind: DoorKind::from(row.text("kind")?.as_str()),
        name: row.text("name")?,
        lock: lock(row)?,
        code: code.map(|code| Secret::new(String::from_utf8_lossy(&code))),
        physical_key: key.map(|(cabinet, tag)| PhysicalKey { cabinet, tag }),
    })
}

/// The lock in a door, of a row that has `lock_id`, `family`, `lock_address`, `device_id` and `logged`.
pub(crate) fn lock(row: &AnyRow) -> sqlx::Result<Option<Lock>> {
    let Some(id) = row.id_or_none("lock_id")? else { return Ok(None) };
    let logged = sqlx::Row::try_get::<Option<i64>, _>(row, "logged")?;
    Ok(Some(Lock {
        id,
        family: LockFamily::from(row.text("family")?.as_str()),
        address: row.text("lock_address")?,
        device_id: row.text("device_id")?,
        log_after: logged.and_then(|entry| u32::try_from(entry).ok()).unwrap_or(0),
    }))
}

async fn declined(reader: &mut AnyConnection, id: DispatchId) -> Result<Vec<(PhoneId, WorkerId)>, Failure> {
    let rows = sqlx::query("SELECT phone_id, worker_id FROM declines WHERE dispatch_id = $1")
        .bind(id.to_string())
        .fetch_all(reader)
        .await?;
    Ok(rows.iter().map(|row| Ok((row.id("phone_id")?, row.id("worker_id")?))).collect::<sqlx::Result<_>>()?)
}
