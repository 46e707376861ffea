//! The rows that came over, and how fast SQLite alone stores them: in a new file with the same tables, indexes and
//! pragmas, as many in a transaction as come in one step, by its own interface.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use terskel_model::Clock as _;
use terskel_model::world::SystemWorld;

use super::Pass;
use crate::bench::cpu::of_this_thread;

/// A database that things came over into.
pub(super) struct Place {
    pub(super) file: PathBuf,
    /// SQLCipher's, where it is encrypted.
    pub(super) key: Option<Vec<u8>>,
    /// The first has one row for each thing.
    pub(super) tables: &'static [&'static str],
    /// Of the first table: how many bytes a row was on the way.
    pub(super) bytes: &'static str,
    /// So many things come in one step.
    pub(super) step: usize,
}

/// Rows of these tables, each with all its columns.
pub(super) struct Rows {
    /// Tables and indexes.
    schema: Vec<String>,
    tables: Vec<Vec<Vec<Value>>>,
    /// One thing on its way, on average.
    pub(super) bytes_each: usize,
}

impl Rows {
    /// How many things.
    pub(super) fn count(&self) -> usize {
        self.tables.first().map_or(0, Vec::len)
    }
}

impl Place {
    /// Reads them; the program whose database it is has ended.
    pub(super) fn rows(&self) -> Result<Rows> {
        let database = self.open(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (mut schema, mut tables) = (Vec::new(), Vec::new());
        for table in self.tables {
            let mut made = database.prepare(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY rowid",
            )?;
            let of_table = made.query_map([table], |row| row.get::<_, String>(0))?;
            schema.extend(of_table.collect::<Result<Vec<_>, _>>()?);
            let mut all = database.prepare(&format!("SELECT * FROM {table} ORDER BY rowid"))?;
            let columns = all.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
            tables.push(all.query_map([], row)?.collect::<Result<Vec<Vec<Value>>, _>>()?);
        }
        let first = self.tables.first().context("no table")?;
        let each = format!("SELECT COALESCE(SUM({}) / COUNT(*), 0) FROM {first}", self.bytes);
        let bytes_each = usize::try_from(database.query_row(&each, [], |row| row.get::<_, i64>(0))?)?;
        Ok(Rows { schema, tables, bytes_each })
    }

    /// Stores them in `file`, which is new.
    pub(super) fn insert(&self, rows: &Rows, file: &Path) -> Result<Pass> {
        let database = self.open(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // The tables that these refer to are left out.
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = OFF;",
        )?;
        database.execute_batch(&rows.schema.join(";\n"))?;
        let mut inserts = Vec::new();
        for (table, of_table) in self.tables.iter().zip(&rows.tables) {
            let columns = of_table.first().context("a table is empty")?.len();
            let places = vec!["?"; columns].join(", ");
            inserts.push(database.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?);
        }
        let (before, from) = (of_this_thread(), SystemWorld.uptime());
        for step in 0..rows.count().div_ceil(self.step) {
            database.execute_batch("BEGIN IMMEDIATE")?;
            for (insert, of_table) in inserts.iter_mut().zip(&rows.tables) {
                for row in of_table.iter().skip(step * self.step).take(self.step) {
                    insert.execute(params_from_iter(row))?;
                }
            }
            database.execute_batch("COMMIT")?;
        }
        Ok(Pass { took: SystemWorld.uptime() - from, worked: of_this_thread().saturating_sub(before) })
    }

    fn open(&self, file: &Path, flags: OpenFlags) -> Result<Connection> {
        let database = Connection::open_with_flags(file, flags)?;
        if let Some(key) = &self.key {
            let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            database.execute_batch(&format!("PRAGMA key = \"x'{hex}'\""))?;
        }
        Ok(database)
    }
}
