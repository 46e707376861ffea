//! `terskel-bench unlock|dispatch|audit|keys|revoke|start|sync [--json] [--figures FILE] …`: the figures that are promised,
//! measured in one run.

use std::path::Path;
use std::process::Stdio;
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use terskel_keys::AuthorityKeys;
use terskel_tests::bench::line::{self, Line};
use terskel_tests::bench::{Promise, Row, audit, dispatch, figures, keys, revoke, start, sync, unlock};
use terskel_tests::stage::Air;

/// Says that this process is the one that sees the simulator's bus.
const ON_THE_BUS: &str = "TERSKEL_BENCH_ON_THE_BUS";
/// The simulator's control door, for the process that sees its bus.
const CONTROL: &str = "TERSKEL_BENCH_CONTROL";
const OPENINGS: usize = 30;
const PHONES: usize = 1000;
const DISPATCHES: usize = 20;
const EVENTS: usize = 20_000;
const APPENDS: usize = 2000;
/// Of a shift.
const KEYS: u32 = 400;
/// In an outbox.
const QUEUED: usize = 10_000;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let as_json = args.iter().any(|arg| arg == "--json");
    match args.first().map(String::as_str) {
        Some("unlock") if std::env::var_os(ON_THE_BUS).is_some() => {
            let control = std::env::var(CONTROL)?;
            let python = value(&args, "--python").map(Path::new);
            let around = unlock::Surroundings { control: &control, python };
            let rows = unlock::measure(OPENINGS, &around).await?;
            println!(
                "{}",
                if as_json { serde_json::to_string_pretty(&json!({"rows": rows}))? } else { table(&rows) }
            );
            if let Some(file) = value(&args, "--figures") {
                figures::write(Path::new(file), &rows)?;
            }
            ensure!(
                rows.iter().filter_map(|row| row.promise.as_ref()).all(Promise::kept),
                "a promise is broken"
            );
        }
        Some("unlock") => on_the_bus(&args).await?,
        Some("dispatch") => {
            let figures = dispatch::measure(PHONES, DISPATCHES).await?;
            println!(
                "{}",
                if as_json { serde_json::to_string_pretty(&figures)? } else { format!("{figures:#?}") }
            );
        }
        Some("audit") => {
            let (events, appends) =
                (number(&args, "--events", EVENTS)?, number(&args, "--appends", APPENDS)?);
            tell(&args, "audit", &audit::measure(events, appends, value(&args, "--postgres")).await?)?;
        }
        Some("keys") => tell(&args, "keys", &keys::measure(KEYS, number(&args, "--rounds", 50)?)?)?,
        Some("revoke") => {
            let (phones, rounds) = (number(&args, "--phones", 24)?, number(&args, "--rounds", 10)?);
            tell(&args, "revoke", &revoke::measure(phones, rounds).await?)?;
        }
        Some("start") => {
            let samples = value(&args, "--samples").context("--samples: what was measured")?;
            tell(&args, "start", &start::read(Path::new(samples))?)?;
        }
        Some("sync") => {
            let pouchdb = value(&args, "--pouchdb").context("--pouchdb: where PouchDB is installed")?;
            let (count, rounds) = (number(&args, "--events", QUEUED)?, number(&args, "--rounds", 3)?);
            tell(&args, "sync", &sync::measure(count, rounds, Path::new(pouchdb)).await?)?;
        }
        _ => bail!(
            "terskel-bench unlock|dispatch|audit|keys|revoke|start|sync [--json] [--figures FILE] [--python PROGRAM] \
             [--postgres URL] [--pouchdb FOLDER] [--samples FILE] [--events N] [--appends N] [--rounds N] [--phones N]"
        ),
    }
    Ok(())
}

/// The D-Bus library reads its address once and from the environment: so the measuring is done by a child.
async fn on_the_bus(args: &[String]) -> Result<()> {
    let logs = tempfile::tempdir()?;
    let street = logs.path().join("street.toml");
    std::fs::write(&street, unlock::STREET)?;
    let air = Air::start(&street.display().to_string(), AuthorityKeys::default(), logs.path()).await?;
    let status = tokio::process::Command::new(std::env::current_exe()?)
        .args(args)
        .env(ON_THE_BUS, "1")
        .env(CONTROL, &air.control)
        .env("DBUS_SYSTEM_BUS_ADDRESS", &air.bus)
        .stdin(Stdio::null())
        .status()
        .await
        .context("the bench can't start itself")?;
    air.stop().await?;
    if !status.success() {
        bail!("the bench failed");
    }
    Ok(())
}

/// Prints the lines, writes them into the figures where that is asked for, and insists on what is promised.
#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
fn tell(args: &[String], bench: &str, lines: &[Line]) -> Result<()> {
    if args.iter().any(|arg| arg == "--json") {
        println!("{}", serde_json::to_string_pretty(&json!({"lines": lines}))?);
    } else {
        println!("{}", line::table(lines));
    }
    if let Some(file) = value(args, "--figures") {
        figures::put(Path::new(file), &format!("cargo xtask bench {bench} --write"), &line::table(lines))?;
    }
    ensure!(lines.iter().all(Line::kept), "a promise is broken");
    Ok(())
}

fn number<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    args: &[String],
    name: &str,
    otherwise: T,
) -> Result<T> {
    Ok(value(args, name).map(str::parse).transpose()?.unwrap_or(otherwise))
}

/// The argument after `name`.
fn value<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1).map(String::as_str)
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<50}{:>6}{:>7}{:>7}{:>10}{:>10}  promise\n",
        "", "runs", "trips", "turns", "p50 ms", "p99 ms"
    );
    for row in rows {
        let count = |count: Option<usize>| count.map_or_else(|| "–".into(), |count| count.to_string());
        let (trips, turns): (String, String) = (count(row.round_trips), count(row.turns));
        let promise = row.promise.as_ref().map_or_else(String::new, |promise| {
            let kept = if promise.kept() { "kept" } else { "BROKEN" };
            format!("{}: {:.2} ≤ {:.2} {kept}", promise.what, promise.value, promise.limit)
        });
        text += &format!(
            "{:<50}{:>6}{trips:>7}{turns:>7}{:>10.1}{:>10.1}  {promise}\n",
            row.name, row.runs, row.p50_ms, row.p99_ms
        );
    }
    text
}
