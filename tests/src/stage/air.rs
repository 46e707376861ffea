//! The air: `terskel-simulator` as a process, and its control door.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use terskel_keys::AuthorityKeys;
use uuid::Uuid;

use super::process::{Launch, Process};
use super::programs::program;

/// A running simulator.
#[derive(Debug)]
pub struct Air {
    /// The D-Bus on which its Bluetooth is.
    pub bus: String,
    /// Its control door.
    pub control: String,
    process: Process,
    http: reqwest::Client,
}

/// What a device says of itself: the truth that no app can bend.
#[derive(Clone, Debug, Deserialize)]
pub struct DeviceReport {
    /// `locked`, `unlocked`; for hubs `present`, `absent`.
    pub state: String,
    /// Everything that moved, in order.
    pub movements: Vec<Movement>,
    /// Is a central connected to it?
    pub connected: bool,
    /// With the fault `link_lost`: how many packets are left until then.
    pub link_lost_at_packet: Option<u32>,
}

/// One movement.
#[derive(Clone, Debug, Deserialize)]
pub struct Movement {
    /// `unlocked`, `locked`, …
    pub what: String,
}

impl Air {
    /// Puts a street on the air: a built-in name or a file. The hubs belong to the station with these keys.
    ///
    /// # Errors
    /// When the program does not become ready.
    pub async fn start(street: &str, authority: AuthorityKeys, logs: &Path) -> Result<Self> {
        let mut args = vec!["--street".into(), street.into()];
        for key in authority.iter() {
            let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
            args.extend(["--authority".into(), hex.into()]);
        }
        let launch = Launch {
            name: "simulator".into(),
            program: program("terskel-simulator")?,
            args,
            env: vec![],
            log_dir: logs.to_owned(),
        };
        let (process, line) = Process::start(launch).await?;
        let ready: Value = serde_json::from_str(&line).context("the ready line is JSON")?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned);
        let bus = text("bus").context("the ready line names the bus")?;
        let control = text("control").context("the ready line names the control door")?;
        Ok(Self { bus, control, process, http: reqwest::Client::new() })
    }

    /// What a lock or hub says of itself.
    ///
    /// # Errors
    /// When there is no such device.
    pub async fn device(&self, id: Uuid) -> Result<DeviceReport> {
        let url = format!("{}/devices/{id}", self.control);
        Ok(self.http.get(url).send().await?.error_for_status()?.json().await?)
    }

    /// Whether somebody has a link to the device.
    ///
    /// # Errors
    /// When there is no such device.
    pub async fn is_connected(&self, id: Uuid) -> Result<bool> {
        Ok(self.device(id).await?.connected)
    }

    /// Breaks something: `{"fault": "out_of_range", "on": true}` and the like (simulator, `POST /devices/{id}/fault`).
    ///
    /// # Errors
    /// When the fault is not known.
    pub async fn fault(&self, id: Uuid, fault: &Value) -> Result<()> {
        let url = format!("{}/devices/{id}/fault", self.control);
        self.http.post(url).json(fault).send().await?.error_for_status()?;
        Ok(())
    }

    /// Switches the Bluetooth adapter: `{"powered": bool}`, or pulls it out: `{"present": bool}`.
    ///
    /// # Errors
    /// When it can't be switched now.
    pub async fn adapter(&self, state: &Value) -> Result<()> {
        let url = format!("{}/adapter", self.control);
        self.http.post(url).json(state).send().await?.error_for_status()?;
        Ok(())
    }

    /// Mends everything at a device.
    ///
    /// # Errors
    /// When there is no such device.
    pub async fn mend(&self, id: Uuid) -> Result<()> {
        let url = format!("{}/devices/{id}/fault", self.control);
        self.http.delete(url).send().await?.error_for_status()?;
        Ok(())
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// When it does not end as it should.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }
}
