//! Ada's phone and Kari Nordmann's Danalock in one room.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use zeroize::Zeroizing;

use super::vectors::LOCK;
use crate::danalock::device::{FinishedIn, LockConfig, SimulatedLock, Token};
use crate::danalock::phone::LockSession;
use crate::danalock::vendor::{Vendor, VendorLock};
use crate::danalock::{Credential, Trust};
use crate::family::Visitor;
use crate::session::Transmit;
use crate::testing::room::{Air, BOOT, Room, RoomLock};

pub(super) type Pair = Room<LockSession, SimulatedLock>;

impl RoomLock for SimulatedLock {
    const MTU: usize = 23;
    const PATIENCE: Duration = Duration::from_secs(60);
    const LETS_GO: bool = false;

    fn start() -> Timestamp {
        today() + BOOT
    }

    fn allows(sent: &Transmit) -> bool {
        sent.value.len() <= 20 && !sent.with_response
    }
}

/// A day in 2026, at uptime 0.
pub(super) fn today() -> Timestamp {
    Timestamp::from_timestamp(1_780_000_000, 0).unwrap()
}

pub(super) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(today(), seed))
}

/// Made once: keys and signatures take their time.
static VENDOR: LazyLock<Vendor> = LazyLock::new(|| Vendor::new(&[7; 32]).unwrap());
static LOCK_OF_KARI: LazyLock<VendorLock> = LazyLock::new(|| VENDOR.lock(LOCK).unwrap());

pub(super) fn vendor() -> &'static Vendor {
    &VENDOR
}

pub(super) fn kari_lock() -> &'static VendorLock {
    &LOCK_OF_KARI
}

pub(super) fn credential() -> Credential {
    Credential {
        login_token: kari_lock().login_token.clone(),
        broadcast_key: kari_lock().broadcast_key.clone(),
        trust: Trust::Authority(vendor().anchor_der().to_vec()),
    }
}

pub(super) fn visitor() -> Visitor {
    Visitor { entropy: world(1), clocks: (today(), Uptime::default()), name: "Ada".into() }
}

pub(super) fn phone_with(credential: Credential) -> LockSession {
    LockSession::new(LOCK, credential, visitor())
}

pub(super) fn token(blob: &[u8]) -> Token {
    Token { blob: Zeroizing::new(blob.to_vec()), valid_from: None, valid_to: None, permitted: true }
}

pub(super) fn config() -> LockConfig {
    let lock = kari_lock();
    LockConfig {
        serial: LOCK,
        tokens: vec![token(&lock.login_token)],
        broadcast_key: lock.broadcast_key.clone(),
        certificate: lock.certificate_der.clone(),
        scalar: lock.scalar.clone(),
        locked: true,
        battery_percent: 74,
        motor: Duration::from_secs(1),
        finished_in: FinishedIn::ApplicationData,
    }
}

/// Ada's phone at Kari Nordmann's door.
pub(super) fn at_the_door() -> Pair {
    Pair::new(phone_with(credential()), SimulatedLock::new(config(), world(2)))
}

pub(super) fn at_an_open_door() -> Pair {
    let config = LockConfig { locked: false, ..config() };
    Pair::new(phone_with(credential()), SimulatedLock::new(config, world(2)))
}

impl Pair {
    /// Another session with the same lock.
    pub(super) fn again(&mut self, phone: LockSession) {
        self.cut();
        self.phone = phone;
        self.events.clear();
        (self.packets, self.air) = (0, Air::Clear);
    }
}
