//! A device simple enough to see through.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use terskel_locks::device::{
    Advertisement, Characteristic, Device, DeviceFault, DeviceReport, DeviceTime, Service,
};
use terskel_model::Uptime;
use uuid::Uuid;

pub(super) const SERVICE: Uuid = Uuid::from_u128(0x7465_7273_6b65_6c00_0000_0000_0000_0001);
pub(super) const RX: Uuid = Uuid::from_u128(0x7465_7273_6b65_6c00_0000_0000_0000_0002);
pub(super) const TX: Uuid = Uuid::from_u128(0x7465_7273_6b65_6c00_0000_0000_0000_0003);

/// Answers `[1, x]` with `[0x81, x]`, `[2, n]` with n notifications `[0x82, 0…n-1]`, `[3]` with `[0x83]` and the end
/// of the link, and `[4]` after 100 ms with `[0x84]`.
#[derive(Default)]
pub(super) struct Echo {
    pub(super) diary: Arc<Mutex<Vec<String>>>,
    notifications: VecDeque<Vec<u8>>,
    wants_out: bool,
    alarm: Option<Uptime>,
}

impl Echo {
    fn note(&self, what: impl Into<String>) {
        self.diary.lock().unwrap().push(what.into());
    }
}

impl Device for Echo {
    fn advertisement(&self) -> Advertisement {
        Advertisement {
            name: "Echo".into(),
            services: vec![SERVICE],
            manufacturer: Some((0xffff, vec![1, 2])),
            service_data: None,
        }
    }
    fn services(&self) -> Vec<Service> {
        let rx = Characteristic {
            uuid: RX,
            write: true,
            write_without_response: true,
            ..Characteristic::default()
        };
        let tx = Characteristic { uuid: TX, notify: true, ..Characteristic::default() };
        vec![Service { uuid: SERVICE, characteristics: vec![rx, tx] }]
    }
    fn connected(&mut self, mtu: usize, _: DeviceTime) {
        self.note(format!("connected {mtu}"));
    }
    fn subscribed(&mut self, characteristic: Uuid, _: DeviceTime) {
        assert_eq!(characteristic, TX);
        self.note("subscribed");
    }
    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime) {
        assert_eq!(characteristic, RX);
        self.note(format!("written {} at {}", value.len(), now.uptime.0.as_millis()));
        match value {
            [1, x] => self.notifications.push_back(vec![0x81, *x]),
            [2, n] => self.notifications.extend((0..*n).map(|i| vec![0x82, i])),
            [3] => {
                self.notifications.push_back(vec![0x83]);
                self.wants_out = true;
            }
            [4] => self.alarm = Some(now.uptime + Duration::from_millis(100)),
            _ => {}
        }
    }
    fn disconnected(&mut self, _: DeviceTime) {
        self.note("disconnected");
    }
    fn timed_out(&mut self, _: DeviceTime) {
        self.alarm = None;
        self.notifications.push_back(vec![0x84]);
    }
    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        self.notifications.pop_front().map(|value| (TX, value))
    }
    fn poll_disconnect(&mut self) -> bool {
        self.notifications.is_empty() && std::mem::take(&mut self.wants_out)
    }
    fn poll_timeout(&self) -> Option<Uptime> {
        self.alarm
    }
    fn inject(&mut self, fault: DeviceFault) {
        self.note(format!("{fault:?}"));
    }
    fn report(&self) -> DeviceReport {
        DeviceReport { state: "calm".into(), battery_percent: None, movements: Vec::new() }
    }
}
