//! Debian's PostgreSQL on a private socket, for the time of the tests.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{answers, read, succeed};
use crate::report::Watch;
use crate::scratch::Scratch;

const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A running server that nobody else can reach. Gone when dropped.
pub(crate) struct Postgres {
    scratch: Scratch,
    server: Child,
}

impl Postgres {
    /// Makes an empty cluster and starts it; `durable`: what is committed is on the disk. It refuses to run as root, so root lends it Debian's `postgres`.
    pub(crate) fn start(durable: bool) -> Result<Self> {
        let programs = programs()?;
        let scratch = if durable { Scratch::on_disk("pg")? } else { Scratch::new("pg")? };
        let dir = scratch.path();
        if is_root() {
            succeed(Command::new("chown").arg("postgres:").arg(dir))?;
        }
        let data = dir.join("data");
        let mut init = unprivileged(&programs.join("initdb"));
        let options =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"];
        read(init.args(options).arg(&data).current_dir("/"))?;
        let log = std::fs::File::create(dir.join("server.log"))?;
        let server = unprivileged(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(dir)
            .args(["-c", "listen_addresses=", "-c", "max_connections=300", "-c"])
            .arg(if durable { "fsync=on" } else { "fsync=off" })
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("can't start PostgreSQL")?;
        let postgres = Self { scratch, server };
        postgres.wait(&programs)?;
        Ok(postgres)
    }

    /// For `sqlx`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.scratch.path().display())
    }

    fn wait(&self, programs: &Path) -> Result<()> {
        let host = self.scratch.path().display().to_string();
        let watch = Watch::start();
        while !answers(programs.join("pg_isready"), &["-q", "-h", &host]) {
            if watch.elapsed() > READY_WITHIN {
                let log = std::fs::read_to_string(self.scratch.path().join("server.log")).unwrap_or_default();
                bail!("PostgreSQL did not become ready:\n{log}");
            }
            sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT asks for the fast shutdown.
        let id = self.server.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().ok();
        self.server.wait().ok();
    }
}

fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Debian keeps them by version, out of the path; the newest is taken.
fn programs() -> Result<PathBuf> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").context("Debian's PostgreSQL is not installed")?;
    let mut dirs: Vec<_> = versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect();
    dirs.retain(|dir| dir.join("initdb").exists());
    let number = |dir: &PathBuf| dir.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    dirs.into_iter().max_by_key(number).context("Debian's PostgreSQL is not installed")
}
