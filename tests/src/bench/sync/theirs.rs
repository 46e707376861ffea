//! PouchDB and a server of CouchDB's protocol, as processes of Node: `tests/bench-sync`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::Pass;
use crate::stage::{Launch, Process};

/// In steps of 100, which are its own, and of 1000.
pub(super) struct Replicated {
    pub(super) up: [Pass; 2],
    pub(super) down: [Pass; 2],
}

#[derive(Deserialize)]
struct Told {
    up: [Step; 2],
    down: [Step; 2],
}

#[derive(Deserialize)]
struct Step {
    ms: f64,
    cpu_ms: f64,
}

/// `count` documents with so many bytes of text each, up and down.
pub(super) async fn replicate(
    pouchdb: &Path,
    count: usize,
    (up_bytes, down_bytes): (usize, usize),
) -> Result<Replicated> {
    let dir = tempfile::tempdir()?;
    let (at_server, at_client) = (dir.path().join("server"), dir.path().join("client"));
    std::fs::create_dir_all(&at_server)?;
    std::fs::create_dir_all(&at_client)?;
    let launch = Launch {
        name: "pouchdb".into(),
        program: "node".into(),
        args: vec![pouchdb.join("server.mjs").into(), at_server.into()],
        env: vec![],
        log_dir: dir.path().to_owned(),
    };
    let (server, url) = Process::start(launch).await?;
    let client = Command::new("node")
        .arg(pouchdb.join("client.mjs"))
        .arg(at_client)
        .args([url.trim(), &count.to_string(), &up_bytes.to_string(), &down_bytes.to_string()])
        .output()
        .await?;
    ensure!(client.status.success(), "PouchDB: {}", String::from_utf8_lossy(&client.stderr));
    server.stop().await?;
    let told: Told = serde_json::from_slice(&client.stdout).context("PouchDB's figures are JSON")?;
    let pass = |step: Step| Pass {
        took: Duration::from_secs_f64(step.ms / 1000.0),
        worked: Duration::from_secs_f64(step.cpu_ms / 1000.0),
    };
    Ok(Replicated { up: told.up.map(pass), down: told.down.map(pass) })
}
