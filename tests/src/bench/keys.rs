//! What a shift's digital keys cost the station's key authority: claims, encoding and signature of each, beside ring's bare
//! Ed25519 over messages of the same length. Sealing the lock's secret to the phone is counted apart.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{SubsecRound as _, TimeDelta};
use ring::signature::Ed25519KeyPair;
use terskel_keys::digital_key::{Claims, seal, sign};
use terskel_keys::{Authority, PhoneIdentity};
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{LockFamily, Operation};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, DoorId, KeyId, LockId, PermissionId, PhoneId, WorkerId};

use super::cpu::of_this_thread;
use super::line::Line;

const SEED: [u8; 32] = [0x20; 32];
/// As long as a dKey's.
const CREDENTIAL: [u8; 32] = [0x21; 32];

/// Issues a bundle of `keys` keys again and again, `rounds` times, and bare signatures in between.
///
/// # Errors
/// When a key is not issued.
pub fn measure(keys: u32, rounds: u32) -> Result<Vec<Line>> {
    let (authority, phone) = (Authority::from_seed(&SEED), PhoneIdentity::generate(&SystemWorld).public());
    let bare = Ed25519KeyPair::from_seed_unchecked(&SEED).ok().context("a seed is a key")?;
    let (mut sealing, mut issuing, mut signing) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for _ in 0..rounds {
        let shift: Vec<Claims> = (0..keys).map(|_| claims()).collect();
        let from = of_this_thread();
        let sealed = shift.iter().map(|claims| seal(claims, &phone, &CREDENTIAL, &SystemWorld));
        let sealed = sealed.collect::<Result<Vec<_>, _>>()?;
        sealing += of_this_thread().saturating_sub(from);

        let from = of_this_thread();
        let issued =
            shift.iter().zip(sealed).map(|(claims, sealed)| sign(&authority, claims, &phone, sealed));
        let issued = issued.collect::<Result<Vec<_>, _>>()?;
        issuing += of_this_thread().saturating_sub(from);

        let from = of_this_thread();
        let signatures: Vec<_> = issued.iter().map(|key| bare.sign(key)).collect();
        signing += of_this_thread().saturating_sub(from);
        ensure!(
            signatures.len() == issued.len() && issued.iter().all(|key| key.len() > 64),
            "a key is missing"
        );
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(keys * rounds);
    let bundle = each(issuing) * f64::from(keys) / 1000.0;
    Ok(vec![
        Line::new(format!("a shift's {keys} keys, signed"), bundle, "ms"),
        Line::new("one key: claims, encoding, signature", each(issuing), "µs").promising(
            "a key ÷ a bare signature",
            issuing.as_secs_f64() / signing.as_secs_f64(),
            1.25,
        ),
        Line::new("a bare signature (ring, Ed25519)", each(signing), "µs"),
        Line::new("sealing the lock's secret to the phone (HPKE)", each(sealing), "µs"),
    ])
}

/// Of a door that the team goes to on this shift.
fn claims() -> Claims {
    let now = SystemWorld.now().trunc_subsecs(0);
    Claims {
        id: KeyId::new(&SystemWorld),
        issuer: "terskel-station".into(),
        worker: WorkerId::new(&SystemWorld),
        phone: PhoneId::new(&SystemWorld),
        lock: LockId::new(&SystemWorld),
        door: DoorId::new(&SystemWorld),
        family: LockFamily::from("dkey"),
        basis: KeyBasis::Shift,
        dispatch: None,
        permission: Some(PermissionId::new(&SystemWorld)),
        operations: vec![Operation::Open, Operation::Lock],
        not_before: now,
        expires: now + TimeDelta::hours(8),
        issued_at: now,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bundle_is_issued_and_each_part_of_it_is_counted() {
        let lines = super::measure(4, 2).unwrap();
        assert!(lines.len() == 4 && lines.iter().all(|line| line.value > 0.0), "{lines:?}");
    }
}
