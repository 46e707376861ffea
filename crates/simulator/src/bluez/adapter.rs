//! `org.bluez.Adapter1`: power, presence, and the door to discovery.

use std::collections::BTreeMap;
use std::time::Duration;

use terskel_model::Uptime;
use zbus::{OwnedObjectPath, Variant};

use super::call::Call;
use super::discovery::Filter;
use super::error::BluezError;
use super::outbox::{Interfaces, Props};
use super::{Bluez, Due, device};

pub(super) const INTERFACE: &str = "org.bluez.Adapter1";
pub(super) const PATH: &str = "/org/bluez/hci0";

/// How long the adapter is busy with powering up.
const POWER_UP: Duration = Duration::from_millis(200);

/// The adapter.
#[derive(Debug)]
pub(super) struct Adapter {
    pub(super) present: bool,
    power: Power,
    alias: String,
    /// Discovery sessions, by D-Bus client.
    pub(super) sessions: Vec<String>,
    /// Filters, by D-Bus client; set before a session and kept after it.
    pub(super) filters: BTreeMap<String, Filter>,
}

#[derive(Debug)]
enum Power {
    Off,
    Rising { attempt: u64, waiting: Option<Call> },
    On,
}

impl Default for Adapter {
    fn default() -> Self {
        let alias = "terskel-simulator".to_owned();
        Self { present: true, power: Power::On, alias, sessions: Vec::new(), filters: BTreeMap::new() }
    }
}

impl Adapter {
    pub(super) fn is_on(&self) -> bool {
        self.present && matches!(self.power, Power::On)
    }

    pub(super) fn is_discovering(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// Can discovery be started?
    pub(super) fn ready(&self) -> Result<(), BluezError> {
        match self.power {
            Power::Off => Err(BluezError::not_ready()),
            Power::Rising { .. } => Err(BluezError::powering_up()),
            Power::On => Ok(()),
        }
    }

    pub(super) fn props(&self) -> Props {
        Props::from([
            ("Address", "00:1B:DC:07:32:A5".into()),
            ("AddressType", "public".into()),
            ("Name", "terskel-simulator".into()),
            ("Alias", self.alias.clone().into()),
            ("Class", 0_u32.into()),
            ("Powered", self.is_on().into()),
            ("Discoverable", false.into()),
            ("DiscoverableTimeout", 180_u32.into()),
            ("Pairable", true.into()),
            ("PairableTimeout", 0_u32.into()),
            ("Discovering", self.is_discovering().into()),
            ("UUIDs", Vec::<String>::new().into()),
            ("Modalias", "usb:v1D6Bp0246d0542".into()),
            ("Roles", vec!["central".to_owned()].into()),
        ])
    }
}

impl Bluez {
    pub(super) fn adapter_call(&mut self, call: &Call, now: Uptime) -> Result<(), BluezError> {
        match call.member.as_str() {
            "SetDiscoveryFilter" => self.set_discovery_filter(call),
            "StartDiscovery" => self.start_discovery(call, now),
            "StopDiscovery" => self.stop_discovery(call),
            "RemoveDevice" => self.remove_device(call, now),
            "GetDiscoveryFilters" => {
                let names = ["UUIDs", "RSSI", "Transport", "DuplicateData", "Pattern"];
                self.out.reply(call, &names.as_slice());
                Ok(())
            }
            _ => Err(BluezError::unknown_method()),
        }
    }

    pub(super) fn set_adapter_property(
        &mut self,
        call: &Call,
        name: &str,
        value: &Variant<'_>,
        now: Uptime,
    ) -> Result<(), BluezError> {
        match (name, value) {
            ("Powered", Variant::Bool(on)) => self.set_powered(*on, Some(call), now),
            ("Alias", Variant::Str(alias)) => {
                self.adapter.alias = alias.to_string();
                self.out.changed_one(PATH, INTERFACE, "Alias", self.adapter.alias.clone());
                self.out.reply(call, &());
                Ok(())
            }
            ("Powered" | "Alias", _) => Err(BluezError::invalid_arguments()),
            _ => Err(BluezError::read_only()),
        }
    }

