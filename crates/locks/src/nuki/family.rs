//! Nuki in the registry of families.

use std::sync::Arc;
use std::time::Duration;

use ring::hmac;
use terskel_model::Entropy;
use zeroize::Zeroizing;

use super::device::{Known, LockConfig, SimulatedLock};
use super::install::Installing;
use super::phone::LockSession;
use super::{
    BEACON, BEACON_COMPANY, Credential, Generation, INITIALIZATION_SERVICE, KEYTURNER_SERVICE,
    PAIRING_SERVICE, ULTRA_PAIRING_SERVICE, errand,
};
use crate::family::{
    BoxSession, Care, Family, Guarantees, Heard, Invalid, Listen, LockPlace, Setup, Simulated, Visitor,
    Window,
};
use crate::install::Install;

/// Bytes that a lock has for its name.
const NAME: usize = 32;
/// The App-ID of whoever is let in at installation.
const INSTALLER: u32 = 0x1234_abcd;
/// Some clients miss a COMPLETE that follows ACCEPTED at once (13 rule 4).
const SHORTEST_MOTOR_MS: u64 = 50;

/// Nuki Smart Lock.
pub struct Nuki;

impl Family for Nuki {
    fn name(&self) -> &'static str {
        "nuki"
    }

    fn guarantees(&self) -> Guarantees {
        Guarantees {
            window: Window::PhoneOrEntry,
            // By messages that open under the key of the authorization; old ones can be replayed (5).
            lock_authenticated: true,
            state_reported: true,
            log_readable: true,
            clock_set: true,
        }
    }

    fn care(&self) -> Care {
        Care { battery_low_percent: 20, battery_critical_percent: 10 }
    }

    /// The challenge is renewed meanwhile; a connection that is held wears the battery and may keep others out (11.2).
    fn hold(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// In door mode a lock sends an iBeacon frame, and names no service.
    fn listen(&self) -> Listen {
        let services = vec![PAIRING_SERVICE, ULTRA_PAIRING_SERVICE, INITIALIZATION_SERVICE];
        Listen { services, companies: vec![BEACON_COMPANY] }
    }

    /// By address, by name, or by the id in the beacon where the platform hides addresses.
    fn recognises(&self, lock: &LockPlace<'_>, heard: &Heard<'_>) -> bool {
        let Ok(id) = nuki_id(lock.device_id) else { return heard.is_at(lock.address) };
        let is_beacon = heard.from_company(BEACON_COMPANY).is_some_and(|data| beacon_id(data) == Some(id));
        heard.is_at(lock.address) || is_beacon || heard.is_called(&format!("Nuki_{id:08X}"))
    }

    fn check(&self, device_id: &str, credential: &[u8]) -> Result<(), Invalid> {
        nuki_id(device_id)?;
        read_credential(credential).map(drop)
    }

    fn open(&self, lock: &LockPlace<'_>, credential: &[u8], visitor: Visitor) -> Result<BoxSession, Invalid> {
        let id = nuki_id(lock.device_id)?;
        let read = errand::read(credential);
        let (credential, errands) = read.map_err(|error| Invalid::new("credential", error.to_string()))?;
        Ok(Box::new(LockSession::new(credential, id, visitor).with_errands(errands)))
    }

    fn install(&self) -> Option<&'static dyn Install> {
        Some(&Installing)
    }

    fn simulate(&self, setup: Setup, entropy: Arc<dyn Entropy>) -> Result<Simulated, Invalid> {
        let options = Options::read(&setup)?;
        if setup.name.is_empty() || setup.name.len() > NAME {
            return Err(Invalid::new("name", "must be 1 to 32 bytes: a Nuki keeps no more"));
        }
        let nuki_id = nuki_id(&setup.device_id)?;
        let known = installed(&setup, &options, nuki_id)?;
        let credential = known.as_ref().map(|known| Zeroizing::new(known.to_bytes().to_vec()));
        let known = known.map(|credential| Known { credential, name: "Installer".into() });
        let config = LockConfig {
            nuki_id,
            name: setup.name,
            generation: options.generation,
            pin: Some(options.pin),
            authorizations: known.into_iter().collect(),
            pairing: options.pairing,
            locked: setup.locked,
            battery_percent: setup.battery_percent,
            motor: options.motor,
            ..LockConfig::default()
        };
        let (generation, width) = match options.generation {
            Generation::Classic => ("4", 4),
            Generation::Ultra => ("ultra", 6),
        };
        let card = vec![
            ("generation", generation.to_owned()),
            ("pin", format!("{:0width$}", options.pin)),
            ("nuki_id", format!("{nuki_id:08X}")),
        ];
        let device = Box::new(SimulatedLock::new(config, entropy));
        Ok(Simulated { device, credential, card, changes_address: false })
    }
}

