//! Sync: ten thousand events up from a phone's outbox, and ten thousand homes down to a phone, beside PouchDB with a
//! server of CouchDB's protocol, and beside bare inserts of the same rows.
//!
//! Up: `terskel-headless` has signed and queued the events while its network was cut; measured is from the network's
//! return until its view says that nothing waits. By then the station has checked each signature, applied each event, and
//! committed it to its log, and the phone has wiped it.
//!
//! Down: the homes of a team, page by page, from the sign-in until the phone's view says that all are there: stored in
//! SQLCipher, and found by any part of a name or an address.
//!
//! Both with `synchronous = FULL`. PouchDB: as many documents of as many bytes of text as a thing is on the way, between a
//! LevelDB on disk and a LevelDB on disk, over HTTP, nothing checked and nothing forced to the disk.

mod bare;
mod down;
mod theirs;
mod up;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use terskel_api::admin::NewDoor;
use terskel_companion::interface::Intent;
use terskel_model::DoorId;
use terskel_model::door::DoorKind;
use terskel_model::world::SystemWorld;

use super::dispatch::{PIN, STAFF_NUMBER};
use super::line::Line;
use super::quantile_ms;
use crate::stage::{Client, Phone, PhoneOptions, town};

/// What one pass took.
#[derive(Clone, Copy, Debug)]
struct Pass {
    took: Duration,
    /// Cores have worked so long for it, in all processes.
    worked: Duration,
}

/// What came over, one way.
struct Over {
    pass: Pass,
    /// The same rows, by SQLite alone.
    bare: Pass,
    /// One thing on its way, on average.
    bytes_each: usize,
}

/// All passes of one way.
#[derive(Default)]
struct Way {
    ours: Vec<Pass>,
    /// PouchDB's, in its own steps of 100.
    small: Vec<Pass>,
    /// In steps of 1000.
    large: Vec<Pass>,
    bare: Vec<Pass>,
}

/// `count` up and `count` down, `rounds` times, ours and theirs in turns. `pouchdb`: where PouchDB is installed.
///
/// # Errors
/// When something does not come over.
pub async fn measure(count: usize, rounds: usize, pouchdb: &Path) -> Result<Vec<Line>> {
    let (mut up, mut down) = (Way::default(), Way::default());
    for _ in 0..rounds {
        let (sent, fetched) = (up::send(count).await?, down::fetch(count).await?);
        let bytes = (sent.bytes_each, fetched.bytes_each);
        let theirs = theirs::replicate(pouchdb, count, bytes).await?;
        up.add(&sent, theirs.up);
        down.add(&fetched, theirs.down);
    }
    Ok([up.lines(&format!("{count} events up")), down.lines(&format!("{count} homes down"))].concat())
}

impl Way {
    fn add(&mut self, over: &Over, [small, large]: [Pass; 2]) {
        self.ours.push(over.pass);
        self.bare.push(over.bare);
        self.small.push(small);
        self.large.push(large);
    }

    fn lines(&self, what: &str) -> Vec<Line> {
        let ours = took_ms(&self.ours);
        let line =
            |whose: &str, passes: &[Pass]| Line::new(format!("{what}: {whose}"), took_ms(passes), "ms");
        let beside = |line: Line, named: &str, limit| {
            let theirs = line.value;
            line.promising(named, ours / theirs, limit)
        };
        let work = |whose: &str, passes: &[Pass]| {
            Line::new(format!("{what}: {whose}, work of all cores"), worked_ms(passes), "ms")
        };
        vec![
            line("phone and station", &self.ours),
            beside(line("PouchDB, in its own steps of 100", &self.small), "ours ÷ PouchDB", 0.1),
            beside(line("PouchDB, in steps of 1000", &self.large), "ours ÷ PouchDB", 0.1),
            beside(line("bare inserts", &self.bare), "ours ÷ bare", 2.0),
            work("phone and station", &self.ours),
            work("PouchDB, in its own steps of 100", &self.small),
            work("PouchDB, in steps of 1000", &self.large),
            work("bare inserts", &self.bare),
        ]
    }
}

fn took_ms(passes: &[Pass]) -> f64 {
    quantile_ms(&passes.iter().map(|pass| pass.took).collect::<Vec<_>>(), 0.5)
}

fn worked_ms(passes: &[Pass]) -> f64 {
    quantile_ms(&passes.iter().map(|pass| pass.worked).collect::<Vec<_>>(), 0.5)
}

/// A phone that nobody has enrolled yet.
async fn phone(dir: &Path) -> Result<Phone> {
    let data = dir.join("phone");
    std::fs::create_dir_all(&data)?;
    let options = PhoneOptions {
        name: "Ada",
        data: &data,
        logs: dir,
        listen: "127.0.0.1:0",
        // No door here has a lock.
        bus: "unix:path=/nowhere",
        env: &[],
        ui: None,
        under: &[],
    };
    Phone::start(options).await
}

async fn enrol(phone: &Phone, admin: &Client, station_url: &str) -> Result<()> {
    let code = town::enrolment_code(admin, "Bench").await?.expose().to_owned();
    let enrol = Intent::Enrol { station_url: station_url.to_owned(), code, phone_name: "Bench".into() };
    phone.must(&enrol).await.map(drop)
}

fn sign_in() -> Intent {
    Intent::SignIn { staff_number: STAFF_NUMBER.into(), pin: PIN.into() }
}

/// A door without a lock.
fn door(kind: DoorKind) -> NewDoor {
    let id = DoorId::new(&SystemWorld);
    NewDoor { id, kind, name: "Leilighet".into(), lock: None, code: None, physical_key: None }
}
