//! A street: who lives where, behind which doors with which locks, and with which hub.
//!
//! Written as a TOML file; `streets/README.md` describes it, `streets/demo.toml` is one. Residents are public, so that
//! a seeder can tell a station about the same people, doors and secrets.

mod builtin;
mod parse;
#[cfg(test)]
mod tests;
mod validate;

use std::time::Duration;

use terskel_keys::receipt::HubKey;
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{DoorId, HubId, LockId};
use zeroize::Zeroizing;

pub use parse::StreetError;

use crate::hex;

/// A street with its residents.
#[derive(Clone, Debug)]
pub struct Street {
    /// What it is called.
    pub name: String,
    /// From one connection event of a link to the next.
    pub connection_interval: Duration,
    /// From one advertisement of a device to the next.
    pub advertising_interval: Duration,
    /// ATT MTU of all links, 23–517.
    pub mtu: u16,
    /// Who lives there.
    pub residents: Vec<Resident>,
}

/// The person living at home who has the service.
#[derive(Clone, Debug)]
pub struct Resident {
    /// The number that centre and municipality share.
    pub number: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Street, number, floor.
    pub address: String,
    /// Town.
    pub town: String,
    /// Phone number.
    pub phone_number: String,
    /// Notes on the way in.
    pub way_in: String,
    /// In the order one comes to them.
    pub doors: Vec<Door>,
    /// The hub in the home.
    pub hub: Option<Hub>,
}

/// A door on the way in.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its id.
    pub id: DoorId,
    /// Which door.
    pub kind: DoorKind,
    /// What it is called.
    pub name: String,
    /// Its electronic lock.
    pub lock: Option<Lock>,
}

/// An electronic lock. The same lock may be in a door of several residents: one device, one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its id, also in the control API.
    pub id: LockId,
    /// Which protocol it speaks.
    pub family: LockFamily,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`.
    pub address: String,
    /// The id that the lock itself tells: dKey, 8 hex digits.
    pub device_id: String,
    /// The name that it tells.
    pub name: String,
    /// A credential that is associated already. dKey: 4 bytes key holder id, 32 bytes secret.
    pub credential: Option<SecretBytes<36>>,
    /// A one-time code with which a credential can be had.
    pub activation_code: Option<String>,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// Is the bolt thrown at the start?
    pub locked: bool,
}

/// A welfare hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// Its id, also in the control API.
    pub id: HubId,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`.
    pub address: String,
    /// Seed of the Ed25519 key with which it signs receipts.
    pub seed: SecretBytes<32>,
}

impl Hub {
    /// What the station needs to verify receipts.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        HubKey::from_seed(self.seed.expose()).public_key()
    }
}

/// Bytes that must not be seen: wiped when dropped, not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// The bytes, for the one place that needs them.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// The bytes as hex digits.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        hex::encode(&*self.0)
    }
}

impl<const N: usize> std::fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBytes")
    }
}

impl Street {
    /// Reads a built-in street by its name (`demo`, `locks`), or a file.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is wrong: the error names the field or the line.
    pub fn load(name_or_path: &str) -> Result<Self, StreetError> {
        match builtin::find(name_or_path) {
            Some(text) => Self::parse(text),
            None => Self::parse(&read(name_or_path)?),
        }
    }

    /// Reads the text of a street file.
    ///
    /// # Errors
    /// Something in it is wrong: the error names the field or the line.
    pub fn parse(text: &str) -> Result<Self, StreetError> {
        let street = parse::parse(text)?;
        validate::validate(&street)?;
        Ok(street)
    }

    /// All locks, each once.
    #[must_use]
    pub fn locks(&self) -> Vec<&Lock> {
        let mut locks: Vec<&Lock> = Vec::new();
        for lock in self.residents.iter().flat_map(|r| &r.doors).filter_map(|door| door.lock.as_ref()) {
            if !locks.iter().any(|known| known.id == lock.id) {
                locks.push(lock);
            }
        }
        locks
    }

    /// All hubs.
    pub fn hubs(&self) -> impl Iterator<Item = &Hub> {
        self.residents.iter().filter_map(|r| r.hub.as_ref())
    }
}

fn read(path: &str) -> Result<String, StreetError> {
    std::fs::read_to_string(path).map_err(|error| {
        let known = builtin::NAMES.join(", ");
        StreetError::new(
            path,
            format!("neither a built-in street ({known}) nor a file that can be read: {error}"),
        )
    })
}
