//! What a street file may say, and how its mistakes are told.

use super::*;

const STREET: &str = include_str!("../../streets/demo.toml");

/// The demo street with one piece of text replaced.
fn with(from: &str, to: &str) -> Result<Street, StreetError> {
    assert!(STREET.contains(from), "{from}");
    Street::parse(&STREET.replacen(from, to, 1))
}

#[test]
fn kari_lives_behind_two_locks_with_a_hub() {
    let street = Street::load("demo").unwrap();
    let kari = &street.residents[0];
    assert_eq!((kari.first_name.as_str(), kari.last_name.as_str()), ("Kari", "Nordmann"));
    assert_eq!(kari.birth_year, Some(1942));
    let kinds: Vec<&DoorKind> = kari.doors.iter().map(|door| &door.kind).collect();
    assert_eq!(kinds, [&DoorKind::Stairwell, &DoorKind::Flat]);
    assert!(street.locks().iter().all(|lock| lock.credential().unwrap().is_some()));
    assert_eq!(kari.hub.as_ref().unwrap().public_key().len(), 32);
    assert_eq!(street.connection_interval, Duration::from_millis(30));
}

#[test]
fn neighbours_share_the_stairwell_lock() {
    let street = Street::load("demo").unwrap();
    let doors = street.residents.iter().flat_map(|r| &r.doors).filter(|door| door.lock.is_some()).count();
    assert_eq!((doors, street.locks().len(), street.hubs().count()), (5, 4, 3));
}

#[test]
fn the_bench_has_a_fresh_lock_of_every_family() {
    let street = Street::load("locks").unwrap();
    let locks = street.locks();
    for family in terskel_locks::family::FAMILIES {
        assert!(locks.iter().any(|lock| lock.family.as_str() == family.name()), "{}", family.name());
    }
    assert!(locks[0].credential.is_none() && locks[0].options.contains_key("activation_code"));
    // A fresh Nuki has let nobody in; a Danalock's tokens come from its vendor.
    let known: Vec<bool> = locks.iter().map(|lock| lock.credential().unwrap().is_some()).collect();
    assert_eq!(known, [false, true, false, false]);
}

#[test]
fn a_street_can_be_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), STREET).unwrap();
    assert_eq!(Street::load(file.path().to_str().unwrap()).unwrap().name, "Solbakken");
    let error = Street::load("/nowhere.toml").unwrap_err().to_string();
    assert!(error.contains("/nowhere.toml") && error.contains("demo, locks"), "{error}");
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let cases = [
        ("number = \"1002\"", "number = \"1001\"", "resident[1].number"),
        ("first_name = \"Kari\"", "first_name = \" \"", "resident[0].first_name"),
        ("first_name = \"Kari\"", "", "first_name"),
        ("birth_year = 1942", "birth_year = \"1942\"", "birth_year"),
        ("birth_year = 1942", "birth_yaer = 1942", "birth_yaer"),
        ("connection_interval_ms = 30", "connection_interval_ms = 4001", "street.connection_interval_ms"),
        ("connection_interval_ms = 30", "mtu = 22", "street.mtu"),
        ("family = \"dkey\"", "family = \"spell\"", "resident[0].door[0].lock.family"),
        ("battery_percent = 90", "battery_percent = 101", "resident[0].door[0].lock.battery_percent"),
        ("  address = \"", "  address = \"x", "resident[0].door[0].lock.address"),
        ("  device_id = \"", "  device_id = \"0", "resident[0].door[0].lock.device_id"),
        ("  name = \"Solbakken 12\"", "  name = \"Solbakken 12B\"", "resident[0].door[0].lock.name"),
        ("  credential = \"", "  credential = \"0", "resident[0].door[0].lock.credential"),
        ("  seed = \"", "  seed = \"0", "resident[0].hub.seed"),
        ("battery_percent = 90", "battery_percent = 91", "resident[1].door[0].lock.id"),
    ];
    for (from, to, place) in cases {
        let error = with(from, to).unwrap_err();
        assert!(error.to_string().contains(place), "{place}: {error}");
    }
}

#[test]
fn two_devices_cannot_have_one_address() {
    let street = Street::load("demo").unwrap();
    let (lock, hub) = (&street.locks()[0].address, &street.hubs().next().unwrap().address);
    let error = Street::parse(&STREET.replace(hub, lock)).unwrap_err();
    assert!(error.place.ends_with(".address"), "{error}");
}

#[test]
fn a_lock_that_nobody_could_open_is_refused() {
    let text = include_str!("../../streets/locks.toml").replace("activation_code", "# activation_code");
    let error = Street::parse(&text).unwrap_err();
    assert!(error.to_string().contains("activation_code"), "{error}");
}

#[test]
fn secrets_stay_out_of_errors_and_debug() {
    let street = Street::load("demo").unwrap();
    let secret = street.locks()[0].credential.clone().unwrap();
    let hex = secret.to_hex();
    assert!(!format!("{street:?}").contains(&hex[..16]));
    for broken in [format!("\"{}\"x", *hex), format!("\"{}g\"", *hex), format!("[\"{}\"]", *hex)] {
        let text = STREET.replacen(&format!("\"{}\"", *hex), &broken, 1);
        let error = Street::parse(&text).unwrap_err();
        assert!(!format!("{error:?}").contains(&hex[..16]), "{error}");
    }
}
