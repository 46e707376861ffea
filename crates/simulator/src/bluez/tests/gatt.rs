//! Writing, and in which order things arrive.

use std::collections::HashMap;

use zbus::Variant;

use super::scene::{ADA, BO, RX, Scene, TX};

#[test]
fn a_command_that_does_not_fit_is_refused() {
    let mut scene = Scene::new();
    scene.connect();
    scene.diary();
    scene.write("command", &[9; 20]);
    scene.write("command", &[9; 21]);
    scene.write("command", &[9; 513]);
    scene.write("request", &[9; 513]);
    scene.forward(100);
    assert_eq!(
        scene.told(),
        [
            "reply WriteValue",
            "error WriteValue org.bluez.Error.Failed \"Failed to initiate write\"",
            "error WriteValue org.bluez.Error.InvalidArguments \"Invalid Length\"",
            "error WriteValue org.bluez.Error.InvalidArguments \"Invalid Length\"",
        ]
    );
    assert_eq!(scene.diary().len(), 1);
}

#[test]
fn a_long_request_takes_many_events_and_arrives_whole() {
    let mut scene = Scene::new();
    scene.connect();
    scene.diary();
    let start = scene.now().0.as_millis();
    scene.write("request", &[9; 40]);
    scene.forward(1000);
    // Three prepared writes with their responses, the execute, and its response.
    assert_eq!(scene.diary(), [format!("written 40 at {}", start + 7 * 30)]);
    assert_eq!(scene.told_when(), [(start + 8 * 30, "reply WriteValue".to_owned())]);
}

#[test]
fn what_a_characteristic_cannot_do_is_refused() {
    let mut scene = Scene::new();
    scene.connect();
    let options = HashMap::from([("type", Variant::from("request"))]);
    scene.call(ADA, TX, "WriteValue", &([1_u8].as_slice(), options));
    scene.call(ADA, RX, "StartNotify", &());
    scene.call(ADA, RX, "AcquireWrite", &HashMap::<&str, Variant<'_>>::new());
    scene.write("reliable", &[1]);
    let told = scene.told();
    assert_eq!(told.len(), 4);
    for told in told {
        assert!(told.contains("org.bluez.Error.NotSupported"), "{told}");
    }
}

#[test]
fn arguments_of_another_shape_are_refused() {
    let mut scene = Scene::new();
    scene.connect();
    scene.call(ADA, RX, "WriteValue", &"open");
    scene.call(ADA, RX, "Sing", &());
    scene.call(ADA, "/org/bluez/hci1", "GetManagedObjects", &());
    assert_eq!(
        scene.told(),
        [
            "error WriteValue org.freedesktop.DBus.Error.InvalidArgs \"Invalid arguments in method call\"",
            "error Sing org.freedesktop.DBus.Error.UnknownMethod \"No such method\"",
            "error GetManagedObjects org.freedesktop.DBus.Error.UnknownObject \"No such object\"",
        ]
    );
}

#[test]
fn notifications_keep_their_order() {
    for interval in [0, 30] {
        let mut scene = Scene::with_interval(interval);
        scene.connect();
        scene.subscribe();
        scene.write("command", &[2, 50]);
        scene.write("command", &[2, 50]);
        scene.forward(500);
        let values: Vec<String> = scene.told().into_iter().filter(|told| told.contains("Value=82")).collect();
        let wanted = (0..50).chain(0..50).map(|n| format!("changed char0014 Value=82{n:02x}"));
        assert_eq!(values, wanted.collect::<Vec<_>>());
    }
}

#[test]
fn the_answer_is_held_until_the_write_has_returned() {
    for kind in ["command", "request"] {
        let mut scene = Scene::with_interval(0);
        scene.connect();
        scene.subscribe();
        scene.write(kind, &[1, 1]);
        scene.forward(50);
        let told = scene.told_when();
        assert_eq!(
            (told[0].1.as_str(), told[1].1.as_str()),
            ("reply WriteValue", "changed char0014 Value=8101")
        );
        assert!(told[1].0 > told[0].0, "{kind}: the client has had no time");
    }
}

#[test]
fn sessions_are_counted_by_client() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.call(BO, TX, "StartNotify", &());
    scene.call(ADA, TX, "StopNotify", &());
    scene.call(ADA, TX, "StopNotify", &());
    assert_eq!(
        scene.told(),
        [
            "reply StartNotify",
            "reply StopNotify",
            "error StopNotify org.bluez.Error.Failed \"No notify session started\"",
        ]
    );
    scene.bluez.client_left(BO, scene.now());
    scene.settle();
    assert_eq!(scene.told(), ["changed char0014 Notifying=false"]);
    scene.write("command", &[1, 1]);
    scene.forward(100);
    assert_eq!(scene.told(), ["reply WriteValue"]);
}
