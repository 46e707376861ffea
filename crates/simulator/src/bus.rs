//! A D-Bus daemon of our own, with its socket in a directory that goes when we go.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

/// Unix socket paths hold 108 bytes with the closing zero.
const LONGEST_SOCKET_PATH: usize = 107;

/// The shell holds our end of a pipe: when we are gone, however it happened, it reads the end of the file, stops the
/// daemon and removes the directory.
const KEEPER: &str = r#"
trap '' INT TERM HUP
dbus-daemon --config-file="$1/bus.conf" --nofork --nopidfile --nosyslog --print-address=1 2>"$1/bus.log" &
read -r _
kill -9 $! 2>/dev/null
wait
rm -rf "$1"
"#;

/// A private bus. Dropping it stops the daemon and removes the directory.
#[derive(Debug)]
pub struct PrivateBus {
    address: String,
    keeper: Child,
    alive: Option<ChildStdin>,
    dir: TempDir,
}

impl PrivateBus {
    /// Where its socket is, and what else must go with it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.dir.path()
    }

    /// Starts a daemon with its socket in a new directory below `parent` (the system's temporary directory if
    /// `None`). Blocks for some milliseconds.
    ///
    /// # Errors
    /// No `dbus-daemon` on the path, the directory cannot be written, or its path is too long for a socket.
    pub fn start(parent: Option<&Path>) -> anyhow::Result<Self> {
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_path_buf);
        std::fs::create_dir_all(&parent).with_context(|| format!("cannot make {}", parent.display()))?;
        let parent = parent.canonicalize()?;
        let dir = tempfile::Builder::new().prefix("terskel-bus-").tempdir_in(&parent)?;
        let socket = dir.path().join("socket");
        let length = socket.as_os_str().len();
        ensure!(
            length <= LONGEST_SOCKET_PATH,
            "{} is too long for a socket: use a shorter one",
            parent.display()
        );
        std::fs::write(dir.path().join("bus.conf"), config(&socket))?;
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "terskel-bus"])
            .arg(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A signal to our whole group must not take the bus away before we have ended.
            .process_group(0)
            .spawn()?;
        let alive = keeper.stdin.take();
        let mut address = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout).read_line(&mut address)?;
        }
        let bus = Self { address: address.trim().to_owned(), keeper, alive, dir };
        if bus.address.is_empty() {
            let log = std::fs::read_to_string(bus.dir.path().join("bus.log")).unwrap_or_default();
            bail!("dbus-daemon did not start; is it installed (Debian: dbus-daemon)? {}", log.trim());
        }
        Ok(bus)
    }

    /// What a client puts in `DBUS_SYSTEM_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        drop(self.alive.take());
        if let Err(error) = self.keeper.wait() {
            tracing::warn!(%error, "the bus did not end");
        }
    }
}

/// Everybody who can reach the socket may do anything: the directory lets only our own user in.
fn config(socket: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_takes_its_directory_with_it() {
        let parent = tempfile::tempdir().unwrap();
        let bus = PrivateBus::start(Some(parent.path())).unwrap();
        assert!(bus.address().starts_with("unix:path="), "{}", bus.address());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
        drop(bus);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_refused_in_words() {
        let parent = tempfile::tempdir().unwrap().path().join("x".repeat(100));
        let error = PrivateBus::start(Some(&parent)).unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }
}
