//! `POST /v1/keys`: keys for all doors that the worker may open now, with the homes they are in.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use ring::digest::{SHA256, digest};
use sqlx::AnyConnection;
use terskel_api::dispatch::Door;
use terskel_api::key::{DoorWithoutKey, KeyBundle, KeyHome, ShiftKey};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::ResidentId;
use terskel_model::rules::BREAK_GLASS_LIFETIME;

use super::before::given_before;
use super::{Ring, Rung, source};
use crate::app::{App, Shared};
use crate::auth::PhoneSession;
use crate::db::{Columns, Write, ms};
use crate::extract::Parameters;
use crate::permission::{Home, Person, covering, permission, signed_in, take_turn};
use crate::problem::{Failure, problem};
use crate::team::continuity;

/// Issues what is missing, and gives it all. A home at a time: nobody else's writing waits for a whole shift's keys, and a home
/// at which the station fails keeps what was given for it before.
#[utoipa::path(
    post, path = path::KEYS, tag = "keys", security(("dpop" = [])),
    params(("known" = Option<String>, Query, description = "The version that the phone has")),
    responses(
        (status = 200, body = KeyBundle),
        (status = 204, description = "The phone has it all"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn bundle(
    State(app): State<Shared>,
    session: PhoneSession,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let mut bundle = KeyBundle {
        version: String::new(),
        continuity: continuity::of_team(session.team, &mut *app.reader().await?).await?,
        homes: Vec::new(),
        keys: Vec::new(),
        without: Vec::new(),
    };
    let homes = candidates(&app, &session).await?;
    source::try_for(&homes, &app).await?;
    for resident in homes {
        if let Some((home, keys, without)) = of_home(&session, resident, &app).await? {
            bundle.homes.push(home);
            bundle.keys.extend(keys);
            bundle.without.extend(without);
        }
    }
    bundle
        .homes
        .sort_by(|a, b| (&a.resident.address, a.resident.id).cmp(&(&b.resident.address, b.resident.id)));
    bundle.version = version(&bundle)?;
    if parameters.optional::<String>("known")?.as_ref() == Some(&bundle.version) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(bundle).into_response())
}

/// A hash of all that is in it, in an order that stays.
fn version(bundle: &KeyBundle) -> Result<String, Failure> {
    let mut keys: Vec<_> = bundle.keys.iter().collect();
    keys.sort_by_key(|key| key.id);
    let all = serde_json::to_vec(&(&bundle.continuity, &bundle.homes, keys, &bundle.without))
        .map_err(|_| Failure::Internal("a bundle could not be written"))?;
    Ok(digest(&SHA256, &all).as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// The homes where something may speak for this worker. Whether it does is decided home by home.
async fn candidates(app: &App, session: &PhoneSession) -> Result<BTreeSet<ResidentId>, Failure> {
    let mut reader = app.reader().await?;
    let Some(person) = signed_in(session.id, app.now(), &mut reader).await? else {
        return Err(problem(code::UNAUTHENTICATED).into());
    };
    let text = |id: Option<String>| id.unwrap_or_default();
    let rows = sqlx::query(
        "SELECT DISTINCT r.id FROM permissions p JOIN residents r
           ON (p.what_kind = 'residence' AND r.id = p.what_id) OR (p.what_kind = 'team' AND r.team_id = p.what_id)
           OR (p.what_kind = 'door' AND r.id IN (SELECT resident_id FROM resident_doors WHERE door_id = p.what_id))
         WHERE r.ended_ms IS NULL AND p.taken_ms IS NULL AND (p.until_ms IS NULL OR p.until_ms > $1) AND p.who_id IN ($2, $3, $4, $5)
         UNION SELECT resident_id FROM dispatches
         WHERE worker_id = $2 AND phone_id = $6 AND phase IN ('accepted', 'arrived')
         UNION SELECT resident_id FROM broken_glass WHERE worker_id = $2 AND phone_id = $6 AND at_ms > $7",
    )
    .bind(ms(app.now()))
    .bind(person.worker.to_string())
    .bind(person.shift.team.to_string())
    .bind(text(person.leads.map(|team| team.to_string())))
    .bind(text(person.organisation.map(|organisation| organisation.to_string())))
    .bind(session.phone.to_string())
    .bind(ms(app.now() - BREAK_GLASS_LIFETIME))
    .fetch_all(&mut *reader)
    .await?;
    Ok(rows.iter().map(|row| row.id("id")).collect::<sqlx::Result<_>>()?)
}

/// A home, its keys, and the doors that there should be keys for.
type OfHome = (KeyHome, Vec<ShiftKey>, Vec<DoorWithoutKey>);

/// `None`: nothing for this worker here.
async fn of_home(session: &PhoneSession, resident: ResidentId, app: &App) -> Result<Option<OfHome>, Failure> {
    match app.write(&KeysForHome { session, resident }).await {
        Err(error @ (Failure::Database(_) | Failure::Internal(_))) => {
            tracing::error!(error = error.for_log(), %resident, "no keys could be issued for a home");
            let before = given_before(session, resident, app).await?;
            Ok(before.map(|(home, keys)| {
                let (home, keys) = home_keys(home, keys, &[]);
                (home, keys, Vec::new())
            }))
        }
        issued => issued,
    }
}

struct KeysForHome<'a> {
    session: &'a PhoneSession,
    resident: ResidentId,
}

impl Write for KeysForHome<'_> {
    type Output = Option<OfHome>;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Self::Output, Failure> {
        take_turn(tx).await?;
        let person: Option<Person> = signed_in(self.session.id, app.now(), tx).await?;
        let (Some(person), Some(home)) = (person, Home::load(app, self.resident, tx).await?) else {
            return Ok(None);
        };
        let rows = covering(self.resident, app.now(), tx).await?;
        let permissions = rows.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
        let ring = Ring { home: &home, person: &person, permissions: &permissions };
        let (keys, without) = ring.keys(app, tx).await?;
        if keys.is_empty() && without.is_empty() {
            return Ok(None);
        }
        let (home, keys) = home_keys(home, keys, &without);
        Ok(Some((home, keys, without)))
    }
}

/// A home as its phone gets it: with the doors that there are keys for, or should be.
pub(crate) fn home_keys(home: Home, keys: Vec<Rung>, without: &[DoorWithoutKey]) -> (KeyHome, Vec<ShiftKey>) {
    let keys: Vec<ShiftKey> = keys.into_iter().map(shift_key).collect();
    let opened = |door: &Door| {
        keys.iter().any(|key| key.door == door.id) || without.iter().any(|other| other.door == door.id)
    };
    let doors = home.doors.iter().filter(|door| opened(door)).cloned().collect();
    (KeyHome { resident: home.resident, doors, hub: home.hub }, keys)
}

fn shift_key(rung: Rung) -> ShiftKey {
    ShiftKey {
        id: rung.key.id,
        lock: rung.key.lock,
        door: rung.key.door,
        permission: rung.because.permission,
        dispatch: rung.because.dispatch,
        break_glass: rung.because.break_glass,
        once: rung.once,
        key: rung.key.key,
    }
}
