//! The hub's half, for the simulator and for whoever builds a hub.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use terskel_keys::receipt::{self, Direction, HubKey, Receipt};
use terskel_keys::{KeyError, badge};
use terskel_model::world::random;
use terskel_model::{Entropy, HubId, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::frame::{self, Assembler};
use super::message::{self, Answer, Challenge};
use super::presence::Presence;
use super::station_keys::StationKeys;
use super::{ANSWER, COMPANY, HubRefusal, REQUEST, SERVICE, VERSION};
use crate::device::{
    Advertisement, Characteristic, Device, DeviceFault, DeviceReport, DeviceTime, Movement, Service,
};

/// A central that asks for nothing is sent away after this, so that the next one gets in.
pub const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// A clock this far behind the badge's issue has lost its time.
const CLOCK_LOST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a hub is given at installation.
pub struct HubConfig {
    /// Its id, which the station knows.
    pub hub: HubId,
    /// Seed of its Ed25519 key, whose public half the station knows.
    pub seed: Zeroizing<[u8; 32]>,
    /// The station's keys, to check badges with.
    pub authority: StationKeys,
    /// Local name in advertisements.
    pub name: String,
}

impl fmt::Debug for HubConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubConfig").field("hub", &self.hub).field("name", &self.name).finish_non_exhaustive()
    }
}

/// A hub in a home.
pub struct SimulatedHub {
    hub: HubId,
    key: HubKey,
    authority: StationKeys,
    name: String,
    entropy: Arc<dyn Entropy>,
    link: Option<Link>,
    /// Receipts given so far.
    counter: u64,
    presence: Presence,
    movements: Vec<Movement>,
    battery: Option<u8>,
    hang: bool,
}

/// What lives as long as a connection.
struct Link {
    mtu: usize,
    challenge: Option<Challenge>,
    assembler: Assembler,
    notifications: VecDeque<Vec<u8>>,
    idle_at: Uptime,
    disconnect: bool,
}

impl SimulatedHub {
    /// A hub that has never given a receipt.
    #[must_use]
    pub fn new(config: HubConfig, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            hub: config.hub,
            key: HubKey::from_seed(&config.seed),
            authority: config.authority,
            name: config.name,
            entropy,
            link: None,
            counter: 0,
            presence: Presence::default(),
            movements: Vec::new(),
            battery: None,
            hang: false,
        }
    }

    /// What the station checks its receipts with.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.key.public_key()
    }

    /// The challenge of this connection; the same one until it is used.
    fn challenge(&mut self) -> Answer {
        let fresh = random(&*self.entropy);
        let challenge = self.link.as_mut().map_or(fresh, |link| *link.challenge.get_or_insert(fresh));
        Answer::Challenge { version: VERSION, challenge }
    }

    /// Answers a whole request. Its challenge is used up, whatever comes of it.
    fn answer(&mut self, request: &[u8], now: DeviceTime) -> Answer {
        let next = random(&*self.entropy);
        let challenge = self.link.as_mut().and_then(|link| link.challenge.replace(next));
        match challenge.ok_or(HubRefusal::BadSignature).and_then(|c| self.receipt(request, &c, now)) {
            Ok(receipt) => Answer::Receipt { next, signed: receipt::sign(&self.key, &receipt) },
            Err(reason) => Answer::Refused { reason, next },
        }
    }

    fn receipt(
        &mut self,
        request: &[u8],
        challenge: &Challenge,
        now: DeviceTime,
    ) -> Result<Receipt, HubRefusal> {
        let request = message::decode_request(request)?;
        let badge =
            badge::verify(&request.badge, &self.authority.known(), now.wall).map_err(
                |error| match error {
                    KeyError::Expired => HubRefusal::BadgeExpired,
                    _ => HubRefusal::BadgeInvalid,
                },
            )?;
        let (visit, direction) = (request.visit, request.direction);
        let signed = message::signed_bytes(self.hub, challenge, visit, direction, &request.badge);
        badge.verify_holder(&signed, &request.signature).map_err(|_| HubRefusal::BadSignature)?;
        let behind = badge.issued_at.signed_duration_since(now.wall).to_std().unwrap_or_default();
        if behind >= CLOCK_LOST {
            return Err(HubRefusal::ClockNotSet);
        }
        self.presence.note(badge.worker, visit, direction)?;
        self.counter += 1;
        self.movements.push(Movement {
            at: now.wall,
            what: match direction {
                Direction::In => "checked_in".to_owned(),
                Direction::Out => "checked_out".to_owned(),
            },
            by: badge.worker.to_string(),
        });
        let (worker, phone) = (badge.worker, badge.phone);
        Ok(Receipt { hub: self.hub, worker, phone, visit, direction, at: now.wall, counter: self.counter })
    }

    fn notify(&mut self, answer: &Answer) {
        if let Some(link) = &mut self.link {
            link.notifications.extend(frame::split(&message::encode_answer(answer), link.mtu));
        }
    }
}

