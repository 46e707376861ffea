//! The stand-in for bluetoothd: a machine that takes method calls and the time, and gives replies and signals.
//!
//! Like the real daemon it does one thing after the other, so the order in which clients see replies and signals is
//! decided here and nowhere else. Its behaviour was compared with bluetoothd 5.66; the rules are in the tests.

mod adapter;
mod address;
mod call;
mod characteristic;
mod connect;
mod control;
mod device;
mod discovery;
mod error;
mod link;
mod objects;
mod outbox;
mod peripheral;
mod properties;
mod service;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use terskel_locks::device::DeviceTime;
use terskel_model::world::random;
use terskel_model::{Uptime, World};
use zbus::message::Message;

use crate::air::Timing;
use crate::timers::Timers;
use adapter::Adapter;
use call::Call;
use error::BluezError;
use objects::Object;
use outbox::Outbox;
pub(crate) use peripheral::Peripheral;

/// What comes due. Links and attempts have numbers, so that what was meant for one that is gone hits nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Advertisement { peripheral: usize },
    ConnectTimeout { peripheral: usize, attempt: u64 },
    ConnectionEvent { peripheral: usize, link: u64 },
    Resolved { peripheral: usize, link: u64 },
    Delivery { peripheral: usize, link: u64 },
    Paired { peripheral: usize, link: u64 },
    SupervisionOver { peripheral: usize, link: u64 },
    Disconnected { peripheral: usize, link: u64 },
    PoweredUp { attempt: u64 },
    NewAddress { peripheral: usize },
}

/// The daemon, its adapter, and the devices around it.
pub(crate) struct Bluez {
    world: Arc<dyn World>,
    timing: Timing,
    adapter: Adapter,
    peripherals: Vec<Peripheral>,
    timers: Timers<Due>,
    out: Outbox,
    /// The last number given to a link or an attempt.
    number: u64,
}

impl Bluez {
    /// A powered adapter with these devices around it, none of them seen yet.
    pub(crate) fn new(world: Arc<dyn World>, timing: Timing, peripherals: Vec<Peripheral>) -> Self {
        let (adapter, mut timers, out) = (Adapter::default(), Timers::default(), Outbox::default());
        for (peripheral, _) in peripherals.iter().enumerate().filter(|(_, p)| p.changes_address) {
            timers.push(world.uptime() + timing.address_lifetime, Due::NewAddress { peripheral });
        }
        Self { world, timing, adapter, peripherals, timers, out, number: 0 }
    }

    /// A message came from the bus. Anything but a method call is ignored.
    pub(crate) fn received(&mut self, message: Message, now: Uptime) {
        let Some(call) = Call::new(message) else { return };
        tracing::trace!(member = call.member, path = call.path, "called");
        if let Err(error) = self.dispatch(&call, now) {
            self.out.error(&call, &error);
        }
    }

    fn dispatch(&mut self, call: &Call, now: Uptime) -> Result<(), BluezError> {
        let object = self.find(&call.path).ok_or_else(BluezError::unknown_object)?;
        match (object, call.interface.as_str()) {
            (_, "org.freedesktop.DBus.Peer") if call.member == "Ping" => self.out.reply(call, &()),
            (_, "org.freedesktop.DBus.Introspectable") => self.introspect(call, object)?,
            (_, "org.freedesktop.DBus.Properties") => self.properties(call, object, now)?,
            (Object::Root, "org.freedesktop.DBus.ObjectManager") => self.managed_objects(call)?,
            (Object::Adapter, adapter::INTERFACE) => self.adapter_call(call, now)?,
            (Object::Device(i), device::INTERFACE) => self.device_call(call, i, now)?,
            (Object::Characteristic(i, c), characteristic::INTERFACE) => {
                self.characteristic_call(call, i, c, now)?;
            }
            _ => return Err(BluezError::unknown_method()),
        }
        Ok(())
    }

    /// When [`Self::timed_out`] is to be called.
    pub(crate) fn poll_timeout(&self) -> Option<Uptime> {
        let devices = self.peripherals.iter().filter_map(|p| p.device.poll_timeout());
        devices.chain(self.timers.next()).min()
    }

    /// Does what is due.
    pub(crate) fn timed_out(&mut self, now: Uptime) {
        while let Some((at, due)) = self.timers.pop(now) {
            match due {
                Due::Advertisement { peripheral } => self.advertised(peripheral, at),
                Due::ConnectTimeout { peripheral, attempt } => self.connect_timed_out(peripheral, attempt),
                Due::ConnectionEvent { peripheral, link } => self.connection_event(peripheral, link, at),
                Due::Resolved { peripheral, link } => self.resolved(peripheral, link, at),
                Due::Delivery { peripheral, link } => self.deliver_held(peripheral, link),
                Due::Paired { peripheral, link } => self.paired(peripheral, link),
                Due::SupervisionOver { peripheral, link } => self.supervision_over(peripheral, link, at),
                Due::Disconnected { peripheral, link } => self.supervision_over(peripheral, link, at),
                Due::PoweredUp { attempt } => self.powered_up(attempt),
                Due::NewAddress { peripheral } => self.address_due(peripheral, at),
            }
        }
        for i in 0..self.peripherals.len() {
            if self.peripherals[i].device.poll_timeout().is_some_and(|at| at <= now) {
                let time = self.device_time(i, now);
                self.peripherals[i].device.timed_out(time);
                self.collect(i, now);
            }
        }
    }

    /// The next message for the bus.
    pub(crate) fn poll_message(&mut self) -> Option<Message> {
        self.out.pop()
    }

    /// A client has left the bus: its discovery and notify sessions end with it. Links stay, as on the real one.
    pub(crate) fn client_left(&mut self, sender: &str, now: Uptime) {
        self.end_discovery(sender);
        for i in 0..self.peripherals.len() {
            for c in 0..self.peripherals[i].characteristics.len() {
                self.end_notify_session(i, c, sender, now);
            }
        }
    }

    /// The devices, for the control API.
    pub(crate) fn peripherals(&self) -> &[Peripheral] {
        &self.peripherals
    }

    /// The clocks as device `i` sees them.
    fn device_time(&self, i: usize, uptime: Uptime) -> DeviceTime {
        let skew =
            chrono::TimeDelta::try_seconds(self.peripherals[i].faults.clock_skew_s).unwrap_or_default();
        let wall = self.world.now();
        DeviceTime { uptime, wall: wall.checked_add_signed(skew).unwrap_or(wall) }
    }

    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// A span between two others, evenly distributed.
    fn between(&self, from: Duration, to: Duration) -> Duration {
        let share = f64::from(u16::from_be_bytes(random(&*self.world))) / f64::from(u16::MAX);
        from + to.saturating_sub(from).mul_f64(share)
    }
}
