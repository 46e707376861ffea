//! `GET /v1/roster`: the homes of the team on shift, from a cursor on.

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::dispatch::Door;
use terskel_api::key::KeyHome;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::roster::RosterPage;
use terskel_model::door::DoorKind;
use terskel_model::{ResidentId, TeamId};

use crate::app::Shared;
use crate::auth::PhoneSession;
use crate::db::Columns;
use crate::dispatch::{hub, lock, resident};
use crate::extract::Parameters;
use crate::problem::Failure;

/// How many homes a page has at most.
const PAGE: i64 = 200;
/// Before every home.
const FIRST: i64 = i64::MIN;

/// Gives what has changed since the cursor: without one, all homes of the team. A phone asks until there is no more, and
/// again with its last cursor when the stream says so.
#[utoipa::path(
    get, path = path::ROSTER, tag = "keys", security(("dpop" = [])),
    params(("after" = Option<String>, Query, description = "The cursor of the page before")),
    responses(
        (status = 200, body = RosterPage),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn roster_page(
    State(app): State<Shared>,
    session: PhoneSession,
    parameters: Parameters,
) -> Result<Json<RosterPage>, Failure> {
    let after = parameters.optional::<String>("after")?;
    let page = read(session.team, after.as_deref(), &mut *app.reader().await?).await?;
    Ok(Json(page))
}

pub(super) async fn read(
    team: TeamId,
    after: Option<&str>,
    reader: &mut AnyConnection,
) -> Result<RosterPage, Failure> {
    let bounds = Bounds::read(team, reader).await?;
    let known = after.and_then(|cursor| bounds.place(team, cursor));
    let mut last = known.unwrap_or(FIRST);
    let rows = rows(team, last, reader).await?;
    let mut page = RosterPage {
        cursor: String::new(),
        anew: known.is_none(),
        more: false,
        total: bounds.total,
        homes: Vec::new(),
        removed: Vec::new(),
    };
    let mut places = 0;
    for row in &rows {
        let revision = row.int("revision")?;
        if revision != last {
            places += 1;
            take(&mut page, row)?;
        }
        last = revision;
        if let (Some(home), Some(door)) = (page.homes.last_mut(), door(row)?) {
            home.doors.push(door);
        }
    }
    page.more = places == PAGE;
    page.cursor = format!("{team}.{last}");
    Ok(page)
}

/// Between what a cursor of this team can be.
struct Bounds {
    total: u32,
    forgotten: Option<i64>,
    head: i64,
}

impl Bounds {
    async fn read(team: TeamId, reader: &mut AnyConnection) -> Result<Self, Failure> {
        let row = sqlx::query(
            "SELECT t.roster_forgotten, h.seq,
             (SELECT COUNT(*) FROM roster o WHERE o.team_id = t.id AND o.gone_ms IS NULL) AS homes
             FROM teams t, stream_head h WHERE t.id = $1",
        )
        .bind(team.to_string())
        .fetch_one(reader)
        .await?;
        Ok(Self {
            total: u32::try_from(row.int("homes")?).unwrap_or(u32::MAX),
            forgotten: sqlx::Row::try_get(&row, "roster_forgotten")?,
            head: row.int("seq")?,
        })
    }

    /// Where the cursor stands. `None`: in another team's roster, in a database that is no more, or before what has been
    /// forgotten.
    fn place(&self, team: TeamId, cursor: &str) -> Option<i64> {
        let (of, place) = cursor.split_once('.')?;
        let place = place.parse().ok()?;
        let known = self.forgotten.unwrap_or(FIRST)..=self.head;
        (of == team.to_string() && known.contains(&place)).then_some(place)
    }
}

/// In one statement, and so of one moment: a row for each door.
async fn rows(team: TeamId, after: i64, reader: &mut AnyConnection) -> Result<Vec<AnyRow>, Failure> {
    let rows = sqlx::query(
        "SELECT o.revision, o.resident_id AS whose, r.id AS resident_id, r.first_name, r.last_name, r.birth_year, r.address,
         r.town, r.phone_number, r.way_in, r.hub_id, h.address AS hub_address, h.public_key, d.id AS door_id,
         d.name AS door_name, d.kind, d.lock_id, l.family, l.address AS lock_address, l.device_id,
         (SELECT MAX(entry) FROM lock_log WHERE lock_id = l.id) AS logged
         FROM (SELECT revision, resident_id, team_id, gone_ms FROM roster WHERE team_id = $1 AND revision > $2
               ORDER BY revision LIMIT $3) o
         LEFT JOIN residents r ON r.id = o.resident_id AND r.team_id = o.team_id AND r.ended_ms IS NULL
           AND o.gone_ms IS NULL
         LEFT JOIN hubs h ON h.id = r.hub_id
         LEFT JOIN resident_doors rd ON rd.resident_id = r.id LEFT JOIN doors d ON d.id = rd.door_id
         LEFT JOIN locks l ON l.id = d.lock_id
         ORDER BY o.revision, rd.position",
    )
    .bind(team.to_string())
    .bind(after)
    .bind(PAGE)
    .fetch_all(reader)
    .await?;
    Ok(rows)
}

/// A home, still without doors, or one that is gone.
fn take(page: &mut RosterPage, row: &AnyRow) -> sqlx::Result<()> {
    if row.id_or_none::<ResidentId>("resident_id")?.is_some() {
        page.homes.push(KeyHome { resident: resident(row)?, doors: Vec::new(), hub: hub(row)? });
    } else {
        page.removed.push(row.id("whose")?);
    }
    Ok(())
}

fn door(row: &AnyRow) -> sqlx::Result<Option<Door>> {
    let Some(id) = row.id_or_none("door_id")? else { return Ok(None) };
    Ok(Some(Door {
        id,
        kind: DoorKind::from(row.text("kind")?.as_str()),
        name: row.text("door_name")?,
        lock: lock(row)?,
        code: None,
        physical_key: None,
    }))
}