impl Device for SimulatedHub {
    fn advertisement(&self) -> Advertisement {
        Advertisement {
            name: self.name.clone(),
            services: vec![SERVICE],
            manufacturer: Some((COMPANY, super::manufacturer_data(self.hub))),
            service_data: None,
        }
    }

    fn services(&self) -> Vec<Service> {
        let request = Characteristic {
            uuid: REQUEST,
            write: true,
            write_without_response: true,
            ..Characteristic::default()
        };
        let answer = Characteristic { uuid: ANSWER, notify: true, ..Characteristic::default() };
        vec![Service { uuid: SERVICE, characteristics: vec![request, answer] }]
    }

    fn connected(&mut self, mtu: usize, now: DeviceTime) {
        self.link = Some(Link {
            mtu,
            challenge: None,
            assembler: Assembler::default(),
            notifications: VecDeque::new(),
            idle_at: now.uptime + IDLE_LIMIT,
            disconnect: false,
        });
    }

    fn subscribed(&mut self, characteristic: Uuid, _now: DeviceTime) {
        if characteristic != ANSWER || self.hang {
            return;
        }
        let answer = self.challenge();
        self.notify(&answer);
    }

    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime) {
        let Some(link) = self.link.as_mut().filter(|_| characteristic == REQUEST && !self.hang) else {
            return;
        };
        link.idle_at = now.uptime + IDLE_LIMIT;
        let answer = match link.assembler.push(value) {
            Ok(None) => return,
            Ok(Some(message)) if message == message::CALL => self.challenge(),
            Ok(Some(request)) => self.answer(&request, now),
            Err(frame::Broken) => {
                let next = random(&*self.entropy);
                link.challenge = Some(next);
                Answer::Refused { reason: HubRefusal::Malformed, next }
            }
        };
        self.notify(&answer);
    }

    fn disconnected(&mut self, _now: DeviceTime) {
        self.link = None;
    }

    fn timed_out(&mut self, now: DeviceTime) {
        if let Some(link) = self.link.as_mut().filter(|link| now.uptime >= link.idle_at) {
            link.disconnect = true;
            link.idle_at = now.uptime + IDLE_LIMIT;
        }
    }

    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        self.link.as_mut()?.notifications.pop_front().map(|value| (ANSWER, value))
    }

    fn poll_disconnect(&mut self) -> bool {
        self.link.as_mut().is_some_and(|link| std::mem::take(&mut link.disconnect))
    }

    fn poll_timeout(&self) -> Option<Uptime> {
        self.link.as_ref().map(|link| link.idle_at)
    }

    fn inject(&mut self, fault: DeviceFault) {
        match fault {
            DeviceFault::Hang(hang) => self.hang = hang,
            DeviceFault::Battery(percent) => self.battery = Some(percent),
            DeviceFault::Reboot => {
                if let Some(link) = &mut self.link {
                    link.notifications.clear();
                    link.disconnect = true;
                }
            }
            // A hub moves nothing.
            DeviceFault::Jammed(_)
            | DeviceFault::Uncalibrated(_)
            | DeviceFault::Own(_)
            | DeviceFault::Mended => {}
        }
    }

    fn report(&self) -> DeviceReport {
        DeviceReport {
            state: if self.presence.anybody() { "present".to_owned() } else { "absent".to_owned() },
            battery_percent: self.battery,
            movements: self.movements.clone(),
        }
    }
}

impl fmt::Debug for SimulatedHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedHub")
            .field("hub", &self.hub)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
