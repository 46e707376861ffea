//! Ada's phone and Kari Nordmann's dKey in one room.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::Timestamp;
use terskel_model::world::ManualWorld;

use super::vectors::{DEVICE, KEY_HOLDER, SECRET};
use crate::dkey::Credential;
use crate::dkey::device::{LockConfig, SimulatedLock};
use crate::dkey::phone::LockSession;
use crate::session::Transmit;
use crate::testing::room::{BOOT, Room, RoomLock};

pub(super) type Pair<S> = Room<S, SimulatedLock>;

impl RoomLock for SimulatedLock {
    const MTU: usize = 23;
    const PATIENCE: Duration = Duration::from_secs(60);
    const LETS_GO: bool = true;

    fn start() -> Timestamp {
        Timestamp::UNIX_EPOCH + BOOT
    }

    fn allows(sent: &Transmit) -> bool {
        sent.value.len() <= 20
    }
}

pub(super) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, seed))
}

pub(super) fn kari_key() -> Credential {
    Credential { key_holder_id: KEY_HOLDER, secret: SECRET }
}

pub(super) fn lock_with(config: LockConfig) -> SimulatedLock {
    SimulatedLock::new(LockConfig { device_id: DEVICE, credentials: vec![kari_key()], ..config }, world(2))
}

pub(super) fn adas_phone() -> LockSession {
    LockSession::new(kari_key(), Some(DEVICE), world(1))
}

/// Ada's phone at Kari Nordmann's door, connected.
pub(super) fn at_the_door() -> Pair<LockSession> {
    Pair::new(adas_phone(), lock_with(LockConfig::default()))
}
