//! What the events have become at the station, and how fast SQLite alone stores that.

use std::path::Path;

use anyhow::{Context as _, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use terskel_model::Clock as _;
use terskel_model::world::SystemWorld;

use super::Pass;
use crate::bench::cpu::of_this_thread;

/// Where a station puts a phone's event. The first is the event itself.
const TABLES: [&str; 3] = ["phone_events", "audit", "log_entries"];
/// As many as an outbox sends at once.
const AT_ONCE: usize = 100;

/// Rows of these tables, each with all its columns.
pub(super) struct Rows {
    /// Tables and indexes.
    schema: Vec<String>,
    tables: Vec<Vec<Vec<Value>>>,
    bytes: usize,
}

impl Rows {
    /// How many events.
    pub(super) fn events(&self) -> usize {
        self.tables.first().map_or(0, Vec::len)
    }

    /// One event on its way, on average: its signed bytes in base64.
    pub(super) fn bytes_each(&self) -> usize {
        (self.bytes * 4 / 3).checked_div(self.events()).unwrap_or(0)
    }
}

/// Reads them from a station that has ended.
pub(super) fn rows(data: &Path) -> Result<Rows> {
    let station = Connection::open_with_flags(data.join("station.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut schema = Vec::new();
    let mut tables = Vec::new();
    for table in TABLES {
        let mut made = station.prepare(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY rowid",
        )?;
        let of_table = made.query_map([table], |row| row.get::<_, String>(0))?;
        schema.extend(of_table.collect::<Result<Vec<_>, _>>()?);
        let mut all = station.prepare(&format!("SELECT * FROM {table} ORDER BY rowid"))?;
        let columns = all.column_count();
        let row =
            all.query_map([], |row| (0..columns).map(|column| row.get::<_, Value>(column)).collect())?;
        tables.push(row.collect::<Result<Vec<Vec<Value>>, _>>()?);
    }
    let bytes =
        station.query_row("SELECT COALESCE(SUM(LENGTH(signed)), 0) FROM phone_events", [], |row| {
            row.get::<_, i64>(0)
        })?;
    Ok(Rows { schema, tables, bytes: usize::try_from(bytes)? })
}

/// Stores them in a new file.
pub(super) fn insert(rows: &Rows, file: &Path) -> Result<Pass> {
    let database = Connection::open(file)?;
    // As the station opens its own; the tables that these refer to are left out.
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF;",
    )?;
    database.execute_batch(&rows.schema.join(";\n"))?;
    let mut inserts = Vec::new();
    for (table, of_table) in TABLES.iter().zip(&rows.tables) {
        let columns = of_table.first().context("a table is empty")?.len();
        let places = vec!["?"; columns].join(", ");
        inserts.push(database.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?);
    }
    let (before, from) = (of_this_thread(), SystemWorld.uptime());
    for step in 0..rows.events().div_ceil(AT_ONCE) {
        database.execute_batch("BEGIN IMMEDIATE")?;
        for (insert, of_table) in inserts.iter_mut().zip(&rows.tables) {
            for row in of_table.iter().skip(step * AT_ONCE).take(AT_ONCE) {
                insert.execute(params_from_iter(row))?;
            }
        }
        database.execute_batch("COMMIT")?;
    }
    Ok(Pass { took: SystemWorld.uptime() - from, worked: of_this_thread().saturating_sub(before) })
}
