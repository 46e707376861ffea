//! A lock of a street, and how it becomes a device.

use std::collections::BTreeMap;
use std::sync::Arc;

use terskel_locks::family::{FAMILIES, Invalid, Setup, Simulated, find};
use terskel_model::door::LockFamily;
use terskel_model::world::SystemWorld;
use terskel_model::{Entropy, LockId};
use zeroize::Zeroizing;

use super::{Secret, SecretBytes, StreetError};

/// An electronic lock. The same lock may be in a door of several residents: one device, one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its id, also in the control API.
    pub id: LockId,
    /// Which protocol it speaks.
    pub family: LockFamily,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`; where it changes, the first one.
    pub address: String,
    /// The id that the lock itself tells, in its family's way of writing.
    pub device_id: String,
    /// The name that it tells.
    pub name: String,
    /// A credential that it knows already, where the family lets one be chosen.
    pub credential: Option<Secret<Vec<u8>>>,
    /// What all its other secrets are derived from.
    pub seed: Option<SecretBytes<32>>,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// Is the bolt thrown at the start?
    pub locked: bool,
    /// The family's own settings, by name.
    pub options: BTreeMap<String, String>,
}

impl Lock {
    /// What a station is told of the installed lock: it opens it. `None`: nobody has been let in yet.
    ///
    /// # Errors
    /// The lock has something that its family does not take.
    pub fn credential(&self) -> Result<Option<Zeroizing<Vec<u8>>>, StreetError> {
        let simulated = self.simulate(Arc::new(SystemWorld)).map_err(|wrong| self.error(&wrong))?;
        Ok(simulated.credential)
    }

    /// The device with what belongs to it.
    pub(crate) fn simulate(&self, entropy: Arc<dyn Entropy>) -> Result<Simulated, Invalid> {
        let known = || FAMILIES.iter().map(|family| family.name()).collect::<Vec<_>>().join(", ");
        let family = find(FAMILIES, &self.family);
        let family = family.ok_or_else(|| Invalid::new("family", format!("must be one of: {}", known())))?;
        let setup = Setup {
            device_id: self.device_id.clone(),
            name: self.name.clone(),
            locked: self.locked,
            battery_percent: self.battery_percent,
            seed: self.seed.as_ref().map(|seed| Zeroizing::new(*seed.expose())),
            credential: self.credential.as_ref().map(|secret| Zeroizing::new(secret.expose().clone())),
            options: self.options.clone(),
        };
        family.simulate(setup, entropy)
    }

    pub(crate) fn error(&self, wrong: &Invalid) -> StreetError {
        StreetError::new(format!("lock {}, {}", self.id, wrong.field), wrong.problem.clone())
    }
}
