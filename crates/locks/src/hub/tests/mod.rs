//! Phone and hub in memory, with an air between them that can be cut and listened to.

mod attacks;
mod document;
mod faults;
mod noise;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use terskel_keys::badge::{self, Badge};
use terskel_keys::receipt::Receipt;
use terskel_keys::{Authority, PhoneIdentity};
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, DispatchId, HubId, PhoneId, Timestamp, Uptime, WorkerId};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::device::{HubConfig, SimulatedHub};
use super::phone::{HubCommand, HubEvent, HubIdentity, HubSession};
use super::station_keys::StationKeys;
use super::{ANSWER, HubRefusal, REQUEST};
use crate::device::{Device, DeviceTime};
use crate::session::Session;

const MTUS: [usize; 3] = [23, 185, 517];
const MINUTE: Duration = Duration::from_secs(60);
const ADA: WorkerId = WorkerId(Uuid::from_u128(0xada));
const ADAS_PHONE: PhoneId = PhoneId(Uuid::from_u128(0xada1));
const VISIT: DispatchId = DispatchId(Uuid::from_u128(0xd15));
const OTHER_VISIT: DispatchId = DispatchId(Uuid::from_u128(0xd16));
const CHECK_IN: HubCommand = HubCommand::CheckIn { visit: VISIT };
const CHECK_OUT: HubCommand = HubCommand::CheckOut { visit: VISIT };

/// 2026-01-15 22:30:00 UTC.
fn evening() -> Timestamp {
    Timestamp::from_timestamp(1_768_516_200, 0).unwrap()
}

fn station() -> Authority {
    Authority::from_seed(&[0x51; 32])
}

fn phone_of(secret: u8) -> Arc<PhoneIdentity> {
    Arc::new(PhoneIdentity::from_bytes(&[secret; 64]).unwrap())
}

fn adas_badge() -> Badge {
    Badge {
        worker: ADA,
        phone: ADAS_PHONE,
        signing_key: phone_of(0xa1).public().signing,
        issued_at: evening(),
        expires: evening() + 8 * 60 * MINUTE,
    }
}

/// A hub in a home, and the time there.
struct Home {
    id: HubId,
    hub: SimulatedHub,
    world: Arc<ManualWorld>,
    /// The hub's own clock, where it is not the world's.
    wall: Option<Timestamp>,
    authority: StationKeys,
}

impl Home {
    fn karis() -> Self {
        Self::new(0x4b, 0x4b)
    }

    fn new(id: u128, seed: u8) -> Self {
        let world = Arc::new(ManualWorld::new(evening(), 1));
        let id = HubId(Uuid::from_u128(id));
        let authority = StationKeys::from(station().public_key());
        let config = HubConfig {
            hub: id,
            seed: Zeroizing::new([seed; 32]),
            authority: authority.clone(),
            name: "Hub".into(),
        };
        Self { id, hub: SimulatedHub::new(config, world.clone()), world, wall: None, authority }
    }

    fn identity(&self) -> HubIdentity {
        HubIdentity { hub: self.id, public_key: self.hub.public_key() }
    }

    fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.world.uptime(), wall: self.wall.unwrap_or_else(|| self.world.now()) }
    }

    fn ada(&self) -> HubSession {
        self.visitor(&badge::issue(&station(), &adas_badge()).unwrap(), phone_of(0xa1))
    }

    fn visitor(&self, badge: &[u8], identity: Arc<PhoneIdentity>) -> HubSession {
        HubSession::new(self.identity(), badge.to_vec(), identity, ADA, ADAS_PHONE)
    }

    fn moved(&self) -> Vec<String> {
        self.hub.report().movements.into_iter().map(|movement| movement.what).collect()
    }
}

/// What lies between phone and hub.
#[derive(Default)]
struct Air {
    /// Packets that still pass before the link is lost; without end when `None`.
    packets: Option<usize>,
    /// All that the phone wrote.
    written: Vec<Vec<u8>>,
    /// All that the hub notified.
    notified: Vec<Vec<u8>>,
    /// How often the phone spoke and was answered.
    round_trips: usize,
}

impl Air {
    fn connect(&mut self, session: &mut HubSession, home: &mut Home, mtu: usize) {
        home.hub.connected(mtu, home.time());
        home.hub.subscribed(ANSWER, home.time());
        session.connected(mtu, home.world.uptime());
        self.carry(session, home);
    }

    /// Carries packets until nobody has more to say, or the link is lost.
    fn carry(&mut self, session: &mut HubSession, home: &mut Home) {
        loop {
            let spoken = self.written.len();
            while let Some(write) = session.poll_transmit() {
                assert_eq!((write.characteristic, write.with_response), (REQUEST, false));
                if !self.passes() {
                    return lose(session, home);
                }
                home.hub.written(REQUEST, &write.value, home.time());
                self.written.push(write.value);
            }
            let heard = self.notified.len();
            while let Some((characteristic, value)) = home.hub.poll_notify() {
                if !self.passes() {
                    return lose(session, home);
                }
                session.received(characteristic, &value, home.world.uptime());
                self.notified.push(value);
            }
            if spoken == self.written.len() && heard == self.notified.len() {
                return;
            }
            self.round_trips += usize::from(spoken < self.written.len());
        }
    }

    fn passes(&mut self) -> bool {
        match &mut self.packets {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

fn lose(session: &mut HubSession, home: &mut Home) {
    session.disconnected(home.world.uptime());
    home.hub.disconnected(home.time());
}

fn events(session: &mut HubSession) -> Vec<HubEvent> {
    std::iter::from_fn(|| session.poll_event()).collect()
}

fn refused(reason: HubRefusal) -> HubEvent {
    HubEvent::Refused { reason }
}

fn ended(reason: HubRefusal) -> HubEvent {
    HubEvent::Ended { reason: Some(reason) }
}

/// Connects at the largest MTU, asks once, and tells what came of it after `Ready`.
fn ask(session: &mut HubSession, home: &mut Home, command: HubCommand) -> Vec<HubEvent> {
    let mut air = Air::default();
    air.connect(session, home, 517);
    assert_eq!(events(session), [HubEvent::Ready]);
    session.command(command, Uptime::default());
    air.carry(session, home);
    events(session)
}

fn receipt(events: &[HubEvent]) -> Receipt {
    match events {
        [HubEvent::Receipt { receipt, .. }] => receipt.clone(),
        other => panic!("one receipt was expected, not {other:?}"),
    }
}
