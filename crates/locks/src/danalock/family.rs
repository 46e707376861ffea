//! Danalock in the registry of families.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::{Entropy, Timestamp};
use zeroize::Zeroizing;

use super::broadcast::{COMPANY, Eavesdropper, sender};
use super::certificate::Certificate;
use super::device::{FinishedIn, LockConfig, SimulatedLock, Token};
use super::phone::LockSession;
use super::vendor::{Vendor, VendorLock};
use super::{Credential, Serial, Trust};
use crate::family::{
    self, BoxSession, Care, Family, Guarantees, Heard, Invalid, Listen, LockPlace, Setup, Simulated, Visitor,
    Window,
};

/// How long the motor of a simulated lock runs unless the street says otherwise.
const MOTOR: Duration = Duration::from_secs(1);
/// Longer than any motor.
const LONGEST_MOTOR: u64 = 60_000;

/// Danalock V3.
pub struct Danalock;

impl Family for Danalock {
    fn name(&self) -> &'static str {
        "danalock"
    }

    fn guarantees(&self) -> Guarantees {
        Guarantees {
            window: Window::PhoneThenToken,
            lock_authenticated: true,
            state_reported: true,
            log_readable: false,
            clock_set: true,
        }
    }

    /// The lock itself has no levels; it says when a movement fails for want of power.
    fn care(&self) -> Care {
        Care { battery_low_percent: 20, battery_critical_percent: 10 }
    }

    /// The phone asks for the state all the while: the lock would end a silent session after 10 s (5.5).
    fn hold(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn listen(&self) -> Listen {
        Listen { services: Vec::new(), companies: vec![COMPANY] }
    }

    /// By the serial that it sends to everybody: its address changes (chapter 2).
    fn recognises(&self, lock: &LockPlace<'_>, heard: &Heard<'_>) -> bool {
        let wanted = Serial::parse(lock.device_id);
        wanted.is_some() && heard.from_company(COMPANY).and_then(sender) == wanted
    }

    fn eavesdropper(&self, lock: &LockPlace<'_>, credential: &[u8]) -> Option<Box<dyn family::Eavesdropper>> {
        let (serial, credential) = read(lock.device_id, credential).ok()?;
        Some(Box::new(Eavesdropper::new(serial, credential.broadcast_key)))
    }

    fn check(&self, device_id: &str, credential: &[u8]) -> Result<(), Invalid> {
        read(device_id, credential).map(|_| ())
    }

    fn pinned(&self, credential: &[u8], fingerprint: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let credential = Credential::from_bytes(credential).ok()?;
        let held = Credential { trust: Trust::Pinned(*fingerprint), ..credential.clone() };
        matches!(credential.trust, Trust::FirstSeen).then(|| held.to_bytes())
    }

    fn open(&self, lock: &LockPlace<'_>, credential: &[u8], visitor: Visitor) -> Result<BoxSession, Invalid> {
        let (serial, credential) = read(lock.device_id, credential)?;
        Ok(Box::new(LockSession::new(serial, credential, visitor)))
    }

    fn simulate(&self, setup: Setup, entropy: Arc<dyn Entropy>) -> Result<Simulated, Invalid> {
        let serial = serial(&setup.device_id)?;
        let missing =
            || Invalid::new("seed", "must be there: a lock's certificate and token are made from it");
        let seed = setup.seed.as_ref().ok_or_else(missing)?;
        let vendor = Vendor::new(seed).ok_or_else(missing)?;
        let lock = vendor.lock(serial).ok_or_else(missing)?;
        let trust = trust(setup.options.get("trust").map(String::as_str), &vendor, &lock)?;
        let motor = motor(setup.options.get("motor_ms").map(String::as_str))?;
        let credential = Credential {
            login_token: lock.login_token.clone(),
            broadcast_key: lock.broadcast_key.clone(),
            trust,
        };
        let card = vec![
            ("serial", serial.to_string()),
            ("broadcast_key", hex(lock.broadcast_key.as_slice())),
            ("login_token", hex(&lock.login_token)),
            ("expired_token", hex(&lock.expired_token)),
            ("ca_pem", vendor.anchor_pem()),
        ];
        let config = LockConfig {
            serial,
            tokens: tokens(&lock),
            broadcast_key: lock.broadcast_key,
            certificate: lock.certificate_der,
            scalar: lock.scalar,
            locked: setup.locked,
            battery_percent: setup.battery_percent,
            motor,
            finished_in: FinishedIn::default(),
        };
        Ok(Simulated {
            device: Box::new(SimulatedLock::new(config, entropy)),
            credential: Some(credential.to_bytes()),
            card,
            changes_address: true,
        })
    }
}

fn serial(device_id: &str) -> Result<Serial, Invalid> {
    let problem = || Invalid::new("device_id", "must be 12 lower-case hex digits");
    Serial::parse(device_id).ok_or_else(problem)
}

fn read(device_id: &str, credential: &[u8]) -> Result<(Serial, Credential), Invalid> {
    let credential = Credential::from_bytes(credential);
    let serial = serial(device_id)?;
    credential
        .map(|credential| (serial, credential))
        .map_err(|error| Invalid::new("credential", error.to_string()))
}

fn trust(option: Option<&str>, vendor: &Vendor, lock: &VendorLock) -> Result<Trust, Invalid> {
    let problem = || Invalid::new("trust", "must be authority, pinned or first_seen");
    match option {
        None | Some("authority") => Ok(Trust::Authority(vendor.anchor_der().to_vec())),
        Some("pinned") => {
            let certificate = Certificate::decode(&lock.certificate_der).ok_or_else(problem)?;
            Ok(Trust::Pinned(certificate.fingerprint()))
        }
        Some("first_seen") => Ok(Trust::FirstSeen),
        Some(_) => Err(problem()),
    }
}

fn motor(option: Option<&str>) -> Result<Duration, Invalid> {
    let Some(text) = option else { return Ok(MOTOR) };
    let millis = text.parse().ok().filter(|millis| *millis <= LONGEST_MOTOR);
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| Invalid::new("motor_ms", format!("must be a number up to {LONGEST_MOTOR}")))
}

/// One token that is good for ever, and one that has been over since 1970.
fn tokens(lock: &VendorLock) -> Vec<Token> {
    let token = |blob: &Zeroizing<Vec<u8>>, valid_to| Token {
        blob: blob.clone(),
        valid_from: None,
        valid_to,
        permitted: true,
    };
    vec![token(&lock.login_token, None), token(&lock.expired_token, Some(Timestamp::UNIX_EPOCH))]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
