//! A phone: `terskel-headless`, and what a worker can do with it through the one door.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::StreamExt as _;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use terskel_companion::interface::{Answer, Intent, Outcome, Problem, Question, View};
use tokio::time::timeout;

use super::process::{Launch, Process};
use super::programs::program;

/// Where in its folder a phone of the stage has the key of its store.
pub const KEY_FILE: &str = "store.key";

/// How to start a phone.
#[derive(Clone, Copy, Debug)]
pub struct PhoneOptions<'a> {
    /// Whose.
    pub name: &'a str,
    /// The folder of its store.
    pub data: &'a Path,
    /// Where logs go.
    pub logs: &'a Path,
    /// `ADDRESS:PORT`; port 0 takes any.
    pub listen: &'a str,
    /// The D-Bus on which its Bluetooth is.
    pub bus: &'a str,
    /// Added to its environment.
    pub env: &'a [(String, OsString)],
    /// The built user interface, served at `/`.
    pub ui: Option<&'a Path>,
    /// What starts the program, with its arguments; nothing: it is started as it is.
    pub under: &'a [OsString],
}

/// A running phone.
#[derive(Debug)]
pub struct Phone {
    /// Where its door and, with a user interface, its screen is.
    pub url: String,
    process: Process,
    http: reqwest::Client,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reply<T> {
    Ok(T),
    Problem(Problem),
}

impl Phone {
    /// Switches it on.
    ///
    /// # Errors
    /// When the program does not become ready.
    pub async fn start(options: PhoneOptions<'_>) -> Result<Self> {
        let mut args = vec!["--data".into(), options.data.into(), "--listen".into(), options.listen.into()];
        args.extend(["--key-file".into(), options.data.join(KEY_FILE).into()]);
        if let Some(ui) = options.ui {
            args.extend(["--ui".into(), ui.into()]);
        }
        let headless = program("terskel-headless")?;
        let (program, args) = match options.under {
            [] => (headless, args),
            [first, rest @ ..] => {
                let before = rest.iter().cloned().chain([headless.into_os_string()]);
                (first.into(), before.chain(args).collect())
            }
        };
        let launch = Launch {
            name: options.name.to_lowercase(),
            program,
            args,
            env: [("DBUS_SYSTEM_BUS_ADDRESS".into(), options.bus.into())]
                .into_iter()
                .chain(options.env.iter().cloned())
                .collect(),
            log_dir: options.logs.to_owned(),
        };
        let (process, line) = Process::start(launch).await?;
        let ready: Value = serde_json::from_str(&line).context("the ready line is JSON")?;
        let url = ready["url"].as_str().context("the ready line names the URL")?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), process, http: reqwest::Client::new() })
    }

    /// Wants something done. The inner result is the worker's.
    ///
    /// # Errors
    /// When the door itself fails.
    pub async fn intend(&self, intent: &Intent) -> Result<Result<Outcome, Problem>> {
        self.post("intend", intent).await
    }

    /// Wants something done that must go through.
    ///
    /// # Errors
    /// When it does not.
    pub async fn must(&self, intent: &Intent) -> Result<Outcome> {
        self.intend(intent).await?.map_err(|problem| anyhow::anyhow!("{intent:?} met {problem:?}"))
    }

    /// Asks something.
    ///
    /// # Errors
    /// When the door fails, or the phone can't answer.
    pub async fn ask(&self, question: &Question) -> Result<Answer> {
        self.post("ask", question)
            .await?
            .map_err(|problem: Problem| anyhow::anyhow!("{question:?}: {problem:?}"))
    }

    /// Looks at the screen until `look` finds what it looks for, and hands that out.
    ///
    /// # Errors
    /// When it is not to be seen within `limit`; the last view is told.
    pub async fn see<T>(
        &self,
        what: &str,
        limit: Duration,
        look: impl FnMut(&View) -> Option<T>,
    ) -> Result<T> {
        let mut last = None;
        match timeout(limit, self.watch(&mut last, look)).await {
            Ok(found) => found.with_context(|| format!("waiting for: {what}")),
            Err(_) => {
                bail!("not seen within {limit:?}: {what}\nlast view: {last:#?}\n{}", self.process.log_end())
            }
        }
    }

    async fn watch<T>(&self, last: &mut Option<View>, mut look: impl FnMut(&View) -> Option<T>) -> Result<T> {
        let response = self.http.get(format!("{}/views", self.url)).send().await?.error_for_status()?;
        let mut body = response.bytes_stream();
        let mut text = Vec::new();
        while let Some(chunk) = body.next().await {
            text.extend_from_slice(&chunk?);
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                let Some(data) = line.strip_prefix(b"data:") else { continue };
                let view: View = serde_json::from_slice(data.trim_ascii()).context("a view is JSON")?;
                if let Some(found) = look(&view) {
                    return Ok(found);
                }
                *last = Some(view);
            }
        }
        bail!("the stream of views ended")
    }

    /// How long cores have worked for it so far.
    ///
    /// # Errors
    /// When it does not run any longer.
    pub fn worked(&self) -> Result<Duration> {
        self.process.worked()
    }

    /// Switches it off, in order.
    ///
    /// # Errors
    /// When it does not end as it should.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }

    /// As [`Process::untrace`].
    ///
    /// # Errors
    /// When the system refuses.
    pub fn untrace(&self) -> Result<()> {
        self.process.untrace()
    }

    /// Kills the app in the middle of whatever it does.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(self) -> Result<()> {
        self.process.kill().await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        door: &str,
        body: &impl serde::Serialize,
    ) -> Result<Result<T, Problem>> {
        let response = self.http.post(format!("{}/{door}", self.url)).json(body).send().await?;
        let status = response.status();
        let text = response.text().await?;
        let reply = serde_json::from_str(&text).with_context(|| format!("{status}, unreadable: {text}"))?;
        Ok(match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Problem(problem) => Err(problem),
        })
    }
}
