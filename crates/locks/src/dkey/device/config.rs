//! What a simulated lock is at the start.

use crate::dkey::{ActivationCode, Credential};

/// A lock as it hangs in a door.
#[derive(Clone, Debug)]
pub struct LockConfig {
    /// Its own id; eight hex digits of it are its Bluetooth name.
    pub device_id: [u8; 4],
    /// The door's name, up to 12 characters of ISO-8859-1.
    pub name: String,
    /// Lets one phone associate, once.
    pub activation_code: Option<ActivationCode>,
    /// Keys that are associated already.
    pub credentials: Vec<Credential>,
    /// What it says in identification: 26 to 28 are known to phones.
    pub protocol_version: u16,
    /// Is the bolt thrown?
    pub locked: bool,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// The last byte of its description; without it the short form is sent.
    pub initialized: Option<bool>,
}

impl Default for LockConfig {
    fn default() -> Self {
        Self {
            device_id: [0x00, 0x19, 0x3a, 0xbc],
            name: "Hallway".into(),
            activation_code: None,
            credentials: Vec::new(),
            protocol_version: 27,
            locked: true,
            battery_percent: 100,
            initialized: Some(true),
        }
    }
}
