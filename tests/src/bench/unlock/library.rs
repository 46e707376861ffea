//! The public clients of the same locks, in Python: `tests/interop/cold.py`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use terskel_simulator::Street;
use tokio::io::AsyncWriteExt as _;

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/cold.py");

/// Cold openings by the clients, by family.
pub(super) async fn measure(
    python: &Path,
    control: &str,
    street: &Street,
    runs: usize,
) -> Result<BTreeMap<String, Vec<Duration>>> {
    let asked = json!({ "runs": runs, "dkey": dkey(street)?, "danalock": danalock(control).await? });
    let mut clients = tokio::process::Command::new(python)
        .arg(CLIENTS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // They complain of links that we end; it is shown where they fail.
        .stderr(Stdio::piped())
        .spawn()
        .context("Python can't be run")?;
    let mut stdin = clients.stdin.take().context("nothing to write to")?;
    stdin.write_all(asked.to_string().as_bytes()).await?;
    drop(stdin);
    let told = clients.wait_with_output().await?;
    ensure!(told.status.success(), "the public clients failed: {}", String::from_utf8_lossy(&told.stderr));
    let took: BTreeMap<String, Vec<f64>> = serde_json::from_slice(&told.stdout)?;
    let times = |ms: Vec<f64>| ms.into_iter().map(|ms| Duration::from_secs_f64(ms / 1000.0)).collect();
    Ok(took.into_iter().map(|(family, ms)| (family, times(ms))).collect())
}

fn dkey(street: &Street) -> Result<Vec<Value>> {
    let locks = street.locks().into_iter().filter(|lock| lock.family.as_str() == "dkey");
    let described = locks.map(|lock| {
        let credential = lock.credential()?.context("a lock that somebody can open")?;
        let hex: String = credential.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(json!({ "address": lock.address, "credential": hex }))
    });
    described.collect()
}

/// What is on their cards.
async fn danalock(control: &str) -> Result<Vec<Value>> {
    let told: Value = reqwest::get(format!("{control}/devices")).await?.error_for_status()?.json().await?;
    let devices = told["devices"].as_array().context("a list of devices")?;
    Ok(devices.iter().filter(|device| device["family"] == "danalock").cloned().collect())
}
