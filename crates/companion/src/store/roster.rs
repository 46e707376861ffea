//! The homes of the team on shift, and those that keys are for: kept page by page, found by any part of name or address.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, QueryBuilder, Row as _, SqliteConnection};
use terskel_api::key::KeyHome;
use terskel_api::roster::RosterPage;
use terskel_model::{ResidentId, SessionId};

use super::asked::is_here;
use super::{Result, Store, StoreError};
use crate::roster::{Alphabet, folded};

/// So many homes are written in one statement.
const AT_ONCE: usize = 200;

/// How far the team's homes are here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RosterFacts {
    /// Where the next page begins; none before the first.
    pub(crate) cursor: Option<String>,
    pub(crate) here: u32,
    pub(crate) total: u32,
    /// All that there was to be had is here.
    pub(crate) whole: bool,
    /// Grows whenever something has changed.
    pub(crate) version: u32,
}

/// What a search has found.
pub(crate) struct FoundHomes {
    /// The first of them.
    pub(crate) homes: Vec<KeyHome>,
    /// How many there are.
    pub(crate) total: u32,
}

impl Store {
    /// A page that was asked for in `session` with the cursor `after`: stored as a whole, with the cursor of the next. False
    /// where it changes nothing, or came too late: another session has begun, or another page was first.
    pub(crate) async fn save_roster_page(
        &self,
        page: &RosterPage,
        after: Option<&str>,
        session: SessionId,
    ) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let before = read(&mut tx).await?;
        if before.cursor.as_deref() != after || !is_here(&mut tx, session).await? {
            return Ok(false);
        }
        if page.anew {
            sqlx::query("DELETE FROM roster").execute(&mut *tx).await?;
        }
        for some in page.homes.chunks(AT_ONCE) {
            put(&mut tx, some).await?;
        }
        for gone in &page.removed {
            sqlx::query("DELETE FROM roster WHERE resident = $1")
                .bind(gone.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let here = sqlx::query_scalar("SELECT count(*) FROM roster").fetch_one(&mut *tx).await?;
        let facts = RosterFacts {
            cursor: Some(page.cursor.clone()),
            here,
            total: page.total,
            whole: !page.more,
            version: before.version,
        };
        if facts == before && page.homes.is_empty() {
            return Ok(false);
        }
        save(&mut tx, &RosterFacts { version: before.version.wrapping_add(1), ..facts }).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The homes in whose name or address every one of these words stands, somewhere; those where the first begins a word come
    /// first, then by address. `words` are folded.
    pub(crate) async fn find_homes(
        &self,
        words: &[String],
        alphabet: Alphabet,
        most: u32,
    ) -> Result<FoundHomes> {
        let alphabet = match alphabet {
            Alphabet::Norwegian => "norwegian",
            Alphabet::Swedish => "swedish",
        };
        let mut condition = "1".to_owned();
        for place in 1..=words.len() {
            // A string takes all that is written to it.
            write!(condition, " AND instr(folded, ${place}) > 0").ok();
        }
        let rank = if words.is_empty() { "0" } else { "instr(' ' || folded, ' ' || $1) = 0" };
        // The text of the question is bound; only the number of its words is in this one.
        let sql = format!(
            "WITH found AS (
               SELECT resident, folded FROM roster WHERE {condition}
               UNION ALL SELECT resident, folded FROM home WHERE {condition}
                 AND NOT EXISTS (SELECT 1 FROM roster WHERE roster.resident = home.resident)),
             first AS (SELECT resident, folded, {rank} AS place, count(*) OVER () AS total FROM found
                       ORDER BY place, folded COLLATE {alphabet} LIMIT {most})
             SELECT coalesce(r.body, h.body) AS body, f.total FROM first f
             LEFT JOIN roster r ON r.resident = f.resident LEFT JOIN home h ON h.resident = f.resident
             ORDER BY f.place, f.folded COLLATE {alphabet}"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for word in words {
            query = query.bind(word);
        }
        let rows = query.fetch_all(&mut *self.connection().await?).await?;
        let total = rows.first().map(|row| row.try_get("total")).transpose()?;
        let homes = rows.iter().map(|row| home(row.try_get("body")?)).collect::<Result<_>>()?;
        Ok(FoundHomes { homes, total: total.unwrap_or(0) })
    }

    /// All homes of the team.
    pub(crate) async fn team_homes(&self) -> Result<Vec<KeyHome>> {
        let bodies: Vec<String> =
            sqlx::query_scalar("SELECT body FROM roster").fetch_all(&mut *self.connection().await?).await?;
        bodies.iter().map(|body| home(body)).collect()
    }

    /// One of them, as the station told it.
    pub(crate) async fn team_home(&self, resident: ResidentId) -> Result<Option<KeyHome>> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM roster WHERE resident = $1")
            .bind(resident.to_string())
            .fetch_optional(&mut *self.connection().await?)
            .await?;
        body.as_deref().map(home).transpose()
    }

