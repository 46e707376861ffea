//! The keyring of a signed-in user, on a session bus of its own: GNOME's, as on a duty room's desktop.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use terskel_tests::stage::{Launch, Process, until};

/// What unlocks it. Nothing but this test is behind it.
const PASSWORD: &str = "threshold";

/// A running keyring.
pub(crate) struct Keyring {
    /// The session bus that it is on.
    pub(crate) bus: String,
    dbus: Process,
    daemon: Process,
}

impl Keyring {
    /// Starts it unlocked, with its files under `home`.
    pub(crate) async fn start(dir: &Path, env: &[(String, OsString)], home: &Path) -> Result<Self> {
        let launch = |name: &str, program: &str, args: &[&str], env: Vec<(String, OsString)>| Launch {
            name: name.into(),
            program: program.into(),
            args: args.iter().map(Into::into).collect(),
            env,
            log_dir: dir.to_owned(),
        };
        let args = ["--session", "--nofork", "--nopidfile", "--print-address=1"];
        let (dbus, bus) =
            Process::start(launch("session-bus", "/usr/bin/dbus-daemon", &args, vec![])).await?;
        let password = dir.join("keyring-password");
        std::fs::write(&password, PASSWORD)?;
        let mut env = env.to_vec();
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), bus.clone().into()));
        env.push(("PASSWORD_FILE".into(), password.into()));
        let unlocked =
            "exec gnome-keyring-daemon --foreground --unlock --components=secrets < \"$PASSWORD_FILE\"";
        let daemon = Process::launch(launch("keyring", "/bin/sh", &["-c", unlocked], env))?;
        let made = home.join("data/keyrings/login.keyring");
        until("the keyring is there", Duration::from_secs(10), async || Ok(made.exists().then_some(())))
            .await?;
        Ok(Self { bus, dbus, daemon })
    }

    /// Whether its files hold these bytes.
    pub(crate) fn shows(home: &Path, bytes: &[u8]) -> Result<bool> {
        for entry in std::fs::read_dir(home.join("data/keyrings")).context("the keyring's files")? {
            let content = std::fs::read(entry?.path())?;
            if content.windows(bytes.len()).any(|window| window == bytes) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.daemon.kill().await?;
        self.dbus.kill().await
    }
}
