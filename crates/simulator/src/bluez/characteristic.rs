//! `org.bluez.GattCharacteristic1`: writing, and notify sessions.

use std::collections::HashMap;

use terskel_model::Uptime;
use zbus::{OwnedVariant, Variant};

use super::Bluez;
use super::call::Call;
use super::error::BluezError;
use super::link::Up;
use super::outbox::{Interfaces, Props};
use super::service::object_path;

pub(super) const INTERFACE: &str = "org.bluez.GattCharacteristic1";

/// The longest value that an attribute can have (Core Specification, vol. 3 part F, 3.2.9).
const LONGEST_VALUE: usize = 512;

impl Bluez {
    pub(super) fn characteristic_call(
        &mut self,
        call: &Call,
        i: usize,
        c: usize,
        now: Uptime,
    ) -> Result<(), BluezError> {
        match call.member.as_str() {
            "WriteValue" => self.write_value(call, i, c, now),
            "ReadValue" => {
                self.must_be_connected(i)?;
                self.send_up(i, Up::Read(call.clone()), now)
            }
            "StartNotify" => self.start_notify(call, i, c, now),
            "StopNotify" => self.stop_notify(call, i, c, now),
            "AcquireWrite" | "AcquireNotify" => Err(BluezError::not_supported()),
            _ => Err(BluezError::unknown_method()),
        }
    }

    /// A command is answered at once, before the device has it; a request when the device's response is here.
    fn write_value(&mut self, call: &Call, i: usize, c: usize, now: Uptime) -> Result<(), BluezError> {
        let (value, options): (Vec<u8>, HashMap<String, OwnedVariant>) = call.arguments()?;
        if value.len() > LONGEST_VALUE {
            return Err(BluezError::invalid_length());
        }
        self.must_be_connected(i)?;
        let mtu = usize::from(self.timing.mtu);
        let gatt = &self.peripherals[i].characteristics[c].gatt;
        match kind_of_write(&options)?.unwrap_or(if gatt.write { "request" } else { "command" }) {
            "command" if gatt.write_without_response => {
                if value.len() > mtu - 3 {
                    return Err(BluezError::too_long_for_command());
                }
                self.send_up(i, Up::Command(c, value), now)?;
                self.out.reply(call, &());
                if let Some(link) = self.peripherals[i].link() {
                    link.reply_sent(now);
                }
                Ok(())
            }
            "request" if gatt.write => {
                let events = events_for_request(value.len(), mtu);
                self.send_up(i, Up::Request(c, value, events, call.clone()), now)
            }
            _ => Err(BluezError::not_supported()),
        }
    }

    /// Rule: a second session of the same client is no error.
    fn start_notify(&mut self, call: &Call, i: usize, c: usize, now: Uptime) -> Result<(), BluezError> {
        if !self.peripherals[i].characteristics[c].gatt.tells() {
            return Err(BluezError::not_supported());
        }
        self.must_be_connected(i)?;
        let characteristic = &mut self.peripherals[i].characteristics[c];
        let first = characteristic.sessions.is_empty();
        characteristic.sessions.insert(call.sender.clone());
        if first {
            return self.send_up(i, Up::Subscribe(c, Some(call.clone())), now);
        }
        self.out.reply(call, &());
        Ok(())
    }

    /// The device has answered to the subscription.
    pub(super) fn subscribed(&mut self, i: usize, c: usize, call: Option<&Call>, now: Uptime) {
        let characteristic = &self.peripherals[i].characteristics[c];
        if let Some(call) = call {
            if !characteristic.sessions.is_empty() {
                let path = self.peripherals[i].characteristic_path(c);
                self.out.changed_one(&path, INTERFACE, "Notifying", true);
            }
            self.out.reply(call, &());
        }
        if let Some(link) = self.peripherals[i].link() {
            link.reply_sent(now);
        }
    }

    fn stop_notify(&mut self, call: &Call, i: usize, c: usize, now: Uptime) -> Result<(), BluezError> {
        if !self.peripherals[i].characteristics[c].sessions.contains(&call.sender) {
            return Err(BluezError::no_notify_session());
        }
        self.end_notify_session(i, c, &call.sender, now);
        self.out.reply(call, &());
        Ok(())
    }

    /// The last session's end ends the device's notifications too.
    pub(super) fn end_notify_session(&mut self, i: usize, c: usize, sender: &str, _now: Uptime) {
        let characteristic = &mut self.peripherals[i].characteristics[c];
        if characteristic.sessions.remove(sender) && characteristic.sessions.is_empty() {
            characteristic.subscribed = false;
            let path = self.peripherals[i].characteristic_path(c);
            self.out.changed_one(&path, INTERFACE, "Notifying", false);
        }
    }

    /// Rule: GATT objects stay after a link loss, and calls on them fail. Once there is a link again they are taken,
    /// also before the services are resolved.
    fn must_be_connected(&self, i: usize) -> Result<(), BluezError> {
        if self.peripherals[i].is_connected() { Ok(()) } else { Err(BluezError::link_gone()) }
    }

    pub(super) fn characteristic_interfaces(&self, i: usize, c: usize) -> Interfaces {
        let p = &self.peripherals[i];
        let characteristic = &p.characteristics[c];
        let gatt = &characteristic.gatt;
        let flags = [
            ("write-without-response", gatt.write_without_response),
            ("write", gatt.write),
            ("notify", gatt.notify),
            ("indicate", gatt.indicate),
        ];
        let flags = flags.iter().filter(|(_, has)| *has).map(|(flag, _)| (*flag).to_owned());
        let mut props = Props::from([
            ("UUID", gatt.uuid.to_string().into()),
            ("Service", object_path(&p.service_path(characteristic.service))),
            ("Value", characteristic.value.clone().into()),
            ("Flags", flags.collect::<Vec<_>>().into()),
            ("MTU", self.timing.mtu.into()),
        ]);
        if gatt.tells() {
            props.insert("Notifying", (!characteristic.sessions.is_empty()).into());
        }
        Interfaces::from([(INTERFACE, props)])
    }
}

/// `type` of the options, if it is there.
fn kind_of_write(options: &HashMap<String, OwnedVariant>) -> Result<Option<&str>, BluezError> {
    match options.get("type").map(|value| &**value) {
        None => Ok(None),
        Some(Variant::Str(kind)) => Ok(Some(kind.as_str())),
        Some(_) => Err(BluezError::invalid_arguments()),
    }
}

/// How many connection events a request needs on its way up: a value that does not fit goes as prepared writes of
/// MTU − 5 bytes, each with its response, and an execute.
fn events_for_request(length: usize, mtu: usize) -> u32 {
    if length <= mtu - 3 {
        return 1;
    }
    u32::try_from(length.div_ceil(mtu - 5) * 2 + 1).unwrap_or(u32::MAX)
}
