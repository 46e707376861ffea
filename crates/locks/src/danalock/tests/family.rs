//! The family as the rest of the house sees it.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::{Timestamp, Uptime};
use zeroize::Zeroizing;

use super::pair::{visitor, world};
use crate::danalock::{COMPANY, Danalock};
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::family::{Family, Heard, LockPlace, Setup, Simulated};
use crate::lock::{LockCommand, LockEvent};

const PLACE: LockPlace<'_> = LockPlace { address: "", device_id: "0a1b2c3d4e5f" };

fn setup(options: &[(&str, &str)]) -> Setup {
    Setup {
        device_id: PLACE.device_id.into(),
        locked: true,
        battery_percent: 80,
        seed: Some(Zeroizing::new([7; 32])),
        options: options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        ..Setup::default()
    }
}

fn simulate(options: &[(&str, &str)]) -> Simulated {
    Danalock.simulate(setup(options), world(3)).unwrap()
}

fn now(seconds: u64) -> DeviceTime {
    DeviceTime { uptime: Uptime(Duration::from_secs(seconds)), wall: Timestamp::UNIX_EPOCH }
}

#[test]
fn what_a_simulation_gives_opens_it_under_every_trust() {
    for trust in ["authority", "pinned", "first_seen"] {
        let Simulated { mut device, credential, changes_address, .. } =
            simulate(&[("trust", trust), ("motor_ms", "0")]);
        let credential = credential.unwrap();
        assert!(changes_address && credential.len() <= 700);
        assert_eq!(Danalock.check(PLACE.device_id, &credential), Ok(()));
        let mut phone = Danalock.open(&PLACE, &credential, visitor()).unwrap();
        device.connected(23, now(0));
        phone.connected(23, now(0).uptime);
        phone.command(LockCommand::Operate(Operation::Open), now(0).uptime);
        loop {
            if let Some(sent) = phone.poll_transmit() {
                device.written(sent.characteristic, &sent.value, now(0));
            } else if let Some((from, value)) = device.poll_notify() {
                phone.received(from, &value, now(0).uptime);
            } else {
                break;
            }
        }
        let opened = std::iter::from_fn(|| phone.poll_event())
            .any(|event| matches!(event, LockEvent::Outcome { outcome: DoorOutcome::Opened, .. }));
        assert!(opened, "{trust}");
    }
}

#[test]
fn it_is_known_by_its_serial_and_read_by_its_key() {
    let Simulated { mut device, credential, .. } = simulate(&[]);
    let mut ear = Danalock.eavesdropper(&PLACE, &credential.unwrap()).unwrap();
    let mut hear = |device: &dyn Device| {
        let advert = device.advertisement();
        assert!(advert.name.is_empty() && advert.services.is_empty() && advert.service_data.is_none());
        let (company, data) = advert.manufacturer.unwrap();
        assert_eq!((company, data.len()), (COMPANY, 24), "fills an advertisement");
        let manufacturer = [(company, data)];
        let heard = Heard { address: None, name: None, services: &[], manufacturer: &manufacturer };
        assert!(Danalock.recognises(&PLACE, &heard));
        for id in ["0a1b2c3d4e5e", "0A1B2C3D4E5F", ""] {
            assert!(!Danalock.recognises(&LockPlace { address: "", device_id: id }, &heard));
        }
        ear.hear(&heard)
    };
    let state = hear(&*device).unwrap();
    assert_eq!((state.locked, state.battery_percent, state.calibrated), (Some(true), Some(80), Some(true)));
    assert_eq!(hear(&*device), None, "nothing new");
    device.inject(DeviceFault::Battery(9));
    device.inject(DeviceFault::Uncalibrated(true));
    let state = hear(&*device).unwrap();
    assert_eq!((state.battery_percent, state.calibrated), (Some(9), Some(false)));
}

#[test]
fn the_card_has_what_a_client_needs() {
    let card: std::collections::BTreeMap<_, _> = simulate(&[]).card.into_iter().collect();
    let length = |name: &str| card[name].len();
    assert_eq!(card["serial"], PLACE.device_id);
    assert_eq!((length("broadcast_key"), length("login_token"), length("expired_token")), (32, 214, 214));
    assert!(card["ca_pem"].starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[test]
fn a_setup_that_does_not_fit_is_named() {
    let field = |setup| Danalock.simulate(setup, world(3)).err().map(|invalid| invalid.field);
    assert_eq!(field(Setup { seed: None, ..setup(&[]) }), Some("seed"));
    assert_eq!(field(Setup { device_id: "0A1B2C3D4E5F".into(), ..setup(&[]) }), Some("device_id"));
    assert_eq!(field(setup(&[("trust", "nobody")])), Some("trust"));
    assert_eq!(field(setup(&[("motor_ms", "soon")])), Some("motor_ms"));
    assert_eq!(field(setup(&[("motor_ms", "999999")])), Some("motor_ms"));
    let credential = simulate(&[]).credential.unwrap();
    assert_eq!(Danalock.check("front door", &credential).map_err(|invalid| invalid.field), Err("device_id"));
    assert!(Danalock.eavesdropper(&PLACE, b"nonsense").is_none());
    assert!(Danalock.open(&PLACE, b"nonsense", visitor()).is_err());
}
