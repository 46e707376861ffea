//! A street: who lives where, behind which doors with which locks, and with which hub.
//!
//! Written as a TOML file; `streets/README.md` describes it, `streets/demo.toml` is one. Residents are public, so that
//! a seeder can tell a station about the same people, doors and secrets.

mod builtin;
mod lock;
mod parse;
mod secret;
#[cfg(test)]
mod tests;
mod validate;

use std::time::Duration;

use terskel_keys::receipt::HubKey;
use terskel_model::door::DoorKind;
use terskel_model::{DoorId, HubId};

pub use lock::Lock;
pub use parse::StreetError;
pub use secret::{Secret, SecretBytes};

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
    /// How long a device that changes its Bluetooth address keeps one.
    pub address_lifetime: Duration,
    /// The account with which the simulated vendor's key service lets in, user name and password.
    pub vendor_account: Option<(String, Secret<String>)>,
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
    /// The code of its keypad.
    pub code: Option<Secret<String>>,
    /// Its metal key: in which cabinet it hangs, under which tag.
    pub physical_key: Option<(String, String)>,
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
