//! Starting and stopping.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use terskel_api::Secret;
use terskel_keys::log::LogKey;
use terskel_model::{Timestamp, World};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::app::{App, Shared};
use crate::auth::token::{NewApiToken, new_token};
use crate::auth::{PinWork, Role, SessionSecrets};
use crate::authority::{AuthorityError, Keyring, Rotated, rotate};
use crate::db::dialect::sqlite_url;
use crate::db::{Db, MigrationError, ms};
use crate::dispatch::deadlines::fire_due;
use crate::keys::source::danalock::{Danalock, DanalockService, DanalockServiceError};
use crate::keys::source::{KeySource, Sources, keep, keep_up};
use crate::log::checkpoint::sign_when_due;
use crate::log::take_in_backlog;
use crate::reseal::{MasterKeyError, Resealed, hold, master, seal_anew};
use crate::retention::{self, Retention, Turn};
use crate::seal::Seal;
use crate::secret_file::{SecretFileError, read_or_make};
use crate::stream::{Live, Tailer};
use crate::{check, routes};

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(500);
/// How long a stopping station waits for requests that do not end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many PINs are checked at the same time.
const PIN_CHECKS: usize = 2;

/// Where a station lives.
#[derive(Clone)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where phones reach it, behind a reverse proxy: `https://…`, one for each name that it has. The address it listens
    /// on where there is none.
    pub public_urls: Vec<String>,
    /// Its data directory: the seeds of the key authority and of the log, the master key and, without `database_url`,
    /// the database. All nodes of one station have the same key files.
    pub data: PathBuf,
    /// PostgreSQL, as `postgres://…`. SQLite in the data directory where there is none.
    pub database_url: Option<String>,
    /// The key authority's private keys, in PKCS#8: as PEM, or as DER in base64 with spaces between. From files in the data
    /// directory where there are none.
    pub authority_keys: Option<Secret>,
    /// The vendor's key service of Danalock locks, where the municipality has an account there.
    pub danalock: Option<DanalockService>,
    /// Where the built console lies; without it there is no `/console/`.
    pub console: Option<PathBuf>,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// What it costs to hash a PIN.
    pub pin_work: PinWork,
}

impl Config {
    /// A station in this directory by itself: on this machine at a free port, SQLite, keys in files, nothing of others.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_urls: Vec::new(),
            data,
            database_url: None,
            authority_keys: None,
            danalock: None,
            console: None,
            retention: Retention::default(),
            pin_work: PinWork::default(),
        }
    }
}

impl std::fmt::Debug for Config {
    /// A database URL can hold a password, and the keys are not for anybody's eyes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let database = if self.database_url.is_some() { "by URL" } else { "SQLite" };
        let Self { listen, public_urls, data, .. } = self;
        write!(
            f,
            "Config {{ listen: {listen}, public_urls: {public_urls:?}, data: {data:?}, database: {database} }}"
        )
    }
}

