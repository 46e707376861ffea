//! PouchDB and a server of CouchDB's protocol, as processes of Node: `tests/bench-sync`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::Pass;
use crate::stage::{Launch, Process};

/// One pass for each size of a step.
pub(super) struct Replicated {
    pub(super) up: Vec<Pass>,
}

#[derive(Deserialize)]
struct Told {
    up: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    ms: f64,
    cpu_ms: f64,
}

/// `count` documents with `bytes` bytes of text each, up and down again.
pub(super) async fn replicate(pouchdb: &Path, count: usize, bytes: usize) -> Result<Replicated> {
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
        .args([url.trim(), &count.to_string(), &bytes.to_string()])
        .output()
        .await?;
    ensure!(client.status.success(), "PouchDB: {}", String::from_utf8_lossy(&client.stderr));
    server.stop().await?;
    let told: Told = serde_json::from_slice(&client.stdout).context("PouchDB's figures are JSON")?;
    let pass = |step: &Step| Pass {
        took: Duration::from_secs_f64(step.ms / 1000.0),
        worked: Duration::from_secs_f64(step.cpu_ms / 1000.0),
    };
    Ok(Replicated { up: told.up.iter().map(pass).collect() })
}
