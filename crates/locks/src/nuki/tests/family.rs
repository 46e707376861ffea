//! Nuki as the registry knows it.

use std::collections::BTreeMap;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, Operation};
use zeroize::Zeroizing;

use super::pair::{BOOT, morning, visitor, world};
use super::vectors::paired;
use crate::device::DeviceTime;
use crate::family::{BoxSession, Family, Heard, LockPlace, Setup, Simulated};
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::{BEACON_COMPANY, Nuki};

const PLACE: LockPlace<'_> = LockPlace { address: "54:D2:72:01:02:03", device_id: "1a2b3c4d" };

fn setup(options: &[(&str, &str)]) -> Setup {
    let options = options.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Setup {
        device_id: "1A2B3C4D".into(),
        name: "Kari's flat".into(),
        locked: true,
        battery_percent: 80,
        seed: Some(Zeroizing::new([7; 32])),
        options: options.collect::<BTreeMap<String, String>>(),
        ..Setup::default()
    }
}

fn simulate(options: &[(&str, &str)]) -> Simulated {
    Nuki.simulate(setup(options), world(2)).map_err(|error| error.to_string()).unwrap()
}

fn refused(setup: Setup) -> &'static str {
    Nuki.simulate(setup, world(2)).err().unwrap().field
}

/// Opens through the faces that the rest of the house sees.
fn open(mut lock: Simulated) -> Vec<LockEvent> {
    let credential = lock.credential.take().unwrap();
    let mut phone: BoxSession = Nuki.open(&PLACE, &credential, visitor("Ada")).unwrap();
    let mut now = Uptime(BOOT);
    let time = |now: Uptime| DeviceTime { uptime: now, wall: morning() + (now - Uptime(BOOT)) };
    phone.command(LockCommand::Operate(Operation::Open), now);
    lock.device.connected(247, time(now));
    phone.profile().notify.into_iter().for_each(|uuid| lock.device.subscribed(uuid, time(now)));
    phone.connected(247, now);
    for _ in 0..20 {
        while let Some(sent) = phone.poll_transmit() {
            lock.device.written(sent.characteristic, &sent.value, time(now));
        }
        while let Some((uuid, value)) = lock.device.poll_notify() {
            phone.received(uuid, &value, now);
        }
        now = now + std::time::Duration::from_millis(500);
        lock.device.timed_out(time(now));
    }
    std::iter::from_fn(|| phone.poll_event()).collect()
}

#[test]
fn simulated_locks_of_both_generations_open_with_their_credential() {
    for options in [
        &[][..],
        &[("generation", "ultra"), ("motor_ms", "50")],
        &[("generation", "4"), ("unlatch", "true"), ("pin", "0007")],
    ] {
        let lock = simulate(options);
        assert!(!lock.changes_address && lock.card.len() == 3);
        let outcomes = open(lock).into_iter().filter_map(|event| match event {
            LockEvent::Outcome { outcome, .. } => Some(outcome),
            _ => None,
        });
        assert_eq!(outcomes.collect::<Vec<_>>(), [DoorOutcome::Opened]);
    }
}

#[test]
fn cards_credentials_and_pairing_mode() {
    let card = |options| simulate(options).card;
    let line = |name, value: &str| (name, value.to_owned());
    assert_eq!(
        card(&[("pin", "0042")]),
        [line("generation", "4"), line("pin", "0042"), line("nuki_id", "1A2B3C4D")]
    );
    assert_eq!(card(&[("generation", "ultra")])[1], line("pin", "123456"));
    assert!(simulate(&[("pairing", "on")]).credential.is_none());
    assert_eq!(simulate(&[]).credential, simulate(&[("pairing", "off")]).credential);
    let given = Setup { credential: Some(Zeroizing::new(paired().to_bytes().to_vec())), ..setup(&[]) };
    let lock = Nuki.simulate(given.clone(), world(2)).ok().unwrap();
    assert_eq!(lock.credential.as_deref(), given.credential.as_deref());
    assert!(Nuki.check("1A2B3C4D", given.credential.as_ref().unwrap()).is_ok());
}

#[test]
fn setups_that_are_not_taken() {
    for (option, value) in [
        ("generation", "3"),
        ("pin", "123"),
        ("pin", "12a4"),
        ("pairing", "maybe"),
        ("motor_ms", "1"),
        ("unlatch", "on"),
    ] {
        assert_eq!(refused(setup(&[(option, value)])), option);
    }
    assert_eq!(refused(Setup { seed: None, ..setup(&[]) }), "seed");
    assert_eq!(refused(Setup { name: String::new(), ..setup(&[]) }), "name");
    assert_eq!(refused(Setup { device_id: "12".into(), ..setup(&[]) }), "device_id");
    let classic = Some(Zeroizing::new(paired().to_bytes().to_vec()));
    assert_eq!(refused(Setup { credential: classic, ..setup(&[("generation", "ultra")]) }), "credential");
}

#[test]
fn a_lock_is_recognised_by_address_name_or_beacon() {
    let beacon = |text: &str| vec![(BEACON_COMPANY, super::vectors::hex(text))];
    let ours = beacon("0215a92ee200550111e4916c0800200c9a661a2b3c4dc9");
    let others = beacon("0215a92ee200550111e4916c0800200c9a661a2b3c4ec9");
    let homekit = beacon("0631a92ee200550111e4916c0800200c9a661a2b3c4dc9");
    let nothing = Heard { address: None, name: None, services: &[], manufacturer: &[] };
    for heard in [
        Heard { address: Some("54:d2:72:01:02:03"), ..nothing },
        Heard { name: Some("Nuki_1A2B3C4D"), ..nothing },
        Heard { manufacturer: &ours, ..nothing },
    ] {
        assert!(Nuki.recognises(&PLACE, &heard), "{heard:?}");
    }
    for heard in [
        nothing,
        Heard { name: Some("Nuki_1A2B3C4E"), ..nothing },
        Heard { manufacturer: &others, ..nothing },
        Heard { manufacturer: &homekit, ..nothing },
    ] {
        assert!(!Nuki.recognises(&PLACE, &heard), "{heard:?}");
    }
    assert_eq!(Nuki.listen().companies, [0x004c]);
}
