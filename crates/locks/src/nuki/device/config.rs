//! What a simulated lock is at the start.

use std::time::Duration;

use uuid::Uuid;

use crate::nuki::{Credential, Generation};

/// Somebody who was let in before.
#[derive(Clone, Debug)]
pub struct Known {
    /// What they hold; the lock keeps no PIN and no latch with it.
    pub credential: Credential,
    /// Their name in the lock's list and log.
    pub name: String,
}

/// A lock as it hangs in a door.
#[derive(Clone)]
pub struct LockConfig {
    /// Its own id; eight hex digits of it are in its Bluetooth name.
    pub nuki_id: u32,
    /// The door's name, up to 32 bytes.
    pub name: String,
    /// How it pairs.
    pub generation: Generation,
    /// The security PIN; `None`: not set yet.
    pub pin: Option<u32>,
    /// Who may come in already.
    pub authorizations: Vec<Known>,
    /// Is it in pairing mode? It stays so until somebody has paired.
    pub pairing: bool,
    /// Is the bolt thrown?
    pub locked: bool,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// How long the motor runs.
    pub motor: Duration,
    /// How long the latch stays pulled.
    pub unlatch: Duration,
    /// How long lock 'n' go waits.
    pub lock_n_go: Duration,
    /// How many bytes of Keyturner States its firmware knows: 15, 19, 21 or 27.
    pub states_length: usize,
    /// Minutes east of UTC.
    pub timezone_offset: i16,
    /// How many authorizations there is room for.
    pub room: usize,
    /// The first id that it gives out.
    pub first_id: u32,
    /// Its UUID; random where `None`.
    pub uuid: Option<Uuid>,
}

impl Default for LockConfig {
    fn default() -> Self {
        Self {
            nuki_id: 0x1a2b_3c4d,
            name: "Hallway".into(),
            generation: Generation::Classic,
            pin: Some(1234),
            authorizations: Vec::new(),
            pairing: false,
            locked: true,
            battery_percent: 100,
            motor: Duration::from_secs(2),
            unlatch: Duration::from_secs(3),
            lock_n_go: Duration::from_secs(20),
            states_length: 21,
            timezone_offset: 0,
            room: 200,
            first_id: 0x0034_5c01,
            uuid: None,
        }
    }
}

impl std::fmt::Debug for LockConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LockConfig").field("nuki_id", &self.nuki_id).finish_non_exhaustive()
    }
}
