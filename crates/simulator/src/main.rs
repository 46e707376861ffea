//! `terskel-simulator`: puts a street on the air and says where, in one line of JSON.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use terskel_simulator::{Options, Simulator, Street};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
Usage: terskel-simulator --street FILE|NAME [--bus-dir DIR] [--authority HEX]…

  --street FILE|NAME  a street file, or a built-in street: demo, locks
  --bus-dir DIR       where the directory with the bus's socket is made
  --authority HEX     public key of the station that the hubs were installed for; may be repeated

Prints one line of JSON when the street is on the air, and runs until SIGTERM.
Log: to standard error, as RUST_LOG says (default: info).
";

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a backtrace: most often it is a word of the command line or of the street file.
            let _ = writeln!(std::io::stderr(), "terskel-simulator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let Some((street, options)) = arguments(std::env::args().skip(1))? else {
        return say(USAGE.trim_end());
    };
    let mut simulator = Simulator::start(&street, options).await?;
    say(&serde_json::to_string(&simulator)?)?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
        () = simulator.ended() => bail!("the bus is gone"),
    }
}

/// `None`: only help is wanted.
fn arguments(mut given: impl Iterator<Item = String>) -> anyhow::Result<Option<(Street, Options)>> {
    let (mut street, mut options) = (None, Options::default());
    while let Some(name) = given.next() {
        let mut value = || given.next().with_context(|| format!("{name} needs a value\n\n{USAGE}"));
        match name.as_str() {
            "--street" => street = Some(value()?),
            "--bus-dir" => options.bus_dir = Some(PathBuf::from(value()?)),
            "--authority" => options = options.authority_from_hex(&value()?)?,
            "--help" | "-h" => return Ok(None),
            other => bail!("unknown argument {other}\n\n{USAGE}"),
        }
    }
    let street = street.with_context(|| format!("--street is missing\n\n{USAGE}"))?;
    let street = Street::load(&street).with_context(|| format!("the street {street} cannot be used"))?;
    Ok(Some((street, options)))
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    Ok(())
}
