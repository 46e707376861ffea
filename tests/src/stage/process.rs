//! One of our programs as a child process: started, heard until it is ready, ended.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::bench::cpu;

const READY_WITHIN: Duration = Duration::from_secs(30);
const ENDED_WITHIN: Duration = Duration::from_secs(10);

/// What to start, and where its log goes.
#[derive(Debug)]
pub struct Launch {
    /// Name in messages and of the log file.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Added to the environment.
    pub env: Vec<(String, OsString)>,
    /// Where its standard error is kept, as `NAME.log`.
    pub log_dir: PathBuf,
}

/// A running child. Ended when dropped; `SIGTERM` reaches it also when we are killed ourselves.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it and waits for its first line on standard output: all our programs print one when they are ready.
    ///
    /// # Errors
    /// When it can't be started, ends at once, or is not ready within half a minute; the end of its log is told.
    pub async fn start(launch: Launch) -> Result<(Self, String)> {
        let (process, stdout) = Self::spawn(launch, Stdio::piped())?;
        let mut lines = BufReader::new(stdout.context("a piped child has an output")?).lines();
        let line = match timeout(READY_WITHIN, lines.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(_) => bail!("{} ended before it was ready:\n{}", process.name, process.log_end()),
            Err(_) => bail!("{} was not ready in time:\n{}", process.name, process.log_end()),
        };
        // Whatever it prints later must not block it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((process, line))
    }

    /// Starts it without waiting for a word from it: a window, say.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn launch(launch: Launch) -> Result<Self> {
        Self::spawn(launch, Stdio::null()).map(|(process, _)| process)
    }

    fn spawn(launch: Launch, stdout: Stdio) -> Result<(Self, Option<ChildStdout>)> {
        let log = launch.log_dir.join(format!("{}.log", launch.name));
        let stderr = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let mut child = with_parent(&launch.program)
            .args(&launch.args)
            .envs(launch.env)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            // Ctrl-C is for us; we end the children in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("can't start {}", launch.program.display()))?;
        let stdout = child.stdout.take();
        Ok((Self { name: launch.name, child, log }, stdout))
    }

    /// Asks it to end (`SIGTERM`) and waits until it has.
    ///
    /// # Errors
    /// When it does not end in time (it is killed then) or ends with another code than 0.
    pub async fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let Ok(status) = timeout(ENDED_WITHIN, self.child.wait()).await else {
            self.child.kill().await?;
            bail!("{} did not end when asked to:\n{}", self.name, self.log_end());
        };
        let status = status?;
        if !status.success() {
            bail!("{} ended with {status}:\n{}", self.name, self.log_end());
        }
        Ok(())
    }

    /// Kills it in the middle of whatever it does (`SIGKILL`), as a power cut would.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("can't kill {}", self.name))
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// How long cores have worked for it so far.
    ///
    /// # Errors
    /// When it does not run any longer.
    pub fn worked(&self) -> Result<Duration> {
        cpu::of_process(self.id().with_context(|| format!("{} does not run", self.name))?)
    }

    /// The end of its log, for messages.
    #[must_use]
    pub fn log_end(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// Whoever traces it (`strace`) lets go of it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn untrace(&self) -> Result<()> {
        let id = self.id().with_context(|| format!("{} does not run", self.name))?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        match tracer.and_then(|tracer| tracer.trim().parse().ok()).and_then(Pid::from_raw) {
            Some(tracer) => Ok(kill_process(tracer, Signal::TERM)?),
            None => Ok(()),
        }
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let id = id.with_context(|| format!("{} has ended by itself:\n{}", self.name, self.log_end()))?;
        kill_process(id, signal).with_context(|| format!("can't signal {}", self.name))
    }
}

/// `setpriv` (util-linux, in every Debian) passes our own death on to the child, also a sudden one.
fn with_parent(program: &Path) -> Command {
    if !Path::new("/usr/bin/setpriv").exists() {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}
