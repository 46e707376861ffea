//! Looking at devices, and knocking at one that sleeps.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use terskel_locks::device::Movement;

use super::Control;
use super::problem::Problem;
use crate::bluez::Peripheral;
use crate::devices::DeviceInfo;

/// What a device shows of itself.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceView {
    #[serde(flatten)]
    info: DeviceInfo,
    /// The family's word: `locked`, `unlocked`; `present`, `absent`.
    state: String,
    battery_percent: Option<u8>,
    /// How often the bolt moved, or a receipt was given.
    movement_count: usize,
    movements: Vec<Movement>,
    connected: bool,
    in_range: bool,
    asleep: bool,
    rssi: i16,
    clock_skew_seconds: i64,
    /// Packets until the link is lost, where that was asked for.
    link_lost_at_packet: Option<u32>,
}

impl DeviceView {
    fn new(mut info: DeviceInfo, peripheral: &Peripheral) -> Self {
        let report = peripheral.device.report();
        info.address.clone_from(&peripheral.address);
        Self {
            info,
            state: report.state,
            battery_percent: report.battery_percent,
            movement_count: report.movements.len(),
            movements: report.movements,
            connected: peripheral.is_connected(),
            in_range: !peripheral.faults.out_of_range,
            asleep: peripheral.faults.asleep,
            rssi: peripheral.signal_dbm,
            clock_skew_seconds: peripheral.faults.clock_skew_s,
            link_lost_at_packet: peripheral.faults.lose_packet,
        }
    }
}

impl Control {
    /// The place of a device in the machine.
    pub(super) fn find(&self, id: &str) -> Result<usize, Problem> {
        let found = self.devices.iter().position(|device| device.id.to_string() == id.to_ascii_lowercase());
        found.ok_or_else(|| Problem::not_found("no device has this id"))
    }

    /// What device `i` shows now.
    pub(super) async fn view(&self, i: usize) -> Result<Json<DeviceView>, Problem> {
        let info = self.devices[i].clone();
        let view = self.handle.with(move |bluez, _| DeviceView::new(info, &bluez.peripherals()[i])).await;
        view.map(Json).ok_or_else(Problem::stopped)
    }
}

/// `GET /devices`.
pub(super) async fn list(State(control): State<Arc<Control>>) -> Result<Json<Value>, Problem> {
    let infos = control.devices.clone();
    let views = control.handle.with(move |bluez, _| {
        let both = infos.into_iter().zip(bluez.peripherals());
        both.map(|(info, peripheral)| DeviceView::new(info, peripheral)).collect::<Vec<_>>()
    });
    Ok(Json(json!({ "devices": views.await.ok_or_else(Problem::stopped)? })))
}

/// `GET /devices/{id}`.
pub(super) async fn show(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
) -> Result<Json<DeviceView>, Problem> {
    control.view(control.find(&id)?).await
}

/// `POST /devices/{id}/knock`: whoever touches a sleeping lock wakes it.
pub(super) async fn knock(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
) -> Result<Json<DeviceView>, Problem> {
    let i = control.find(&id)?;
    control.handle.with(move |bluez, _| bluez.set_asleep(i, false)).await.ok_or_else(Problem::stopped)?;
    control.view(i).await
}
