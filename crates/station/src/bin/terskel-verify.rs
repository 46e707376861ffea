//! `terskel-verify`: checks an export of the audit trail, with nothing but the station's published key.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use terskel_api::log::ConsistencyProof;
use terskel_keys::audit::{Contents, Fault, Findings, Told, VerifiedEvent, verify, verify_kept};
use terskel_keys::log::{Checkpoint, Hash, LogPublicKey};
use terskel_model::Timestamp;
use terskel_model::door::{DoorOutcome, Operation};
use uuid::Uuid;

const USAGE: &str = "\
terskel-verify FILE --key KEY [--list] [--kept CHECKPOINT [--consistency PROOF]]
    FILE is an export of the audit trail. KEY is the station's log key, or a file with it: it is published at
    /.well-known/terskel/log-key; take it from somebody else than whoever gave you FILE.
    --list         also prints the events
    --kept         a file with a checkpoint that somebody has kept: the log must still be the same one
    --consistency  a file with the station's answer to /v1/log/consistency?from=SIZE&to=SIZE for the two sizes
Ends with 0 when all is well, with 1 when something is wrong, with 3 when all is genuine and a phone's chain has gaps,
and with 2 when it could not check.";

const WRONG: u8 = 1;
const NOT_CHECKED: u8 = 2;
const GAPS: u8 = 3;

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| check(&options)) {
        Ok(Ok((text, code))) => {
            say(&text);
            ExitCode::from(code)
        }
        Ok(Err(fault)) => {
            say(&format!("WRONG: {fault}.\n"));
            ExitCode::from(WRONG)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::from(NOT_CHECKED)
        }
    }
}

#[derive(Default)]
struct Options {
    file: String,
    key: String,
    list: bool,
    kept: Option<String>,
    consistency: Option<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--key" => options.key = value()?,
                "--list" => options.list = true,
                "--kept" => options.kept = Some(value()?),
                "--consistency" => options.consistency = Some(value()?),
                flag if flag.starts_with('-') => bail!("{USAGE}"),
                _ if options.file.is_empty() => options.file = argument,
                _ => bail!("one file at a time\n{USAGE}"),
            }
        }
        if options.file.is_empty() || options.key.is_empty() {
            bail!("{USAGE}");
        }
        Ok(options)
    }

    /// The key itself, or what is in the file of that name.
    fn public_key(&self) -> Result<LogPublicKey> {
        if let Ok(key) = self.key.parse() {
            return Ok(key);
        }
        read_text(&self.key)?.trim().parse().ok().with_context(|| format!("{} holds no log key", self.key))
    }
}

/// What to print and how to end, or what is wrong.
fn check(options: &Options) -> Result<Result<(String, u8), Fault>> {
    let key = options.public_key()?;
    let file = std::fs::read(&options.file).with_context(|| options.file.clone())?;
    let mut text = String::new();
    let each = |contents: &Contents, event: &VerifiedEvent<'_>| {
        if options.list {
            text += &line(contents, event);
        }
    };
    let findings = match verify(&file, &key, each) {
        Ok(findings) => findings,
        Err(fault) => return Ok(Err(fault)),
    };
    text += &summary(&findings, &key);
    if let Some(kept) = &options.kept {
        let proof = proof(options, kept, &key, &findings.checkpoint)?;
        match verify_kept(&read_text(kept)?, &key, &findings.checkpoint, &proof) {
            Ok(kept) => text += &format!("  the same log as the kept checkpoint of {} entries\n", kept.size),
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok((text, if findings.gaps.is_empty() { 0 } else { GAPS })))
}

/// The consistency proof, which must have been fetched unless the two are of the same size.
fn proof(options: &Options, kept: &str, key: &LogPublicKey, now: &Checkpoint) -> Result<Vec<Hash>> {
    let Some(file) = &options.consistency else {
        return match Checkpoint::open(&read_text(kept)?, key) {
            Ok(kept) if kept.size != now.size => {
                let (from, to) = (kept.size.min(now.size), kept.size.max(now.size));
                bail!(
                    "give --consistency a file with the station's answer to /v1/log/consistency?from={from}&to={to}"
                )
            }
            _ => Ok(Vec::new()),
        };
    };
    let proof: ConsistencyProof =
        serde_json::from_str(&read_text(file)?).with_context(|| format!("{file} is no consistency proof"))?;
    let hash = |bytes: terskel_api::Bytes| Hash::try_from(bytes.0).ok();
    proof
        .hashes
        .into_iter()
        .map(hash)
        .collect::<Option<_>>()
        .with_context(|| format!("{file}: a hash has 32 bytes"))
}

fn summary(findings: &Findings, key: &LogPublicKey) -> String {
    let entries = count(findings.checkpoint.size, "entry", "entries");
    let events = |events: usize| count(events, "event", "events");
    let mut text =
        format!("OK: {}, in the log of {} as it had {entries}\n", events(findings.events), key.name());
    let _ = writeln!(
        text,
        "  {} signed by {}, {} written by the station, {}",
        events(findings.signed_by_phones),
        count(findings.phones, "phone", "phones"),
        events(findings.events - findings.signed_by_phones),
        count(findings.receipts, "receipt of a hub", "receipts of hubs")
    );
    if findings.elsewhere > 0 {
        let others = count(findings.elsewhere, "other", "others");
        let _ = writeln!(
            text,
            "  in between, these phones have recorded {others}, which this export does not have"
        );
    }
    for gap in &findings.gaps {
        let _ = writeln!(
            text,
            "GAP: event {}, number {} of phone {}: what the phone recorded before it never came, or came in another order",
            gap.event, gap.sequence, gap.phone
        );
    }
    text
}

/// One event for people: when, what, who, where, with which outcome.
fn line(contents: &Contents, event: &VerifiedEvent<'_>) -> String {
    let (at, kind, worker, door, codes) = match (&event.body.told, event.signed) {
        (Told::ByStation(e), _) => {
            (e.at, &e.kind, e.worker, e.door, codes(&e.operation, &e.outcome, &e.reason))
        }
        (Told::ByPhone(_), Some(e)) => {
            (e.at, &e.kind, Some(e.worker), e.door, codes(&e.operation, &e.outcome, &e.reason))
        }
        (Told::ByPhone(_), None) => return String::new(),
    };
    let name = |id: Uuid| contents.name(id).map_or_else(|| id.to_string(), str::to_owned);
    let mut words = vec![kind.to_string()];
    words.extend(worker.map(|worker| name(worker.0)));
    words.extend(door.map(|door| name(door.0)));
    words.extend(codes);
    format!("{:>8}  {}  {}\n", event.index, text(at), shown(&words.join(" · ")))
}

fn codes(
    operation: &Option<Operation>,
    outcome: &Option<DoorOutcome>,
    reason: &Option<String>,
) -> impl Iterator<Item = String> {
    [operation.as_ref().map(ToString::to_string), outcome.as_ref().map(ToString::to_string), reason.clone()]
        .into_iter()
        .flatten()
}

fn count(number: impl ToString, one: &str, many: &str) -> String {
    let number = number.to_string();
    format!("{number} {}", if number == "1" { one } else { many })
}

fn text(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Names and codes come from a file: none of them moves the cursor of whoever reads.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn read_text(file: &str) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| file.to_owned())
}

/// A reader that has gone away is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