/// Why a station does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory, or the address to listen on.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// One of its secrets.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The master key.
    #[error(transparent)]
    Master(#[from] MasterKeyError),
    /// The key authority.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A vendor's key service.
    #[error(transparent)]
    KeyService(#[from] DanalockServiceError),
    /// The database.
    #[error("the database cannot be used: {0}")]
    Database(#[from] MigrationError),
    /// The database does not tell where the stream stands.
    #[error("the stream's head cannot be read")]
    Stream,
    /// The database did not take into the log what was written down before there was one.
    #[error("the log could not be brought up to date")]
    Log,
    /// An address that phones cannot reach it by.
    #[error("a public URL must be http or https, with a host, without query: {0}")]
    PublicUrl(String),
    /// The database took no token.
    #[error("no token was stored")]
    Token,
    /// A name that is empty, too long or holds control characters.
    #[error("the name must have 1 to 100 characters")]
    Name,
}

/// A running station.
pub struct Station {
    app: Shared,
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
    /// Nobody changes the master key meanwhile.
    _lock: std::fs::File,
}

impl Station {
    /// Opens data directory and database, and serves.
    ///
    /// # Errors
    /// [`StartError`] when the address, the directory, a secret or the database cannot be used.
    pub async fn start(config: Config, world: Arc<dyn World>) -> Result<Self, StartError> {
        make_directory(&config.data)?;
        let _lock = hold(&config.data, false)?;
        let io = |e| StartError::Io(config.listen.to_string(), e);
        let listener = TcpListener::bind(config.listen).await.map_err(io)?;
        let address = listener.local_addr().map_err(io)?;
        let console = config.console.clone();
        let app = open(&Config { listen: address, ..config }, world).await?;
        let tailer = Tailer::begin(&app).await.map_err(|_| StartError::Stream)?;
        let router = routes::router(app.clone(), console.as_deref());
        let tasks = vec![
            tokio::spawn(serve(listener, router, app.stopping.subscribe())),
            tokio::spawn(tailer.follow(app.clone())),
            tokio::spawn(watch_deadlines(app.clone())),
            tokio::spawn(retention::watch(app.clone())),
            tokio::spawn(keep(app.clone())),
        ];
        Ok(Self { app, address, tasks, _lock })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and [`Station::address`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes an API token; it is told here and never again.
    ///
    /// # Errors
    /// [`StartError::Name`] or [`StartError::Token`].
    pub async fn create_token(&self, role: Role, name: &str) -> Result<Secret, StartError> {
        store_token(&self.app, role, name).await
    }

    /// Does what is due at `now`: fetches secrets of locks whose sources are to be asked, as the station does by itself now
    /// and then, and fires deadlines, as it does twice a second. Says how many of these.
    ///
    /// # Errors
    /// Text for the log when the database fails.
    pub async fn tick(&self, now: Timestamp) -> Result<usize, String> {
        keep_up(&self.app).await.map_err(|e| e.for_log())?;
        fire_due(&self.app, now).await.map_err(|e| e.for_log())
    }

    /// Erases what has reached the end of its time, if that is due at `now`; the station looks by itself.
    ///
    /// # Errors
    /// Text for the log when the database fails.
    pub async fn erase_due(&self, now: Timestamp) -> Result<(), String> {
        retention::erase_due(&self.app, now).await.map_err(|e| e.for_log())
    }

    /// Ends streams, lets requests finish, closes the database.
    pub async fn stop(self) {
        self.app.stopping.send_replace(true);
        for mut task in self.tasks {
            match tokio::time::timeout(PATIENCE, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a task of the station ended badly"),
                Err(_) => task.abort(),
            }
        }
        self.app.db.close().await;
    }
}

/// Makes an API token for a station that may or may not be running.
///
/// # Errors
/// As [`Station::start`], and [`StartError::Name`].
pub async fn create_token(
    config: &Config,
    world: Arc<dyn World>,
    role: Role,
    name: &str,
) -> Result<Secret, StartError> {
    let app = open(config, world).await?;
    let token = store_token(&app, role, name).await;
    app.db.close().await;
    token
}

/// Makes the next key of the key authority, for a station that may or may not be running. `stolen`: the keys until now
/// are believed no longer.
///
/// # Errors
/// As [`Station::start`]; [`AuthorityError::UnderWay`], [`AuthorityError::FromEnvironment`].
pub async fn rotate_key(config: &Config, world: Arc<dyn World>, stolen: bool) -> Result<Rotated, StartError> {
    let app = open(config, world).await?;
    let rotated = rotate(&app, stolen).await;
    app.db.close().await;
    Ok(rotated?)
}

/// Seals all lock credentials and door codes anew, under a new master key. No node of the station may run.
///
/// # Errors
/// As [`Station::start`]; [`MasterKeyError::Running`].
pub async fn reseal(config: &Config, world: Arc<dyn World>) -> Result<Resealed, StartError> {
    let _lock = hold(&config.data, true)?;
    let app = open(config, world).await?;
    let done = seal_anew(&app, &config.data).await;
    app.db.close().await;
    Ok(done?)
}

async fn store_token(app: &App, role: Role, name: &str) -> Result<Secret, StartError> {
    let name = check::required("name", name, 100).map_err(|_| StartError::Name)?;
    let token = new_token(&*app.world);
    app.write(&NewApiToken { role, name: &name, token: &token }).await.map_err(|_| StartError::Token)?;
    Ok(token)
}

fn make_directory(data: &Path) -> Result<(), StartError> {
    // Names and addresses lie in it: for the station's own user only.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|e| StartError::Io(data.display().to_string(), e))
}

pub(crate) async fn open(config: &Config, world: Arc<dyn World>) -> Result<Shared, StartError> {
    let data = &config.data;
    make_directory(data)?;
    let log_seed = read_or_make(&data.join("log.seed"), &*world)?;
    let url = config.database_url.clone().unwrap_or_else(|| sqlite_url(data));
    let db = Db::open(&url, ms(world.now())).await?;
    let master_path = data.join("master.key");
    let master = master(data, &db, &*world).await?;
    let app = Arc::new(App {
        seal: Seal::new(&master).ok_or_else(|| SecretFileError::Length(master_path.clone()))?,
        db,
        authority: Keyring::new(data, config.authority_keys.as_ref())?,
        log_key: LogKey::from_seed(&log_seed),
        sessions: SessionSecrets::derive(&master).ok_or(SecretFileError::Length(master_path))?,
        public_urls: public_urls(config)?,
        sources: sources(config)?,
        live: Live::new(),
        retention: config.retention,
        retention_turn: Turn::default(),
        pin_checks: Arc::new(Semaphore::new(PIN_CHECKS)),
        pin_work: config.pin_work,
        stopping: watch::Sender::new(false),
        world,
    });
    take_in_backlog(&app).await.map_err(|_| StartError::Log)?;
    app.authority.begin(&app).await?;
    Ok(app)
}

fn sources(config: &Config) -> Result<Sources, StartError> {
    let danalock = config.danalock.as_ref().map(Danalock::new).transpose()?;
    Ok(Sources::new(danalock.into_iter().map(|source| Box::new(source) as Box<dyn KeySource>).collect()))
}

/// Without a slash at the end.
fn public_urls(config: &Config) -> Result<Vec<String>, StartError> {
    if config.public_urls.is_empty() {
        let port = config.listen.port();
        let mut urls = vec![format!("http://{}", config.listen)];
        urls.extend(config.listen.ip().is_loopback().then(|| format!("http://localhost:{port}")));
        return Ok(urls);
    }
    let usable = |url: &Uri| matches!(url.scheme_str(), Some("http" | "https")) && url.query().is_none();
    let check = |text: &String| match text.parse::<Uri>() {
        Ok(url) if usable(&url) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err(StartError::PublicUrl(text.clone())),
    };
    config.public_urls.iter().map(check).collect()
}

async fn serve(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let stop = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // Alerts are small and must not wait for a full packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "the server ended");
    }
}

async fn watch_deadlines(app: Shared) {
    let mut stopping = app.stopping.subscribe();
    loop {
        if let Err(error) = fire_due(&app, app.now()).await {
            tracing::error!(error = error.for_log(), "deadlines could not be looked at");
        }
        if let Err(error) = sign_when_due(&app).await {
            tracing::error!(error = error.for_log(), "the log could not be signed");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}
