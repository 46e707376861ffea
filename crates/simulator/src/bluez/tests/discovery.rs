//! Rule 6, filters, and sessions of several clients.

use std::collections::HashMap;

use zbus::Variant;

use super::super::adapter::PATH;
use super::echo::SERVICE;
use super::scene::{ADA, BO, Scene};

fn filter(scene: &mut Scene, who: &str, name: &'static str, value: impl Into<Variant<'static>>) {
    scene.call(who, PATH, "SetDiscoveryFilter", &HashMap::from([(name, value.into())]));
}

#[test]
fn a_device_appears_once_and_its_strength_is_invalid_after_discovery() {
    let mut scene = Scene::new();
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.forward(500);
    assert_eq!(
        scene.told(),
        ["changed hci0 Discovering=true", "reply StartDiscovery", "added dev_C0_00_00_00_00_01"]
    );
    scene.call(ADA, PATH, "StopDiscovery", &());
    assert_eq!(
        scene.told(),
        [
            "changed dev_C0_00_00_00_00_01 RSSI invalid",
            "changed hci0 Discovering=false",
            "reply StopDiscovery"
        ]
    );
}

#[test]
fn duplicates_are_told_every_time_when_wanted() {
    let mut scene = Scene::new();
    filter(&mut scene, ADA, "DuplicateData", true);
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.forward(310);
    let told = scene.told();
    let again = "changed dev_C0_00_00_00_00_01 ManufacturerData=… RSSI=-60";
    assert_eq!(told[3..], ["added dev_C0_00_00_00_00_01", again, again]);
}

#[test]
fn a_changed_strength_is_told_without_duplicates_too() {
    let mut scene = Scene::new();
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.forward(310);
    scene.told();
    scene.bluez.set_signal(0, -90);
    scene.forward(300);
    assert_eq!(scene.told(), ["changed dev_C0_00_00_00_00_01 RSSI=-90"]);
}

#[test]
fn filters_keep_out_what_nobody_wants() {
    let other = "00000000-0000-4000-8000-000000000000".to_owned();
    let cases: [(&str, Variant<'static>, bool); 8] = [
        ("UUIDs", vec![SERVICE.to_string()].into(), true),
        ("UUIDs", vec![SERVICE.to_string().to_uppercase()].into(), true),
        ("UUIDs", vec![other, "180a".to_owned()].into(), false),
        ("RSSI", (-50_i16).into(), false),
        ("RSSI", (-70_i16).into(), true),
        ("Transport", "bredr".into(), false),
        ("Transport", "le".into(), true),
        ("Pattern", "Fjern".into(), false),
    ];
    for (name, value, heard) in cases {
        let mut scene = Scene::new();
        filter(&mut scene, ADA, name, value);
        scene.call(ADA, PATH, "StartDiscovery", &());
        scene.forward(300);
        assert_eq!(scene.told().iter().any(|told| told.starts_with("added")), heard, "{name}");
    }
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    let mut scene = Scene::new();
    filter(&mut scene, ADA, "UUIDs", vec!["lock".to_owned()]);
    filter(&mut scene, ADA, "Transport", "smoke");
    for told in scene.told() {
        assert!(told.starts_with("error SetDiscoveryFilter org.bluez.Error.InvalidArguments"), "{told}");
    }
}

#[test]
fn each_client_has_its_own_session() {
    let mut scene = Scene::new();
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.call(BO, PATH, "StartDiscovery", &());
    scene.call(ADA, PATH, "StopDiscovery", &());
    scene.call(ADA, PATH, "StopDiscovery", &());
    assert_eq!(
        scene.told(),
        [
            "changed hci0 Discovering=true",
            "reply StartDiscovery",
            "error StartDiscovery org.bluez.Error.InProgress \"Operation already in progress\"",
            "reply StartDiscovery",
            "reply StopDiscovery",
            "error StopDiscovery org.bluez.Error.Failed \"No discovery started\"",
        ]
    );
    scene.forward(200);
    assert_eq!(scene.told(), ["added dev_C0_00_00_00_00_01"]);
    scene.bluez.client_left(BO, scene.now());
    scene.settle();
    assert_eq!(
        scene.told(),
        ["changed dev_C0_00_00_00_00_01 RSSI invalid", "changed hci0 Discovering=false"]
    );
}

#[test]
fn who_is_connected_asleep_or_away_is_not_heard() {
    let mut scene = Scene::new();
    scene.connect();
    filter(&mut scene, ADA, "DuplicateData", true);
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.told();
    scene.forward(500);
    assert!(scene.told().is_empty());
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    assert_eq!(scene.told().len(), 2);
    scene.bluez.set_out_of_range(0, false, scene.now());
    scene.bluez.set_asleep(0, true);
    scene.forward(500);
    assert!(scene.told().is_empty());
    scene.bluez.set_asleep(0, false);
    scene.forward(500);
    assert!(!scene.told().is_empty());
}
