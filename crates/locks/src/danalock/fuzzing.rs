//! Targets for fuzzing: what Danalock reads. See [`crate::fuzzing`].

mod link;
mod lock;
mod messages;
mod phone;

use std::sync::LazyLock;
use std::time::Duration;

use terskel_model::Timestamp;
use zeroize::Zeroizing;

use crate::danalock::certificate::Expected;
use crate::danalock::device::{FinishedIn, LockConfig, Token};
use crate::danalock::tls::Identity;
use crate::danalock::vendor::{Vendor, VendorLock};
use crate::danalock::{Credential, Serial, Trust};
use crate::family::Setup;
use crate::fuzzing::{Holds, visit};

pub use crate::danalock::tls::fuzzing::{danalock_handshake, danalock_tls};
pub use link::{danalock_frames, danalock_reliable};
pub use lock::danalock_session;
pub use messages::{danalock_afi, danalock_broadcast, danalock_certificate, danalock_credential};
pub use phone::danalock_device;

pub(super) const SERIAL: Serial = Serial([0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]);
const SEED: [u8; 32] = [7; 32];

/// Made once: keys and signatures take their time. There is one for this seed, as every test run shows.
static LOCK: LazyLock<Option<(Vendor, VendorLock)>> = LazyLock::new(|| {
    let vendor = Vendor::new(&SEED)?;
    let lock = vendor.lock(SERIAL)?;
    Some((vendor, lock))
});

pub(super) fn identity() -> Option<Identity> {
    let (_, lock) = LOCK.as_ref()?;
    Some(Identity {
        certificate: lock.certificate_der.clone(),
        scalar: lock.scalar.clone(),
        #[cfg(test)]
        signature: None,
    })
}

pub(super) fn expected(at: Timestamp) -> Option<Expected> {
    let (vendor, _) = LOCK.as_ref()?;
    Some(Expected { serial: SERIAL, trust: Trust::Authority(vendor.anchor_der().to_vec()), at: Some(at) })
}

fn credential() -> Option<Credential> {
    let (vendor, lock) = LOCK.as_ref()?;
    Some(Credential {
        login_token: lock.login_token.clone(),
        broadcast_key: lock.broadcast_key.clone(),
        trust: Trust::Authority(vendor.anchor_der().to_vec()),
    })
}

fn config() -> Option<LockConfig> {
    let (_, lock) = LOCK.as_ref()?;
    let token = Token { blob: lock.login_token.clone(), valid_from: None, valid_to: None, permitted: true };
    Some(LockConfig {
        serial: SERIAL,
        tokens: vec![token],
        broadcast_key: lock.broadcast_key.clone(),
        certificate: lock.certificate_der.clone(),
        scalar: lock.scalar.clone(),
        locked: true,
        battery_percent: 74,
        motor: Duration::from_secs(1),
        finished_in: FinishedIn::ApplicationData,
    })
}

/// A phone at a lock, and an air that does what it likes.
pub fn danalock_visit(bytes: &[u8]) {
    let setup = Setup {
        device_id: SERIAL.to_string(),
        name: "Hallway".into(),
        locked: true,
        battery_percent: 80,
        seed: Some(Zeroizing::new(SEED)),
        ..Setup::default()
    };
    visit(
        bytes,
        &crate::danalock::Danalock,
        setup,
        Holds { sealed: true, each_opening_moves: false, opening_said_once: true, locking_said_once: true },
    );
}
