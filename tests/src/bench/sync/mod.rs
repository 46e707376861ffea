//! Sync: ten thousand events up from a phone's outbox, beside PouchDB with a server of CouchDB's protocol, and beside
//! bare inserts of the same rows.
//!
//! Ours: `terskel-headless` has signed and queued the events while its network was cut; measured is from the network's
//! return until its view says that nothing waits. By then the station has checked each signature, applied each event, and
//! committed it to its log, and the phone has wiped it; both with `synchronous = FULL`, the phone in SQLCipher.
//!
//! PouchDB: as many documents of as many bytes of text as an event is on the way, from a LevelDB on disk to a LevelDB on
//! disk, over HTTP, nothing checked and nothing forced to the disk.
//!
//! Bare inserts: the rows that the events have become in three tables of the station, with the same indexes and the same
//! pragmas, as many in a transaction as the station stores at once; by SQLite's own interface, without HTTP and with
//! nothing checked.

mod bare;
mod ours;
mod theirs;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::line::Line;
use super::quantile_ms;

/// What one pass took.
#[derive(Clone, Copy, Debug)]
struct Pass {
    took: Duration,
    /// Cores have worked so long for it, in all processes.
    worked: Duration,
}

/// Sends `count` events up, `rounds` times, ours and theirs in turns. `pouchdb`: where PouchDB is installed.
///
/// # Errors
/// When something does not come over.
pub async fn measure(count: usize, rounds: usize, pouchdb: &Path) -> Result<Vec<Line>> {
    let (mut up, mut bare, mut small, mut large) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        let sent = ours::up(count).await?;
        let theirs = theirs::replicate(pouchdb, count, sent.bytes_each).await?;
        up.push(sent.pass);
        bare.push(sent.bare);
        small.push(*theirs.up.first().context("no step")?);
        large.push(*theirs.up.last().context("no step")?);
    }
    let (up, bare, small, large) =
        (Median::of(&up), Median::of(&bare), Median::of(&small), Median::of(&large));
    let up_line = |what: &str, of: &Median| Line::new(format!("{count} events up: {what}"), of.took_ms, "ms");
    let work = |what: &str, of: &Median| {
        Line::new(format!("{count} events up: {what}, work of all cores"), of.worked_ms, "ms")
    };
    Ok(vec![
        up_line("phone and station", &up),
        up_line("PouchDB, in its own steps of 100", &small).promising(
            "ours ÷ PouchDB",
            up.took_ms / small.took_ms,
            0.1,
        ),
        up_line("PouchDB, in steps of 1000", &large).promising(
            "ours ÷ PouchDB",
            up.took_ms / large.took_ms,
            0.1,
        ),
        up_line("bare inserts of the station's rows", &bare).promising(
            "ours ÷ bare",
            up.took_ms / bare.took_ms,
            2.0,
        ),
        work("phone and station", &up),
        work("PouchDB, in its own steps of 100", &small),
        work("PouchDB, in steps of 1000", &large),
        work("bare inserts of the station's rows", &bare),
    ])
}

/// Of several passes.
struct Median {
    took_ms: f64,
    worked_ms: f64,
}

impl Median {
    fn of(passes: &[Pass]) -> Self {
        let of = |part: fn(&Pass) -> Duration| quantile_ms(&passes.iter().map(part).collect::<Vec<_>>(), 0.5);
        Self { took_ms: of(|pass| pass.took), worked_ms: of(|pass| pass.worked) }
    }
}
