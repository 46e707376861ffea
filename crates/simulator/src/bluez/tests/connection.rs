//! Rules 1, 2, 3 and 5: connecting, losing the link, notify sessions, disconnecting.

use super::scene::{ADA, DEVICE, RX, Scene, TX};

#[test]
fn connected_then_the_reply_then_objects_then_one_change() {
    let mut scene = Scene::new();
    scene.discover();
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(100);
    assert_eq!(scene.told(), ["changed dev_C0_00_00_00_00_01 Connected=true", "reply Connect"]);
    scene.forward(1000);
    assert_eq!(
        scene.told(),
        [
            "added service0010",
            "added char0011",
            "added char0014",
            "changed dev_C0_00_00_00_00_01 ServicesResolved=true UUIDs=[3]",
        ]
    );
    assert_eq!(scene.diary(), ["connected 23"]);
}

#[test]
fn the_order_holds_where_events_take_no_time() {
    let mut scene = Scene::with_interval(0);
    scene.discover();
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(100);
    let told = scene.told();
    assert_eq!(
        told[..3],
        ["changed dev_C0_00_00_00_00_01 Connected=true", "reply Connect", "added service0010"]
    );
    assert_eq!(told.len(), 6);
}

#[test]
fn a_lost_link_unresolves_first_and_leaves_the_objects() {
    let mut scene = Scene::new();
    scene.connect();
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    assert_eq!(
        scene.told(),
        [
            "changed dev_C0_00_00_00_00_01 ServicesResolved=false",
            "changed dev_C0_00_00_00_00_01 Connected=false",
        ]
    );
    scene.write("command", &[1, 1]);
    scene.call(ADA, TX, "StartNotify", &());
    assert_eq!(
        scene.told(),
        [
            "error WriteValue org.bluez.Error.Failed \"Not connected\"",
            "error StartNotify org.bluez.Error.Failed \"Not connected\"",
        ]
    );
}

#[test]
fn notify_sessions_survive_a_lost_link() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    scene.bluez.set_out_of_range(0, false, scene.now());
    scene.reconnect();
    scene.forward(60);
    assert_eq!(scene.diary(), ["disconnected", "connected 23", "subscribed"]);
    scene.write("command", &[1, 9]);
    scene.forward(100);
    assert_eq!(scene.told(), ["reply WriteValue", "changed char0014 Value=8109"]);
}

/// bleak remembers the services of a device and subscribes as soon as it is connected.
#[test]
fn a_hasty_client_waits_for_the_services() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.bluez.client_left(ADA, scene.now());
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    scene.bluez.set_out_of_range(0, false, scene.now());
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(100);
    scene.told();
    scene.call(ADA, TX, "StartNotify", &());
    scene.write("command", &[1, 9]);
    scene.forward(500);
    assert_eq!(
        scene.told(),
        [
            "reply WriteValue",
            "changed dev_C0_00_00_00_00_01 ServicesResolved=true",
            "changed char0014 Notifying=true",
            "reply StartNotify",
            "changed char0014 Value=8109",
        ]
    );
    let diary = scene.diary();
    assert_eq!(diary.iter().filter(|line| *line == "subscribed").count(), 1, "{diary:?}");
}

#[test]
fn a_lasting_session_is_renewed_before_the_first_write() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    scene.bluez.set_out_of_range(0, false, scene.now());
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(100);
    scene.call(ADA, TX, "StartNotify", &());
    scene.write("request", &[1, 9]);
    scene.forward(600);
    assert_eq!(scene.told().last().unwrap(), "changed char0014 Value=8109");
}

#[test]
fn a_second_subscription_is_no_error() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.call(ADA, TX, "StartNotify", &());
    assert_eq!(scene.told(), ["reply StartNotify"]);
    assert!(scene.diary().is_empty());
}

#[test]
fn a_known_device_is_ready_sooner_and_brings_no_objects_again() {
    let mut scene = Scene::new();
    scene.discover();
    scene.call(ADA, DEVICE, "Connect", &());
    let cold = connected_to_resolved(&mut scene);
    assert_eq!(cold, 26 * 30);
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.forward(1000);
    scene.bluez.set_out_of_range(0, false, scene.now());
    scene.told();
    scene.call(ADA, DEVICE, "Connect", &());
    assert_eq!(connected_to_resolved(&mut scene), 12 * 30);
}

