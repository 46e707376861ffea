//! From `Connect` to `ServicesResolved`, and all the ways back.

use std::time::Duration;

use terskel_model::Uptime;

use super::call::Call;
use super::device::INTERFACE;
use super::error::BluezError;
use super::link::{Down, Link, Up};
use super::outbox::Props;
use super::peripheral::{Connection, Waiting};
use super::{Bluez, Due};
use crate::air::{CONNECT_TIMEOUT, EVENTS_TO_DISCOVER, EVENTS_TO_RECOGNISE};

/// `Disconnect` was measured to take this long until its reply.
const DISCONNECT: (Duration, Duration) = (Duration::from_millis(1900), Duration::from_millis(3300));

impl Bluez {
    /// `Connect`: the link is made when the device is heard next.
    pub(super) fn connect(&mut self, i: usize, waiting: Waiting, now: Uptime) -> Result<(), BluezError> {
        if !self.adapter.is_on() {
            return Err(BluezError::not_ready());
        }
        match &mut self.peripherals[i].connection {
            Connection::Pending { .. } => return Err(BluezError::in_progress()),
            Connection::Up(link) if !link.disconnecting.is_empty() => return Err(BluezError::in_progress()),
            Connection::Up(_) => {
                self.out.reply(waiting.call(), &());
                return Ok(());
            }
            Connection::None => {}
        }
        let attempt = self.next_number();
        let waiting = vec![waiting];
        self.peripherals[i].connection = Connection::Pending { attempt, since: now, waiting };
        self.timers.push(now + CONNECT_TIMEOUT, Due::ConnectTimeout { peripheral: i, attempt });
        self.expect_advertisement(i, now);
        Ok(())
    }

    /// The device was heard while a connection to it was wanted. Rule: `Connected`, then the reply.
    pub(super) fn establish(&mut self, i: usize, now: Uptime) {
        let number = self.next_number();
        let (time, mtu) = (self.device_time(i, now), usize::from(self.timing.mtu));
        let p = &mut self.peripherals[i];
        let link = Connection::Up(Box::new(Link::new(number, now)));
        let Connection::Pending { waiting, since, .. } = std::mem::replace(&mut p.connection, link) else {
            p.connection = Connection::None;
            return;
        };
        tracing::debug!(device = %p.id, after = ?(now - since), "connected");
        p.device.connected(mtu, time);
        self.out.changed_one(&p.path, INTERFACE, "Connected", true);
        let events = if p.recognised { EVENTS_TO_RECOGNISE } else { EVENTS_TO_DISCOVER };
        let resolved = now + self.timing.events(events);
        self.timers.push(resolved, Due::Resolved { peripheral: i, link: number });
        for waiting in waiting {
            match waiting {
                Waiting::Connect(call) => self.out.reply(&call, &()),
                Waiting::Pair(call) => self.begin_pairing(i, call, now),
            }
        }
        self.collect(i, now);
    }

    /// Nobody was heard.
    pub(super) fn connect_timed_out(&mut self, i: usize, attempt: u64) {
        let current = &self.peripherals[i].connection;
        if matches!(current, Connection::Pending { attempt: a, .. } if *a == attempt) {
            self.abort_connect(i);
        }
    }

    /// Gives up a pending connection.
    pub(super) fn abort_connect(&mut self, i: usize) {
        let connection = &mut self.peripherals[i].connection;
        if !matches!(connection, Connection::Pending { .. }) {
            return;
        }
        if let Connection::Pending { waiting, .. } = std::mem::replace(connection, Connection::None) {
            for waiting in &waiting {
                self.out.error(waiting.call(), &BluezError::connect_aborted());
            }
        }
    }

    /// The services are known. Rule: one `InterfacesAdded` per GATT object, then one `PropertiesChanged`.
    pub(super) fn resolved(&mut self, i: usize, number: u64, now: Uptime) {
        let p = &mut self.peripherals[i];
        let Some(link) = p.link_numbered(number).filter(|link| !link.silent) else { return };
        link.resolved = true;
        p.recognised = true;
        let mut props = Props::from([("ServicesResolved", true.into())]);
        if !std::mem::replace(&mut p.exported, true) {
            props.insert("UUIDs", self.device_uuids(i).into());
            self.export(i);
        }
        let p = &self.peripherals[i];
        self.out.changed(&p.path, INTERFACE, &props, &[]);
        self.renew_subscriptions(i, now);
    }

