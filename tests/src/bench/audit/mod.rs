//! What proof costs: checking an export against checking bare signatures, and how fast a station takes events into its
//! log.

mod append;
mod export;

use anyhow::Result;
use serde::Serialize;

use super::Promise;

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Events that were checked, on one core.
    pub events: usize,
    /// Size of the log that they are in.
    pub log: u64,
    /// Events a second, with all that an export proves.
    pub verified_per_s: f64,
    /// Bare signatures a second: ring's ES256 over messages of the same length.
    pub signatures_per_s: f64,
    /// Bare ÷ with all: at most 1.25, which is 0.8 the other way round.
    pub promise: Promise,
    /// Dispatches that a station on SQLite takes in a second, each with its event in the log.
    pub appended_per_s_sqlite: f64,
    /// The same on PostgreSQL, where there is one to measure on.
    pub appended_per_s_postgres: Option<f64>,
}

/// Checks `events` events, then lets a station take `appends`; also one on the PostgreSQL of `postgres`, an empty database.
///
/// # Errors
/// When an export is not accepted, or a station refuses.
pub async fn measure(events: usize, appends: usize, postgres: Option<&str>) -> Result<Figures> {
    let verified = export::measure(events)?;
    let appended_per_s_sqlite = append::measure(appends, None).await?;
    let appended_per_s_postgres = match postgres {
        Some(url) => Some(append::measure(appends, Some(url)).await?),
        None => None,
    };
    Ok(Figures {
        events: verified.events,
        log: verified.log,
        verified_per_s: verified.per_s,
        signatures_per_s: verified.bare_per_s,
        promise: Promise {
            what: "bare signatures ÷ events of an export".into(),
            value: verified.bare_per_s / verified.per_s,
            limit: 1.25,
        },
        appended_per_s_sqlite,
        appended_per_s_postgres,
    })
}