fn connected_to_resolved(scene: &mut Scene) -> u128 {
    scene.forward(1500);
    let told = scene.told_when();
    let at = |what: &str| told.iter().find(|(_, told)| told.contains(what)).unwrap().0;
    at("ServicesResolved=true") - at("Connected=true")
}

#[test]
fn disconnecting_takes_its_time() {
    for _ in 0..20 {
        let mut scene = Scene::new();
        scene.connect();
        let asked = scene.now().0.as_millis();
        scene.call(ADA, DEVICE, "Disconnect", &());
        scene.forward(4000);
        let told = scene.told_when();
        let (at, last) = told.last().unwrap();
        assert_eq!(last, "reply Disconnect");
        assert!((1900..=3300).contains(&(at - asked)), "{}", at - asked);
        assert_eq!(told[1].1, "changed dev_C0_00_00_00_00_01 Connected=false");
    }
}

#[test]
fn nobody_there_is_an_error_after_a_while() {
    let mut scene = Scene::new();
    scene.discover();
    scene.bluez.set_asleep(0, true);
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(19_900);
    assert!(scene.told().is_empty());
    scene.call(ADA, DEVICE, "Connect", &());
    assert_eq!(scene.told(), ["error Connect org.bluez.Error.InProgress \"In Progress\""]);
    scene.forward(200);
    assert_eq!(scene.told(), ["error Connect org.bluez.Error.Failed \"le-connection-abort-by-local\""]);
}

#[test]
fn a_sleeper_answers_when_it_is_woken() {
    let mut scene = Scene::new();
    scene.discover();
    scene.bluez.set_asleep(0, true);
    scene.call(ADA, DEVICE, "Connect", &());
    scene.forward(5000);
    scene.bluez.set_asleep(0, false);
    scene.forward(100);
    assert_eq!(scene.told().last().unwrap(), "reply Connect");
}

#[test]
fn a_pending_connection_can_be_called_off() {
    let mut scene = Scene::new();
    scene.discover();
    scene.bluez.set_asleep(0, true);
    scene.call(ADA, DEVICE, "Connect", &());
    scene.call(ADA, DEVICE, "Disconnect", &());
    scene.call(ADA, DEVICE, "Disconnect", &());
    assert_eq!(
        scene.told(),
        [
            "error Connect org.bluez.Error.Failed \"le-connection-abort-by-local\"",
            "reply Disconnect",
            "error Disconnect org.bluez.Error.NotConnected \"Not Connected\"",
        ]
    );
}

#[test]
fn pairing_and_trust_are_answered() {
    let mut scene = Scene::new();
    scene.discover();
    scene.set(ADA, DEVICE, "org.bluez.Device1", "Trusted", true);
    scene.call(ADA, DEVICE, "Pair", &());
    scene.forward(400);
    assert_eq!(
        scene.told(),
        [
            "changed dev_C0_00_00_00_00_01 Trusted=true",
            "reply Set",
            "changed dev_C0_00_00_00_00_01 Connected=true",
            "changed dev_C0_00_00_00_00_01 Bonded=true Paired=true",
            "reply Pair",
        ]
    );
    scene.call(ADA, DEVICE, "Pair", &());
    assert_eq!(scene.told(), ["error Pair org.bluez.Error.AlreadyExists \"Already Exists\""]);
}

#[test]
fn the_device_hangs_up_after_its_last_word() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.write("command", &[3]);
    scene.forward(100);
    assert_eq!(
        scene.told(),
        [
            "reply WriteValue",
            "changed char0014 Value=83",
            "changed dev_C0_00_00_00_00_01 ServicesResolved=false",
            "changed dev_C0_00_00_00_00_01 Connected=false",
        ]
    );
}

#[test]
fn a_read_is_refused_by_the_device() {
    let mut scene = Scene::new();
    scene.connect();
    scene.call(ADA, RX, "ReadValue", &(std::collections::HashMap::<&str, zbus::Variant<'_>>::new()));
    scene.forward(60);
    assert_eq!(scene.told(), ["error ReadValue org.bluez.Error.NotPermitted \"Read not permitted\""]);
}