    fn export(&mut self, i: usize) {
        let p = &self.peripherals[i];
        for n in 0..p.services.len() {
            self.out.added(&p.service_path(n), &self.service_interfaces(i, n));
        }
        for c in 0..p.characteristics.len() {
            self.out.added(&p.characteristic_path(c), &self.characteristic_interfaces(i, c));
        }
    }

    /// Notify sessions outlive a link: the daemon subscribes again by itself, unless a client has just asked for it.
    /// It does so before anything that clients have written meanwhile, for they were told that they are subscribed.
    fn renew_subscriptions(&mut self, i: usize, now: Uptime) {
        let p = &mut self.peripherals[i];
        let lasting: Vec<usize> =
            (0..p.characteristics.len()).filter(|c| !p.characteristics[*c].sessions.is_empty()).collect();
        let Some(link) = p.link() else { return };
        for c in lasting.into_iter().rev() {
            let asked = link.up.iter().any(|packet| matches!(packet, Up::Subscribe(other, _) if *other == c));
            if !asked {
                link.up.push_front(Up::Subscribe(c, None));
            }
        }
        if !link.up.is_empty() || !link.down.is_empty() {
            self.expect_event(i, now);
        }
    }

    /// `Disconnect`: the daemon keeps the link for about two seconds before it ends it.
    pub(super) fn disconnect(&mut self, i: usize, call: &Call, now: Uptime) -> Result<(), BluezError> {
        let after = self.between(DISCONNECT.0, DISCONNECT.1);
        let p = &mut self.peripherals[i];
        match &mut p.connection {
            Connection::None => return Err(BluezError::device_not_connected()),
            Connection::Pending { .. } => {
                self.abort_connect(i);
                self.out.reply(call, &());
            }
            Connection::Up(link) => {
                if link.disconnecting.is_empty() {
                    let due = Due::Disconnected { peripheral: i, link: link.number };
                    self.timers.push(now + after, due);
                }
                link.disconnecting.push(call.clone());
            }
        }
        Ok(())
    }

    /// The link with this number ends, if it is still there.
    pub(super) fn supervision_over(&mut self, i: usize, number: u64, now: Uptime) {
        if self.peripherals[i].link_numbered(number).is_some() {
            self.link_lost(i, now);
        }
    }

    /// The link is gone. Rule: `ServicesResolved` first, then `Connected`; the GATT objects stay.
    pub(super) fn link_lost(&mut self, i: usize, now: Uptime) {
        let time = self.device_time(i, now);
        let Some(number) = self.peripherals[i].link().map(|link| link.number) else { return };
        self.deliver_held(i, number);
        let p = &mut self.peripherals[i];
        let Connection::Up(link) = std::mem::replace(&mut p.connection, Connection::None) else { return };
        tracing::debug!(device = %p.id, "link gone");
        p.device.disconnected(time);
        for characteristic in &mut p.characteristics {
            characteristic.subscribed = false;
        }
        // What the device still had for this link reaches nobody.
        while p.device.poll_notify().is_some() {}
        let _ = p.device.poll_disconnect();
        for (call, error) in unanswered(&link) {
            self.out.error(call, &error);
        }
        if link.resolved {
            self.out.changed_one(&p.path, INTERFACE, "ServicesResolved", false);
        }
        self.out.changed_one(&p.path, INTERFACE, "Connected", false);
        for call in &link.disconnecting {
            self.out.reply(call, &());
        }
        self.expect_advertisement(i, now);
    }
}

/// The calls that wait for something on this link, and what they are told.
fn unanswered(link: &Link) -> Vec<(&Call, BluezError)> {
    let up = link.up.iter().filter_map(|packet| match packet {
        Up::Request(_, _, _, call) | Up::Read(call) => Some((call, BluezError::att_failed())),
        Up::Subscribe(_, call) => Some((call.as_ref()?, BluezError::link_gone())),
        Up::Command(..) => None,
    });
    let down = link.down.iter().filter_map(|packet| match packet {
        Down::Written(call) | Down::NotReadable(call) => Some((call, BluezError::att_failed())),
        Down::Subscribed(_, call) => Some((call.as_ref()?, BluezError::link_gone())),
        Down::Notification(..) | Down::Indication(..) => None,
    });
    let pairing = link.pairing.iter().map(|call| (call, BluezError::pairing_failed()));
    up.chain(down).chain(pairing).collect()
}
