//! `terskel-station`: serves, or makes an API token.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use terskel_model::world::SystemWorld;
use terskel_station::{Config, Role, Station, create_token};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
terskel-station serve [--listen 127.0.0.1:8080] [--public-url URL]... [--data DIR]
    Serves until SIGTERM or Ctrl-C. Prints the address it listens on as its first line. Behind a reverse proxy,
    URL is what phones are given (https://station.example): they sign it, and the station compares.
terskel-station token --role administrator|response-centre --name NAME [--data DIR]
    Makes an API token and prints it, once.
DATABASE_URL=postgres://… uses PostgreSQL; otherwise the database is a SQLite file in DIR (default: station-data).
RUST_LOG sets what is logged (default: info).";

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .init();
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let options = Options::parse(arguments)?;
    match command.as_str() {
        "serve" => serve(options).await,
        "token" => token(options).await,
        "help" | "--help" | "-h" => {
            say(USAGE);
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

struct Options {
    config: Config,
    role: Option<Role>,
    name: Option<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            config: Config {
                listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
                public_urls: Vec::new(),
                data: PathBuf::from("station-data"),
                database_url: std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()),
            },
            role: None,
            name: None,
        };
        while let Some(flag) = arguments.next() {
            let value = arguments.next().with_context(|| format!("{flag} needs a value\n{USAGE}"))?;
            match flag.as_str() {
                "--listen" => options.config.listen = value.parse().context("--listen takes ADDRESS:PORT")?,
                "--public-url" => options.config.public_urls.push(value),
                "--data" => options.config.data = value.into(),
                "--role" => options.role = Some(Role::parse(&value).context("no such role")?),
                "--name" => options.name = Some(value),
                _ => bail!("{flag} is not known\n{USAGE}"),
            }
        }
        Ok(options)
    }
}

async fn serve(options: Options) -> Result<()> {
    let station = Station::start(options.config, Arc::new(SystemWorld)).await?;
    say(&station.url());
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    station.stop().await;
    Ok(())
}

async fn token(options: Options) -> Result<()> {
    let role = options.role.with_context(|| format!("--role is missing\n{USAGE}"))?;
    let name = options.name.with_context(|| format!("--name is missing\n{USAGE}"))?;
    let token = create_token(&options.config, Arc::new(SystemWorld), role, &name).await?;
    say(token.expose());
    Ok(())
}

/// A reader that has gone away is no reason to stop serving.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