    /// Switches the adapter. Without a call: by the control API.
    ///
    /// # Errors
    /// `Busy` while it powers up.
    pub(super) fn set_powered(
        &mut self,
        on: bool,
        call: Option<&Call>,
        now: Uptime,
    ) -> Result<(), BluezError> {
        match (&self.adapter.power, on) {
            (Power::Rising { .. }, _) => return Err(BluezError::powering_up()),
            (Power::Off, true) => {
                self.power_up(call.cloned(), now);
                return Ok(());
            }
            (Power::On, false) => self.power_down(now),
            (Power::On, true) | (Power::Off, false) => {}
        }
        if let Some(call) = call {
            self.out.reply(call, &());
        }
        Ok(())
    }

    fn power_up(&mut self, waiting: Option<Call>, now: Uptime) {
        let attempt = self.next_number();
        self.adapter.power = Power::Rising { attempt, waiting };
        self.timers.push(now + POWER_UP, Due::PoweredUp { attempt });
    }

    pub(super) fn powered_up(&mut self, number: u64) {
        if !matches!(self.adapter.power, Power::Rising { attempt, .. } if attempt == number) {
            return;
        }
        if let Power::Rising { waiting, .. } = std::mem::replace(&mut self.adapter.power, Power::On) {
            self.out.changed_one(PATH, INTERFACE, "Powered", true);
            if let Some(call) = waiting {
                self.out.reply(&call, &());
            }
        }
    }

    fn power_down(&mut self, now: Uptime) {
        self.adapter.power = Power::Off;
        self.drop_everything(now);
        self.out.changed_one(PATH, INTERFACE, "Powered", false);
    }

    fn drop_everything(&mut self, now: Uptime) {
        for i in 0..self.peripherals.len() {
            self.link_lost(i, now);
            self.abort_connect(i);
        }
        for sender in std::mem::take(&mut self.adapter.sessions) {
            tracing::debug!(sender, "discovery ended by the adapter");
            if !self.adapter.is_discovering() {
                self.discovery_over();
            }
        }
    }

    /// By the control API: the adapter is pulled out, or put in again and powered up by the daemon.
    pub(crate) fn set_present(&mut self, present: bool, now: Uptime) {
        match (self.adapter.present, present) {
            (true, false) => self.pull_out(now),
            (false, true) => {
                self.adapter.present = true;
                self.out.added(PATH, &Interfaces::from([(INTERFACE, self.adapter.props())]));
                self.power_up(None, now);
            }
            _ => {}
        }
    }

    fn pull_out(&mut self, now: Uptime) {
        if let Power::Rising { waiting: Some(call), .. } = &self.adapter.power {
            self.out.error(&call.clone(), &BluezError::not_ready());
        }
        self.adapter.power = Power::Off;
        self.drop_everything(now);
        for i in 0..self.peripherals.len() {
            self.forget(i);
        }
        self.out.removed(PATH, &[INTERFACE]);
        self.adapter = Adapter { present: false, power: Power::Off, ..Adapter::default() };
    }

    /// By the control API. `false`: not possible now, the adapter is powering up or absent.
    pub(crate) fn switch(&mut self, on: bool, now: Uptime) -> bool {
        self.adapter.present && self.set_powered(on, None, now).is_ok()
    }

    fn remove_device(&mut self, call: &Call, now: Uptime) -> Result<(), BluezError> {
        let path: OwnedObjectPath = call.arguments()?;
        let i = self.peripherals.iter().position(|p| p.known && p.path == path.as_str());
        let i = i.ok_or_else(BluezError::does_not_exist)?;
        self.abort_connect(i);
        self.link_lost(i, now);
        self.forget(i);
        self.peripherals[i].recognised = false;
        self.peripherals[i].paired = false;
        self.out.reply(call, &());
        Ok(())
    }

    /// Takes the objects of a device off the bus.
    pub(super) fn forget(&mut self, i: usize) {
        let p = &mut self.peripherals[i];
        if std::mem::replace(&mut p.exported, false) {
            for c in 0..p.characteristics.len() {
                p.characteristics[c].sessions.clear();
                self.out.removed(&p.characteristic_path(c), &[super::characteristic::INTERFACE]);
            }
            for n in 0..p.services.len() {
                self.out.removed(&p.service_path(n), &[super::service::INTERFACE]);
            }
        }
        if std::mem::replace(&mut p.known, false) {
            self.out.removed(&p.path, &[device::INTERFACE]);
        }
        (p.rssi, p.alias, p.trusted, p.blocked) = (None, None, false, false);
    }
}
