//! One connection: packets wait on both sides for the next connection event.

use std::collections::VecDeque;
use std::time::Duration;

use terskel_model::Uptime;

use super::call::Call;
use super::error::BluezError;
use super::{Bluez, Due, characteristic};
use crate::air::{HOST_TURN, SUPERVISION};

/// From an indication to the next: the confirmation goes up in the event after it.
const EVENTS_TO_CONFIRM: u8 = 2;

/// A connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) number: u64,
    /// When it began: connection events lie at multiples of the interval from here.
    pub(super) anchor: Uptime,
    pub(super) resolved: bool,
    /// A packet was lost: nothing comes through until both sides notice.
    pub(super) silent: bool,
    /// The device wants to end it.
    pub(super) closing: bool,
    /// From the central, and from the device.
    pub(super) up: VecDeque<Up>,
    pub(super) down: VecDeque<Down>,
    pub(super) event_due: bool,
    /// Connection events until the last indication is confirmed and the next one may come down.
    pub(super) confirming: u8,
    /// Notifications that have arrived and that clients are told at `held_until`.
    pub(super) held: VecDeque<(usize, Vec<u8>)>,
    pub(super) held_until: Uptime,
    pub(super) disconnecting: Vec<Call>,
    pub(super) pairing: Vec<Call>,
}

/// A packet to the device. `usize`: which characteristic.
#[derive(Debug)]
pub(super) enum Up {
    Command(usize, Vec<u8>),
    /// With the connection events that it still takes: a long value goes in pieces.
    Request(usize, Vec<u8>, u32, Call),
    Read(Call),
    Subscribe(usize, Option<Call>),
}

/// A packet from the device.
#[derive(Debug)]
pub(super) enum Down {
    Written(Call),
    NotReadable(Call),
    Subscribed(usize, Option<Call>),
    Notification(usize, Vec<u8>),
    /// Wants to be confirmed before the next one (ATT).
    Indication(usize, Vec<u8>),
}

impl Up {
    fn is_request(&self) -> bool {
        !matches!(self, Self::Command(..))
    }
}

impl Down {
    fn is_response(&self) -> bool {
        !matches!(self, Self::Notification(..) | Self::Indication(..))
    }
}

impl Link {
    pub(super) fn new(number: u64, anchor: Uptime) -> Self {
        Self {
            number,
            anchor,
            resolved: false,
            silent: false,
            closing: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            event_due: false,
            confirming: 0,
            held: VecDeque::new(),
            held_until: anchor,
            disconnecting: Vec::new(),
            pairing: Vec::new(),
        }
    }

    /// The next packet that may come down: an indication waits for the one before to be confirmed, and lets responses
    /// pass.
    fn next_down(&mut self) -> Option<Down> {
        let may = |packet: &Down| self.confirming == 0 || !matches!(packet, Down::Indication(..));
        let n = self.down.iter().position(may)?;
        self.down.remove(n)
    }

    /// A reply to a client goes out now: what it notifies comes a moment later.
    pub(super) fn reply_sent(&mut self, now: Uptime) {
        self.held_until = now + HOST_TURN;
    }
}

impl Bluez {
    /// Hands a packet to the link of device `i`.
    pub(super) fn send_up(&mut self, i: usize, packet: Up, now: Uptime) -> Result<(), BluezError> {
        let link = self.peripherals[i].link().ok_or_else(BluezError::link_gone)?;
        link.up.push_back(packet);
        self.expect_event(i, now);
        Ok(())
    }

    /// Takes what the device has to send, and notices when it wants to end the link.
    pub(super) fn collect(&mut self, i: usize, now: Uptime) {
        let mtu = usize::from(self.timing.mtu);
        let p = &mut self.peripherals[i];
        while let Some((uuid, mut value)) = p.device.poll_notify() {
            let Some(c) = p.characteristics.iter().position(|c| c.gatt.uuid == uuid && c.subscribed) else {
                tracing::debug!(%uuid, "nobody is subscribed: notification dropped");
                continue;
            };
            if value.len() > mtu - 3 {
                tracing::warn!(%uuid, length = value.len(), "notification cut to the MTU");
                value.truncate(mtu - 3);
            }
            let indicates = !p.characteristics[c].gatt.notify;
            let packet = if indicates { Down::Indication(c, value) } else { Down::Notification(c, value) };
            if let Some(link) = p.link() {
                link.down.push_back(packet);
            }
        }
        let wants_out = p.device.poll_disconnect();
        if let Some(link) = p.link() {
            link.closing |= wants_out;
            if link.closing || !link.down.is_empty() {
                self.expect_event(i, now);
            }
        }
    }

    /// Sees to it that there is a connection event. Before the services are resolved the link is taken up with
    /// finding them, and what clients ask for meanwhile waits.
    pub(super) fn expect_event(&mut self, i: usize, now: Uptime) {
        let timing = self.timing;
        let Some(link) = self.peripherals[i].link() else { return };
        let free = link.resolved || link.closing;
        if free && !link.event_due && !link.silent {
            link.event_due = true;
            let due = Due::ConnectionEvent { peripheral: i, link: link.number };
            let at = timing.next_event(link.anchor, now);
            self.timers.push(at, due);
        }
    }

