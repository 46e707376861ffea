//! The station: `terskel-station`, and the tools that talk to it over HTTP.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Serialize, de::DeserializeOwned};
use terskel_api::Secret;
use terskel_api::audit::AuditTrail;
use terskel_api::dispatch::{CentreDispatch, NewDispatch};
use terskel_api::path;
use terskel_api::session::{LeadSignIn, LeadSignedIn};
use terskel_model::DispatchId;

use super::process::{Launch, Process};
use super::programs::program;

/// What not every station has.
#[derive(Clone, Debug, Default)]
pub struct StationOptions {
    /// A PostgreSQL; SQLite in the data directory without one.
    pub database_url: Option<String>,
    /// Where the built console lies, if it shall serve one.
    pub console: Option<PathBuf>,
    /// Where phones reach it, where that is not where it listens.
    pub public_urls: Vec<String>,
}

/// A running station.
#[derive(Debug)]
pub struct Station {
    /// Where it listens.
    pub url: String,
    data: PathBuf,
    logs: PathBuf,
    options: StationOptions,
    process: Process,
}

impl Station {
    /// Starts it on `listen` (`ADDRESS:PORT`; port 0 takes any) with its data in `data`.
    ///
    /// # Errors
    /// When the program does not become ready.
    pub async fn start(listen: &str, data: &Path, logs: &Path) -> Result<Self> {
        Self::start_with(listen, data, logs, StationOptions::default()).await
    }

    /// Starts it with what not every station has.
    ///
    /// # Errors
    /// When the program does not become ready.
    pub async fn start_with(listen: &str, data: &Path, logs: &Path, options: StationOptions) -> Result<Self> {
        let mut args = vec!["serve".into(), "--listen".into(), listen.into(), "--data".into(), data.into()];
        args.extend(options.console.iter().flat_map(|dir| ["--console".into(), dir.into()]));
        args.extend(options.public_urls.iter().flat_map(|url| ["--public-url".into(), url.into()]));
        let launch = Launch {
            name: "station".into(),
            program: program("terskel-station")?,
            args,
            env: environment(options.database_url.as_deref()),
            log_dir: logs.to_owned(),
        };
        let (process, url) = Process::start(launch).await?;
        let url = url.trim_end_matches('/').to_owned();
        let (data, logs) = (data.to_owned(), logs.to_owned());
        Ok(Self { url, data, logs, options, process })
    }

    /// Kills it and starts it again at the same address.
    ///
    /// # Errors
    /// When it does not become ready again.
    pub async fn kill_and_restart(self) -> Result<Self> {
        let listen =
            self.url.strip_prefix("http://").context("the station's URL begins with http://")?.to_owned();
        self.process.kill().await?;
        Self::start_with(&listen, &self.data, &self.logs, self.options).await
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it does not end as it should.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }

    /// Resident memory of its process, MiB.
    ///
    /// # Errors
    /// When it does not run any longer.
    pub fn memory_mib(&self) -> Result<f64> {
        let id = self.process.id().context("the station does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }

    /// How long cores have worked for it so far.
    ///
    /// # Errors
    /// When it does not run any longer.
    pub fn worked(&self) -> Result<Duration> {
        self.process.worked()
    }

    /// Makes an API token with the station's own command.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn token(&self, role: &str, name: &str) -> Result<Secret> {
        let made = tokio::process::Command::new(program("terskel-station")?)
            .args(["token", "--role", role, "--name", name, "--data"])
            .arg(&self.data)
            .envs(environment(self.options.database_url.as_deref()))
            .output()
            .await?;
        if !made.status.success() {
            bail!("no token was made: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(Secret::new(String::from_utf8(made.stdout)?.trim()))
    }

    /// A client that shows `token`.
    #[must_use]
    pub fn client(&self, token: Option<Secret>) -> Client {
        Client { url: self.url.clone(), token, http: reqwest::Client::new() }
    }
}

fn environment(database_url: Option<&str>) -> Vec<(String, OsString)> {
    database_url.map(|url| ("DATABASE_URL".into(), url.into())).into_iter().collect()
}

/// Talks to the station as the holder of a token.
#[derive(Clone, Debug)]
pub struct Client {
    url: String,
    token: Option<Secret>,
    http: reqwest::Client,
}

impl Client {
    /// A team lead's session, with staff number and PIN.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn lead(&self, staff_number: &str, pin: &str) -> Result<Self> {
        let sign_in = LeadSignIn { staff_number: staff_number.into(), pin: Secret::new(pin) };
        let session: LeadSignedIn = self.post(path::LEAD_SESSION, &sign_in).await?;
        Ok(Self { token: Some(session.token), ..self.clone() })
    }

    /// Calls a team out.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn dispatch(&self, new: &NewDispatch) -> Result<CentreDispatch> {
        self.post(path::DISPATCHES, new).await
    }

    /// How far a dispatch is.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn progress(&self, dispatch: DispatchId) -> Result<CentreDispatch> {
        self.get(&path::DISPATCH.replace("{id}", &dispatch.to_string())).await
    }

    /// The audit trail of a dispatch.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn audit(&self, dispatch: DispatchId) -> Result<AuditTrail> {
        self.get(&format!("{}?dispatch={dispatch}", path::AUDIT)).await
    }

    /// Replaces what is at a path of the API.
    ///
    /// # Errors
    /// When the station refuses; its problem is told.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.send(self.http.put(format!("{}{path}", self.url)).json(body), path).await
    }

    /// Posts to any path of the API.
    ///
    /// # Errors
    /// When the station refuses; its problem is told.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.send(self.http.post(format!("{}{path}", self.url)).json(body), path).await
    }

    /// Takes something of the API away.
    ///
    /// # Errors
    /// When the station refuses; its problem is told.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.send(self.http.delete(format!("{}{path}", self.url)), path).await
    }

    /// A file.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        self.answer(self.http.get(format!("{}{path}", self.url)), path).await
    }

    /// A text.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn text(&self, path: &str) -> Result<String> {
        Ok(String::from_utf8(self.bytes(path).await?)?)
    }

    /// Gets from any path of the API.
    ///
    /// # Errors
    /// When the station refuses; its problem is told.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.send(self.http.get(format!("{}{path}", self.url)), path).await
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder, path: &str) -> Result<T> {
        let body = self.answer(request, path).await?;
        serde_json::from_slice(&body).with_context(|| format!("{path}: unreadable answer"))
    }

    async fn answer(&self, request: reqwest::RequestBuilder, path: &str) -> Result<Vec<u8>> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        };
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            bail!("{path}: {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body.to_vec())
    }
}
