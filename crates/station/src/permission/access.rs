//! `GET /v1/residents/{id}/access`: who can get into a home right now, and why.

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::dispatch::Door;
use terskel_api::path;
use terskel_api::permission::{AccessNow, Because, HomeAccess, KeyOut, NoAccessNow};
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::door::Operation;
use terskel_model::permission::{Decision, Denial, Permission, decide};
use terskel_model::{ResidentId, Timestamp};

use super::list::given;
use super::load::{covering, permission};
use super::person::on_duty;
use super::{Home, Person};
use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::extract::PathId;
use crate::problem::{Failure, problem};

/// Asks for everybody on a shift what [`decide`] would say if they wanted to open each door with a lock.
#[utoipa::path(
    get, path = path::HOME_ACCESS, tag = "permissions", security(("dpop" = []), ("bearer" = [])),
    params(("id" = ResidentId, Path, description = "The resident")),
    responses(
        (status = 200, body = HomeAccess),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn access(
    State(app): State<Shared>,
    lead: TeamLead,
    PathId(resident): PathId<ResidentId>,
) -> Result<Json<HomeAccess>, Failure> {
    let (mut reader, at) = (app.reader().await?, app.now());
    let home = Home::load(&app, resident, &mut reader).await?;
    let home =
        home.filter(|home| home.residence.team == lead.team).ok_or_else(|| problem(code::NOT_FOUND))?;
    let rows = covering(resident, at, &mut reader).await?;
    let permissions = rows.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
    let (mut now, mut not_now) = (Vec::new(), Vec::new());
    let people = on_duty(at, &mut reader).await?;
    // Who is signed in on several phones, or on several shifts, can do what any of them can.
    for same in people.chunk_by(|a, b| a.worker == b.worker) {
        for door in home.doors.iter().filter(|door| door.lock.is_some()) {
            let (granted, denied): (Vec<_>, Vec<_>) =
                same.iter().map(|person| ask(&home, person, door, &permissions, at)).partition(Result::is_ok);
            let longest = granted.into_iter().flatten().max_by_key(|access| access.until);
            let because = denied.into_iter().filter_map(Result::err).find(|why| *why != Denial::NoPermission);
            match (longest, because) {
                (Some(access), _) => now.push(access),
                (None, Some(because)) => not_now.push(no_access(&same[0], door, because)),
                (None, None) => {}
            }
        }
    }
    Ok(Json(HomeAccess {
        resident,
        time_zone: home.residence.time_zone.to_string(),
        now,
        not_now,
        keys: keys_out(resident, at, &mut reader).await?,
        permissions: rows.iter().map(given).collect::<Result<_, _>>()?,
    }))
}

fn ask(
    home: &Home,
    person: &Person,
    door: &Door,
    permissions: &[Permission],
    now: Timestamp,
) -> Result<AccessNow, Denial> {
    match decide(permissions, &home.facts(person, door, Operation::Open), now) {
        Decision::Granted { until, operations, because } => Ok(AccessNow {
            worker: person.worker,
            worker_name: person.name.clone(),
            team: person.shift.team,
            door: door.id,
            door_name: door.name.clone(),
            until,
            operations,
            because: because.into(),
        }),
        Decision::Denied { because } => Err(because),
    }
}

fn no_access(person: &Person, door: &Door, because: Denial) -> NoAccessNow {
    NoAccessNow {
        worker: person.worker,
        worker_name: person.name.clone(),
        door: door.id,
        door_name: door.name.clone(),
        because,
    }
}

async fn keys_out(
    resident: ResidentId,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<KeyOut>, Failure> {
    let rows = sqlx::query(
        "SELECT k.id, k.worker_id, w.name AS worker_name, k.phone_id, k.door_id, d.name AS door_name, k.expires_ms,
         k.permission_id, k.dispatch_id, k.break_glass_id
         FROM issued_keys k JOIN resident_doors rd ON rd.door_id = k.door_id JOIN workers w ON w.id = k.worker_id
         JOIN doors d ON d.id = k.door_id
         WHERE rd.resident_id = $1 AND k.expires_ms > $2 AND k.withdrawn_ms IS NULL
         ORDER BY k.expires_ms, k.id",
    )
    .bind(resident.to_string())
    .bind(ms(now))
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(key_out).collect::<sqlx::Result<_>>()?)
}

fn key_out(row: &AnyRow) -> sqlx::Result<KeyOut> {
    Ok(KeyOut {
        key: row.id("id")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        phone: row.id("phone_id")?,
        door: row.id("door_id")?,
        door_name: row.text("door_name")?,
        until: row.time("expires_ms")?,
        because: Because {
            permission: row.id_or_none("permission_id")?,
            dispatch: row.id_or_none("dispatch_id")?,
            break_glass: row.id_or_none("break_glass_id")?,
        },
    })
}
