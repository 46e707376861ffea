//! Discovery: a session for each D-Bus client, and what advertisements do to the objects on the bus.

use std::collections::HashMap;

use terskel_model::Uptime;
use uuid::Uuid;
use zbus::{OwnedVariant, Variant};

use super::adapter::{INTERFACE, PATH};
use super::call::Call;
use super::device;
use super::error::BluezError;
use super::outbox::{Interfaces, Props};
use super::peripheral::{Connection, Peripheral};
use super::{Bluez, Due};

/// What one client wants to hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Any of these services; empty: all devices.
    services: Vec<Uuid>,
    /// At least this strong.
    rssi: Option<i16>,
    /// Classic Bluetooth only: none of our devices.
    classic_only: bool,
    /// Every advertisement is told, not only what changes.
    duplicates: bool,
    /// The beginning of the address or the name.
    pattern: Option<String>,
}

impl Filter {
    fn parse(options: &HashMap<String, OwnedVariant>) -> Option<Self> {
        let mut filter = Self::default();
        for (name, value) in options {
            match (name.as_str(), &**value) {
                ("UUIDs", Variant::Array(uuids)) => {
                    filter.services = uuids.iter().map(service_uuid).collect::<Option<_>>()?;
                }
                ("RSSI", Variant::I16(dbm)) => filter.rssi = Some(*dbm),
                ("Transport", Variant::Str(transport)) => match transport.as_str() {
                    "auto" | "le" => {}
                    "bredr" => filter.classic_only = true,
                    _ => return None,
                },
                ("DuplicateData", Variant::Bool(on)) => filter.duplicates = *on,
                ("Pattern", Variant::Str(pattern)) => filter.pattern = Some(pattern.to_string()),
                ("Discoverable", Variant::Bool(_)) | ("Pathloss", Variant::U16(_)) => {}
                _ => return None,
            }
        }
        Some(filter)
    }

    fn wants(&self, p: &Peripheral) -> bool {
        let service = self.services.is_empty() || p.heard.services.iter().any(|s| self.services.contains(s));
        let strong = self.rssi.is_none_or(|dbm| p.signal_dbm >= dbm);
        let named = self.pattern.as_ref().is_none_or(|start| {
            p.address.starts_with(start.as_str()) || p.heard.name.starts_with(start.as_str())
        });
        service && strong && named && !self.classic_only
    }
}

/// A service in any of the ways that BlueZ takes: 16, 32 or 128 bits.
fn service_uuid(value: &Variant<'_>) -> Option<Uuid> {
    const BASE: u128 = 0x0000_0000_0000_1000_8000_0080_5f9b_34fb;
    let Variant::Str(text) = value else { return None };
    if matches!(text.len(), 4 | 8) {
        let short = u32::from_str_radix(text.as_str(), 16).ok()?;
        return Some(Uuid::from_u128(u128::from(short) << 96 | BASE));
    }
    text.as_str().parse().ok()
}

impl Bluez {
    pub(super) fn set_discovery_filter(&mut self, call: &Call) -> Result<(), BluezError> {
        let options: HashMap<String, OwnedVariant> = call.arguments()?;
        let filter = Filter::parse(&options).ok_or_else(BluezError::invalid_arguments)?;
        self.adapter.filters.insert(call.sender.clone(), filter);
        self.out.reply(call, &());
        Ok(())
    }

    pub(super) fn start_discovery(&mut self, call: &Call, now: Uptime) -> Result<(), BluezError> {
        self.adapter.ready()?;
        if self.adapter.sessions.contains(&call.sender) {
            return Err(BluezError::already_discovering());
        }
        if !self.adapter.is_discovering() {
            self.out.changed_one(PATH, INTERFACE, "Discovering", true);
        }
        self.adapter.sessions.push(call.sender.clone());
        self.out.reply(call, &());
        for i in 0..self.peripherals.len() {
            self.expect_advertisement(i, now);
        }
        Ok(())
    }

