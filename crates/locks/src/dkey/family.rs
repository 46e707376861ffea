//! dKey in the registry of families.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::Entropy;
use zeroize::Zeroizing;

use super::device::{LockConfig, SimulatedLock};
use super::install::Installing;
use super::phone::LockSession;
use super::{ActivationCode, Credential, SERVICE, TO_SERVER};
use crate::family::{
    BoxSession, Care, Family, Guarantees, Invalid, Listen, LockPlace, Setup, Simulated, Visitor, Window,
};
use crate::install::Install;

/// The characters that a lock has for its name.
const NAME: usize = 12;

/// dormakaba dKey.
pub struct Dkey;

impl Family for Dkey {
    fn name(&self) -> &'static str {
        "dkey"
    }

    fn guarantees(&self) -> Guarantees {
        Guarantees {
            window: Window::Phone,
            // It proves that it has the secret of the key, by frames that open (4.8).
            lock_authenticated: true,
            state_reported: true,
            log_readable: false,
            clock_set: false,
        }
    }

    /// Low below a raw value of 20, critical up to 17: what 6.5 maps to 5 % and 1 %.
    fn care(&self) -> Care {
        Care { battery_low_percent: 5, battery_critical_percent: 1 }
    }

    /// Within the lock's idle limit of 30 s (chapter 8, \[S\]).
    fn hold(&self) -> Duration {
        Duration::from_secs(25)
    }

    fn listen(&self) -> Listen {
        Listen { services: vec![SERVICE, TO_SERVER], companies: Vec::new() }
    }

    fn check(&self, device_id: &str, credential: &[u8]) -> Result<(), Invalid> {
        device(device_id)?;
        Credential::from_bytes(credential).map_err(|error| Invalid::new("credential", error.to_string()))?;
        Ok(())
    }

    fn open(&self, lock: &LockPlace<'_>, credential: &[u8], visitor: Visitor) -> Result<BoxSession, Invalid> {
        let device = device(lock.device_id)?;
        let credential = Credential::from_bytes(credential);
        let credential = credential.map_err(|error| Invalid::new("credential", error.to_string()))?;
        Ok(Box::new(LockSession::new(credential, Some(device), visitor.entropy)))
    }

    fn install(&self) -> Option<&'static dyn Install> {
        Some(&Installing)
    }

    fn simulate(&self, setup: Setup, entropy: Arc<dyn Entropy>) -> Result<Simulated, Invalid> {
        let latin = setup.name.chars().all(|c| u32::from(c) <= 0xff);
        if !latin || !(1..=NAME).contains(&setup.name.chars().count()) {
            return Err(Invalid::new(
                "name",
                "must be 1 to 12 characters of ISO-8859-1: a dKey keeps no more",
            ));
        }
        let code = setup.options.get("activation_code");
        let activation_code = code.map(|text| ActivationCode::parse(text)).transpose();
        let activation_code =
            activation_code.map_err(|error| Invalid::new("activation_code", error.to_string()))?;
        let known = setup.credential.as_ref().map(|bytes| Credential::from_bytes(bytes)).transpose();
        let known = known.map_err(|error| Invalid::new("credential", error.to_string()))?;
        if known.is_none() && activation_code.is_none() {
            let problem = "must be there, or an activation_code: nobody could ever open it";
            return Err(Invalid::new("credential", problem));
        }
        let card = code.map(|code| ("activation_code", code.clone())).into_iter().collect();
        let credential = known.as_ref().map(|known| Zeroizing::new(known.to_bytes().to_vec()));
        let config = LockConfig {
            device_id: device(&setup.device_id)?,
            name: setup.name,
            activation_code,
            credentials: known.into_iter().collect(),
            locked: setup.locked,
            battery_percent: setup.battery_percent,
            ..LockConfig::default()
        };
        let device = Box::new(SimulatedLock::new(config, entropy));
        Ok(Simulated { device, credential, card, changes_address: false })
    }
}

pub(super) fn device(id: &str) -> Result<[u8; 4], Invalid> {
    let digits = id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let number = u32::from_str_radix(id, 16).ok().filter(|_| digits);
    number.map(u32::to_be_bytes).ok_or_else(|| Invalid::new("device_id", "must be 8 hex digits"))
}