    /// A connection event: what the device had ready comes down, then what the central had ready goes up.
    pub(super) fn connection_event(&mut self, i: usize, number: u64, now: Uptime) {
        let Some(link) = self.peripherals[i].link_numbered(number) else { return };
        link.event_due = false;
        link.confirming = link.confirming.saturating_sub(1);
        // One request at a time (ATT): the next goes up in the event after the one that brought the response.
        let mut may_ask = !link.down.iter().any(Down::is_response);
        let (down, up) = (link.down.len(), link.up.len());
        for _ in 0..down {
            let Some(link) = self.peripherals[i].link() else { return };
            let Some(packet) = link.next_down() else { break };
            self.come_down(i, packet, now);
            if self.gone_silent(i, now) {
                return;
            }
        }
        let Some(link) = self.peripherals[i].link() else { return };
        if link.closing && link.down.is_empty() {
            return self.link_lost(i, now);
        }
        for _ in 0..up {
            let Some(link) = self.peripherals[i].link() else { return };
            if !may_ask && link.up.front().is_some_and(Up::is_request) {
                break;
            }
            let Some(packet) = link.up.pop_front() else { break };
            may_ask &= !packet.is_request();
            self.go_up(i, packet, now);
            if self.gone_silent(i, now) {
                return;
            }
        }
        if self.peripherals[i].link().is_some_and(|l| l.closing || !l.up.is_empty() || !l.down.is_empty()) {
            self.expect_event(i, now);
        }
    }

    fn come_down(&mut self, i: usize, packet: Down, now: Uptime) {
        let p = &mut self.peripherals[i];
        if p.faults.loses_packet() {
            // Put back, so that whoever waits for it is told when the link is given up.
            if let Some(link) = p.link() {
                link.silent = true;
                link.down.push_front(packet);
            }
            return;
        }
        match packet {
            Down::Written(call) => self.answer_up(i, &call, Ok(()), now),
            Down::NotReadable(call) => {
                self.answer_up(i, &call, Err(BluezError::read_not_permitted()), now);
            }
            Down::Subscribed(c, call) => self.subscribed(i, c, call.as_ref(), now),
            Down::Notification(c, value) => self.notification(i, c, value, now),
            Down::Indication(c, value) => {
                if let Some(link) = p.link() {
                    link.confirming = EVENTS_TO_CONFIRM;
                }
                self.notification(i, c, value, now);
            }
        }
    }

    fn go_up(&mut self, i: usize, packet: Up, now: Uptime) {
        let time = self.device_time(i, now);
        let p = &mut self.peripherals[i];
        if p.faults.loses_packet() {
            if let Some(link) = p.link() {
                link.silent = true;
                link.up.push_front(packet);
            }
            return;
        }
        let (written, response) = match packet {
            Up::Command(c, value) => (Some((c, value)), None),
            Up::Request(c, value, events, call) if events > 1 => {
                let Some(link) = p.link() else { return };
                link.up.push_front(Up::Request(c, value, events - 1, call));
                return;
            }
            Up::Request(c, value, _, call) => (Some((c, value)), Some(Down::Written(call))),
            Up::Read(call) => (None, Some(Down::NotReadable(call))),
            Up::Subscribe(c, call) => {
                p.characteristics[c].subscribed = true;
                p.device.subscribed(p.characteristics[c].gatt.uuid, time);
                (None, Some(Down::Subscribed(c, call)))
            }
        };
        if let Some((c, value)) = written {
            p.device.written(p.characteristics[c].gatt.uuid, &value, time);
        }
        if let Some(link) = p.link() {
            link.down.extend(response);
        }
        self.collect(i, now);
    }

    /// Starts the supervision timeout when the link has just gone silent.
    pub(super) fn gone_silent(&mut self, i: usize, now: Uptime) -> bool {
        let timing = self.timing;
        let Some(link) = self.peripherals[i].link().filter(|link| link.silent) else { return false };
        let due = Due::SupervisionOver { peripheral: i, link: link.number };
        self.timers.push(now + SUPERVISION.max(timing.events(6)), due);
        true
    }

    fn answer_up(&mut self, i: usize, call: &Call, answer: Result<(), BluezError>, now: Uptime) {
        match answer {
            Ok(()) => self.out.reply(call, &()),
            Err(error) => self.out.error(call, &error),
        }
        if let Some(link) = self.peripherals[i].link() {
            link.reply_sent(now);
        }
    }

    /// Tells a notification, or holds it for a moment; what is held stays in order.
    fn notification(&mut self, i: usize, c: usize, value: Vec<u8>, now: Uptime) {
        let Some(link) = self.peripherals[i].link() else { return };
        if link.held.is_empty() && link.held_until <= now {
            return self.tell_value(i, c, value);
        }
        if link.held.is_empty() {
            let due = Due::Delivery { peripheral: i, link: link.number };
            self.timers.push(link.held_until.max(now + Duration::from_nanos(1)), due);
        }
        if let Some(link) = self.peripherals[i].link() {
            link.held.push_back((c, value));
        }
    }

    /// Tells what was held.
    pub(super) fn deliver_held(&mut self, i: usize, number: u64) {
        let Some(link) = self.peripherals[i].link_numbered(number) else { return };
        for (c, value) in std::mem::take(&mut link.held) {
            self.tell_value(i, c, value);
        }
    }

    fn tell_value(&mut self, i: usize, c: usize, value: Vec<u8>) {
        let characteristic = &mut self.peripherals[i].characteristics[c];
        characteristic.value.clone_from(&value);
        if !characteristic.sessions.is_empty() {
            let path = self.peripherals[i].characteristic_path(c);
            self.out.changed_one(&path, characteristic::INTERFACE, "Value", value);
        }
    }
}
