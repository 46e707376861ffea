//! `org.bluez.Device1`.

use std::collections::HashMap;

use terskel_model::Uptime;
use uuid::Uuid;
use zbus::{ObjectPath, Variant};

use super::adapter::PATH;
use super::call::Call;
use super::error::BluezError;
use super::outbox::Props;
use super::peripheral::{Connection, Waiting};
use super::{Bluez, Due};
use crate::air::EVENTS_TO_PAIR;

pub(super) const INTERFACE: &str = "org.bluez.Device1";

/// Generic Access and Generic Attribute: every device has them, and BlueZ keeps them to itself but for the list.
const COMMON_SERVICES: [Uuid; 2] = [
    Uuid::from_u128(0x0000_1800_0000_1000_8000_0080_5f9b_34fb),
    Uuid::from_u128(0x0000_1801_0000_1000_8000_0080_5f9b_34fb),
];

impl Bluez {
    pub(super) fn device_call(&mut self, call: &Call, i: usize, now: Uptime) -> Result<(), BluezError> {
        match call.member.as_str() {
            "Connect" => self.connect(i, Waiting::Connect(call.clone()), now),
            "Disconnect" => self.disconnect(i, call, now),
            "Pair" => self.pair(i, call, now),
            "CancelPairing" => Err(BluezError::does_not_exist()),
            "ConnectProfile" | "DisconnectProfile" => Err(BluezError::not_supported()),
            _ => Err(BluezError::unknown_method()),
        }
    }

    fn pair(&mut self, i: usize, call: &Call, now: Uptime) -> Result<(), BluezError> {
        if self.peripherals[i].paired {
            return Err(BluezError::already_exists());
        }
        if matches!(self.peripherals[i].connection, Connection::Up(_)) {
            self.begin_pairing(i, call.clone(), now);
            return Ok(());
        }
        self.connect(i, Waiting::Pair(call.clone()), now)
    }

    /// Pairing takes a few connection events and always succeeds ("just works"): nothing of ours depends on it.
    pub(super) fn begin_pairing(&mut self, i: usize, call: Call, now: Uptime) {
        let at = now + self.timing.events(EVENTS_TO_PAIR);
        let Some(link) = self.peripherals[i].link() else {
            return self.out.error(&call, &BluezError::pairing_failed());
        };
        if link.pairing.is_empty() {
            self.timers.push(at, Due::Paired { peripheral: i, link: link.number });
        }
        link.pairing.push(call);
    }

    pub(super) fn paired(&mut self, i: usize, number: u64) {
        let p = &mut self.peripherals[i];
        let Some(link) = p.link_numbered(number).filter(|link| !link.silent) else { return };
        let calls = std::mem::take(&mut link.pairing);
        p.paired = true;
        let props = Props::from([("Paired", true.into()), ("Bonded", true.into())]);
        self.out.changed(&p.path, INTERFACE, &props, &[]);
        for call in &calls {
            self.out.reply(call, &());
        }
    }

    pub(super) fn set_device_property(
        &mut self,
        call: &Call,
        i: usize,
        name: &str,
        value: &Variant<'_>,
    ) -> Result<(), BluezError> {
        let p = &mut self.peripherals[i];
        let told = match (name, value) {
            ("Trusted", Variant::Bool(on)) => {
                p.trusted = *on;
                ("Trusted", Variant::Bool(*on))
            }
            ("Blocked", Variant::Bool(on)) => {
                p.blocked = *on;
                ("Blocked", Variant::Bool(*on))
            }
            ("Alias", Variant::Str(alias)) => {
                p.alias = Some(alias.to_string()).filter(|alias| !alias.is_empty());
                ("Alias", alias.to_string().into())
            }
            ("Trusted" | "Blocked" | "Alias", _) => return Err(BluezError::invalid_arguments()),
            _ => return Err(BluezError::read_only()),
        };
        self.out.changed(&p.path, INTERFACE, &Props::from([told]), &[]);
        self.out.reply(call, &());
        Ok(())
    }

    /// What is advertised; when the services are known, these.
    pub(super) fn device_uuids(&self, i: usize) -> Vec<String> {
        let p = &self.peripherals[i];
        let mut uuids = p.heard.services.clone();
        if p.exported {
            uuids.extend(COMMON_SERVICES);
            uuids.extend(&p.services);
        }
        uuids.sort_unstable();
        uuids.dedup();
        uuids.iter().map(ToString::to_string).collect()
    }

    pub(super) fn device_props(&self, i: usize) -> Props {
        let p = &self.peripherals[i];
        let name = Some(p.heard.name.clone()).filter(|name| !name.is_empty());
        let alias = p.alias.clone().or_else(|| name.clone()).unwrap_or_else(|| p.address.replace(':', "-"));
        let mut props = Props::from([
            ("Address", p.address.clone().into()),
            ("AddressType", address_type(&p.address).into()),
            ("Alias", alias.into()),
            ("Paired", p.paired.into()),
            ("Bonded", p.paired.into()),
            ("Trusted", p.trusted.into()),
            ("Blocked", p.blocked.into()),
            ("LegacyPairing", false.into()),
            ("Connected", p.is_connected().into()),
            ("ServicesResolved", p.services_resolved().into()),
            ("UUIDs", self.device_uuids(i).into()),
            ("Adapter", ObjectPath::from_static_str_unchecked(PATH).into()),
        ]);
        if let Some(name) = name {
            props.insert("Name", name.into());
        }
        if let Some(rssi) = p.rssi {
            props.insert("RSSI", rssi.into());
        }
        if let Some((company, data)) = &p.heard.manufacturer {
            let data = HashMap::from([(*company, Variant::from(data.clone()))]);
            props.insert("ManufacturerData", data.into());
        }
        if let Some((service, data)) = &p.heard.service_data {
            let data = HashMap::from([(service.to_string(), Variant::from(data.clone()))]);
            props.insert("ServiceData", data.into());
        }
        props
    }
}

/// The two highest bits of a static random address are ones (Core Specification, vol. 6 part B, 1.3.2.1).
fn address_type(address: &str) -> &'static str {
    let first = address.get(..2).and_then(|byte| u8::from_str_radix(byte, 16).ok()).unwrap_or(0);
    if first >= 0xc0 { "random" } else { "public" }
}