/// What a street may say of a Nuki.
struct Options {
    generation: Generation,
    pin: u32,
    pairing: bool,
    motor: Duration,
    unlatch: bool,
}

impl Options {
    fn read(setup: &Setup) -> Result<Self, Invalid> {
        let option = |name: &str| setup.options.get(name).map(String::as_str);
        let flag = |field, on: &str, off: &str| match option(field) {
            None => Ok(false),
            Some(text) if text == on => Ok(true),
            Some(text) if text == off => Ok(false),
            Some(_) => Err(Invalid::new(field, format!("must be {on} or {off}"))),
        };
        let (generation, width, usual) = match option("generation") {
            None | Some("4") => (Generation::Classic, 4, "1234"),
            Some("ultra") => (Generation::Ultra, 6, "123456"),
            Some(_) => return Err(Invalid::new("generation", "must be 4 or ultra")),
        };
        let pin = option("pin").unwrap_or(usual);
        let digits = pin.len() == width && pin.bytes().all(|byte| byte.is_ascii_digit());
        let pin = pin.parse().ok().filter(|_| digits);
        let pin = pin.ok_or_else(|| Invalid::new("pin", format!("must be {width} digits")))?;
        let motor = option("motor_ms").unwrap_or("2000").parse().ok();
        let motor = motor.filter(|ms| (SHORTEST_MOTOR_MS..=60_000).contains(ms));
        let motor = motor.ok_or_else(|| Invalid::new("motor_ms", "must be 50 to 60000"))?;
        Ok(Self {
            generation,
            pin,
            pairing: flag("pairing", "on", "off")?,
            motor: Duration::from_millis(motor),
            unlatch: flag("unlatch", "true", "false")?,
        })
    }
}

/// Who was let in at installation: nobody, where the lock waits for its first phone.
fn installed(setup: &Setup, options: &Options, nuki_id: u32) -> Result<Option<Credential>, Invalid> {
    if let Some(bytes) = &setup.credential {
        let credential = read_credential(bytes)?;
        let same = credential.generation == options.generation;
        return same
            .then_some(Some(credential))
            .ok_or_else(|| Invalid::new("credential", "is for another generation than the lock"));
    }
    if options.pairing {
        return Ok(None);
    }
    let seed = setup.seed.as_ref();
    let seed = seed.ok_or_else(|| Invalid::new("seed", "must be there, or a credential, or pairing mode"))?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, seed.as_slice());
    let derived = hmac::sign(&key, &[b"nuki installer ", &nuki_id.to_be_bytes()[..]].concat());
    let mut shared_key = [0; 32];
    shared_key.copy_from_slice(derived.as_ref());
    Ok(Some(Credential {
        authorization_id: LockConfig::default().first_id,
        shared_key,
        app_id: INSTALLER,
        generation: options.generation,
        pin: Some(options.pin),
        unlatch: options.unlatch,
    }))
}

fn read_credential(bytes: &[u8]) -> Result<Credential, Invalid> {
    Credential::from_bytes(bytes).map_err(|error| Invalid::new("credential", error.to_string()))
}

pub(super) fn nuki_id(id: &str) -> Result<u32, Invalid> {
    let digits = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(id, 16).ok().filter(|_| digits);
    number.ok_or_else(|| Invalid::new("device_id", "must be 8 hex digits"))
}

/// The Nuki ID in an iBeacon frame of a lock (3): big-endian, like the UUID before it.
pub(super) fn beacon_id(data: &[u8]) -> Option<u32> {
    let rest = data.strip_prefix(&BEACON)?.strip_prefix(KEYTURNER_SERVICE.as_bytes())?;
    rest.first_chunk().copied().map(u32::from_be_bytes)
}