    /// One home with all that the phone knows of it. What came with its keys is the newer word on the doors that they open.
    pub(crate) async fn home(&self, resident: ResidentId) -> Result<Option<KeyHome>> {
        let mut guard = self.connection().await?;
        let mut read = async |sql: &'static str| {
            let body: Option<String> =
                sqlx::query_scalar(sql).bind(resident.to_string()).fetch_optional(&mut *guard).await?;
            body.as_deref().map(home).transpose()
        };
        let with_keys = read("SELECT body FROM home WHERE resident = $1").await?;
        let Some(mut whole) = read("SELECT body FROM roster WHERE resident = $1").await? else {
            return Ok(with_keys);
        };
        for keyed in with_keys.into_iter().flat_map(|home| home.doors) {
            match whole.doors.iter_mut().find(|door| door.id == keyed.id) {
                Some(door) => *door = keyed,
                None => whole.doors.push(keyed),
            }
        }
        Ok(Some(whole))
    }
}

async fn put(tx: &mut SqliteConnection, homes: &[KeyHome]) -> Result<()> {
    let row = |home: &KeyHome| {
        let body = serde_json::to_string(home).map_err(|_| StoreError::Unreadable("home"))?;
        Ok((home.resident.id.to_string(), folded(&home.resident), body))
    };
    let rows: Vec<_> = homes.iter().map(row).collect::<Result<_>>()?;
    let mut insert = QueryBuilder::new("INSERT OR REPLACE INTO roster (resident, folded, body) ");
    insert.push_values(rows, |mut row, (resident, folded, body)| {
        row.push_bind(resident).push_bind(folded).push_bind(body);
    });
    insert.build().execute(tx).await?;
    Ok(())
}

fn home(body: &str) -> Result<KeyHome> {
    serde_json::from_str(body).map_err(|_| StoreError::Unreadable("home"))
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<RosterFacts> {
    let row = sqlx::query("SELECT cursor, here, total, whole, version FROM roster_state")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(RosterFacts::default()) };
    Ok(RosterFacts {
        cursor: Some(row.try_get("cursor")?),
        here: row.try_get("here")?,
        total: row.try_get("total")?,
        whole: row.try_get("whole")?,
        version: row.try_get("version")?,
    })
}

async fn save(tx: &mut SqliteConnection, facts: &RosterFacts) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO roster_state (only, cursor, here, total, whole, version) VALUES (1, $1, $2, $3, $4, $5)",
    )
    .bind(&facts.cursor)
    .bind(facts.here)
    .bind(facts.total)
    .bind(facts.whole)
    .bind(facts.version)
    .execute(tx)
    .await?;
    Ok(())
}

/// The homes of the team, where the worker goes to another one.
pub(super) async fn wipe(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM roster").execute(&mut *tx).await?;
    sqlx::query("DELETE FROM roster_state").execute(tx).await?;
    Ok(())
}
