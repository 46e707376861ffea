//! `terskel-station`: serves, makes API tokens and keys, or prints its contract.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use terskel_api::Secret;
use terskel_model::world::SystemWorld;
use terskel_station::{
    Config, DanalockAccount, DanalockService, Retention, Role, Station, create_token, openapi_document,
    reseal, rotate_key,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
terskel-station serve [--listen 127.0.0.1:8080] [--public-url URL]... [--data DIR] [--console DIR]
                       [--keep-use-days 90] [--keep-words-days 365] [--keep-trail-days 1827]
    Serves until SIGTERM or Ctrl-C. Prints the address it listens on as its first line. Behind a reverse proxy,
    URL is what phones are given (https://station.example): they sign it, and the station compares. With the built
    console in --console DIR (ui/dist-console) team leads find it at /console/.
    What has ended is erased after its time, every hour (docs/retention.md): one-time codes, sessions and the ways in of
    former residents after --keep-use-days, what people wrote after --keep-words-days, the audit trail and who and what
    it names after --keep-trail-days.
    [--danalock-url URL --danalock-account FILE [--danalock-ca FILE] [--danalock-lock-ca FILE]]
    Fetches login tokens of Danalock locks from the vendor's key service. The account's file has user name and password, a
    line each, and mode 0600; TERSKEL_DANALOCK_ACCOUNT holds the same. --danalock-ca: who vouches for the service, PEM, in
    place of whom the system trusts; --danalock-lock-ca: who vouches for locks that are added without a secret.
terskel-station token --role administrator|response-centre --name NAME [--data DIR]
    Makes an API token and prints it, once.
terskel-station rotate-key [--stolen yes] [--data DIR]
    Makes the next signing key of the key authority. It is published at once and signs after 48 hours; the old key is
    believed until the last that it signed has run out. --stolen yes: it signs at once, and the old ones are believed no
    longer.
terskel-station openapi
    Prints the contract of its HTTP interface.
terskel-station reseal [--data DIR]
    Seals all lock credentials and door codes anew, under a new master key. No node of the station may run. The old key is
    kept under another name, for backups from before; copy the new master.key to the other nodes.
TERSKEL_AUTHORITY_KEY holds the key authority's keys (PKCS#8, PEM or base64) in place of files in DIR.
terskel-station access
    Prints who may do what at its HTTP interface (docs/access.md).
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
        "reseal" => seal_anew(options).await,
        "rotate-key" => rotate(options).await,
        "openapi" => {
            say(&openapi_document().to_pretty_json()?);
            Ok(())
        }
        "access" => {
            say(terskel_station::access::table().trim_end());
            Ok(())
        }
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
    /// Days: use, words, trail.
    kept: [Option<u32>; 3],
    stolen: bool,
    danalock_url: Option<String>,
    danalock_account: Option<DanalockAccount>,
    danalock_ca: Option<PathBuf>,
    danalock_lock_ca: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            config: Config {
                listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
                database_url: variable("DATABASE_URL"),
                authority_keys: variable("TERSKEL_AUTHORITY_KEY").map(Secret::new),
                ..Config::new(PathBuf::from("station-data"))
            },
            kept: [None; 3],
            danalock_account: variable("TERSKEL_DANALOCK_ACCOUNT")
                .map(|told| DanalockAccount::Told(Secret::new(told))),
            danalock_url: None,
            danalock_ca: None,
            danalock_lock_ca: None,
            stolen: false,
            role: None,
            name: None,
        };
        while let Some(flag) = arguments.next() {
            let value = arguments.next().with_context(|| format!("{flag} needs a value\n{USAGE}"))?;
            match flag.as_str() {
                "--listen" => options.config.listen = value.parse().context("--listen takes ADDRESS:PORT")?,
                "--public-url" => options.config.public_urls.push(value),
                "--data" => options.config.data = value.into(),
                "--console" => options.config.console = Some(value.into()),
                "--keep-use-days" => options.kept[0] = Some(days(&flag, &value)?),
                "--keep-words-days" => options.kept[1] = Some(days(&flag, &value)?),
                "--keep-trail-days" => options.kept[2] = Some(days(&flag, &value)?),
                "--danalock-url" => options.danalock_url = Some(value),
                "--danalock-account" => options.danalock_account = Some(DanalockAccount::File(value.into())),
                "--danalock-ca" => options.danalock_ca = Some(value.into()),
                "--danalock-lock-ca" => options.danalock_lock_ca = Some(value.into()),
                "--role" => options.role = Some(Role::parse(&value).context("no such role")?),
                "--stolen" if value == "yes" => options.stolen = true,
                "--name" => options.name = Some(value),
                _ => bail!("{flag} is not known\n{USAGE}"),
            }
        }
        let [in_use, words, trail] = options.kept;
        options.config.retention = Retention::new(in_use, words, trail)?;
        options.config.danalock = options.danalock_service()?;
        Ok(options)
    }

    fn danalock_service(&mut self) -> Result<Option<DanalockService>> {
        let Some(url) = self.danalock_url.take() else { return Ok(None) };
        let missing = || format!("--danalock-account or TERSKEL_DANALOCK_ACCOUNT is missing\n{USAGE}");
        let account = self.danalock_account.take().with_context(missing)?;
        let (ca, lock_ca) = (self.danalock_ca.take(), self.danalock_lock_ca.take());
        Ok(Some(DanalockService { url, account, ca, lock_ca }))
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

async fn rotate(options: Options) -> Result<()> {
    let made = rotate_key(&options.config, Arc::new(SystemWorld), options.stolen).await?;
    say(&format!("Key {} signs from {}.", made.kid, made.signs_from));
    say(&format!(
        "Where the station has several nodes, copy {} to each of them before.",
        made.file.display()
    ));
    Ok(())
}

async fn seal_anew(options: Options) -> Result<()> {
    let done = reseal(&options.config, Arc::new(SystemWorld)).await?;
    say(&format!("{} secrets are sealed under a new master key.", done.secrets));
    say(&format!("The old one is {}: delete it with the last backup from before.", done.old_key.display()));
    Ok(())
}

fn days(flag: &str, value: &str) -> Result<u32> {
    value.parse().with_context(|| format!("{flag} takes a number of days"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A reader that has gone away is no reason to stop serving.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