    pub(super) fn stop_discovery(&mut self, call: &Call) -> Result<(), BluezError> {
        self.adapter.ready()?;
        if !self.adapter.sessions.contains(&call.sender) {
            return Err(BluezError::no_discovery());
        }
        self.adapter.sessions.retain(|sender| *sender != call.sender);
        if !self.adapter.is_discovering() {
            self.discovery_over();
        }
        self.out.reply(call, &());
        Ok(())
    }

    /// A client's session ends with the client.
    pub(super) fn end_discovery(&mut self, sender: &str) {
        self.adapter.filters.remove(sender);
        let before = self.adapter.sessions.len();
        self.adapter.sessions.retain(|s| s != sender);
        if before > 0 && self.adapter.sessions.is_empty() {
            self.discovery_over();
        }
    }

    /// The last session has ended. Rule: signal strengths are known no longer.
    pub(super) fn discovery_over(&mut self) {
        for p in &mut self.peripherals {
            if p.known && p.rssi.take().is_some() {
                self.out.changed(&p.path, device::INTERFACE, &Props::new(), &["RSSI"]);
            }
        }
        self.out.changed_one(PATH, INTERFACE, "Discovering", false);
    }

    /// Sees to it that the next advertisement of the device is looked at, if anybody listens.
    pub(super) fn expect_advertisement(&mut self, i: usize, now: Uptime) {
        let wanted = self.somebody_listens_for(i);
        let p = &mut self.peripherals[i];
        if wanted && !std::mem::replace(&mut p.advertisement_due, true) {
            let share = u32::try_from(i % 10).unwrap_or(0);
            // Devices advertise in turn, not all at once.
            let offset = Uptime(self.timing.advertising / 10 * share);
            let mut timing = self.timing;
            timing.interval = timing.advertising;
            let at = timing.next_event(offset, now);
            self.timers.push(at, Due::Advertisement { peripheral: i });
        }
    }

    fn somebody_listens_for(&self, i: usize) -> bool {
        let connection = &self.peripherals[i].connection;
        let connecting = matches!(connection, Connection::Pending { .. });
        let discovering = self.adapter.is_discovering() && matches!(connection, Connection::None);
        self.adapter.is_on() && (connecting || discovering)
    }

    /// A device sends its advertisement; it may be out of range or asleep.
    pub(super) fn advertised(&mut self, i: usize, now: Uptime) {
        self.peripherals[i].advertisement_due = false;
        if !self.somebody_listens_for(i) {
            return;
        }
        if self.peripherals[i].faults.audible() {
            if matches!(self.peripherals[i].connection, Connection::Pending { .. }) {
                return self.establish(i, now);
            }
            self.heard(i);
        }
        self.expect_advertisement(i, now);
    }

    fn heard(&mut self, i: usize) {
        let p = &mut self.peripherals[i];
        let news = p.device.advertisement();
        let changed = p.heard != news;
        p.heard = news;
        let filters = self.adapter.sessions.iter().map(|s| self.adapter.filters.get(s));
        let wanted: Vec<_> = filters.filter(|filter| filter.is_none_or(|filter| filter.wants(p))).collect();
        if wanted.is_empty() {
            return;
        }
        let duplicates = wanted.iter().any(|filter| filter.is_some_and(|filter| filter.duplicates));
        let (rssi, strength_changed) = (p.signal_dbm, p.rssi != Some(p.signal_dbm));
        p.rssi = Some(rssi);
        if !std::mem::replace(&mut p.known, true) {
            let interfaces = Interfaces::from([(device::INTERFACE, self.device_props(i))]);
            return self.out.added(&self.peripherals[i].path, &interfaces);
        }
        let mut props = Props::new();
        if duplicates || strength_changed {
            props.insert("RSSI", rssi.into());
        }
        if duplicates || changed {
            let mut all = self.device_props(i);
            props.extend(all.remove_entry("ManufacturerData"));
            props.extend(all.remove_entry("ServiceData"));
            if changed {
                props.extend(["Name", "Alias", "UUIDs"].iter().filter_map(|name| all.remove_entry(name)));
            }
        }
        if !props.is_empty() {
            self.out.changed(&self.peripherals[i].path, device::INTERFACE, &props, &[]);
        }
    }
}
