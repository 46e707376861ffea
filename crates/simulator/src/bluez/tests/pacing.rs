//! Connection events, and packets that get lost.

use super::scene::{ADA, Scene, TX};

#[test]
fn a_round_trip_is_two_events() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    for _ in 0..10 {
        let start = scene.now().0.as_millis();
        scene.write("command", &[1, 5]);
        scene.forward(60);
        assert_eq!(scene.diary(), [format!("written 2 at {}", start + 30)]);
        assert_eq!(
            scene.told_when(),
            [(start, "reply WriteValue".to_owned()), (start + 60, "changed char0014 Value=8105".to_owned())]
        );
    }
}

#[test]
fn a_request_returns_with_the_device_s_response() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    let start = scene.now().0.as_millis();
    scene.write("request", &[1, 5]);
    scene.write("request", &[1, 6]);
    scene.forward(300);
    let replies: Vec<u128> = scene
        .told_when()
        .into_iter()
        .filter(|(_, told)| told == "reply WriteValue")
        .map(|(at, _)| at)
        .collect();
    assert_eq!(replies, [start + 60, start + 120], "one request at a time");
}

#[test]
fn between_two_events_one_waits_for_the_next() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    let event = scene.now().0.as_millis();
    scene.forward(29);
    scene.write("command", &[1, 5]);
    scene.forward(100);
    assert_eq!(scene.diary(), [format!("written 2 at {}", event + 30)]);
    assert_eq!(scene.told_when()[1].0, event + 60);
}

#[test]
fn the_device_s_own_timers_run() {
    let mut scene = Scene::new();
    scene.connect();
    scene.subscribe();
    scene.write("command", &[4]);
    scene.forward(129);
    assert_eq!(scene.told(), ["reply WriteValue"]);
    scene.forward(60);
    assert_eq!(scene.told(), ["changed char0014 Value=84"]);
}

/// Packets of one exchange: the command up, the notification down.
#[test]
fn the_link_is_lost_at_the_packet_that_was_named() {
    for (n, written, answered) in [(1, false, false), (2, true, false), (3, true, true)] {
        let mut scene = Scene::new();
        scene.connect();
        scene.subscribe();
        scene.bluez.lose_packet(0, n);
        scene.write("command", &[1, 5]);
        scene.forward(100);
        scene.write("command", &[9]);
        scene.forward(1000);
        let (diary, told) = (scene.diary(), scene.told());
        assert_eq!(diary.iter().any(|line| line.starts_with("written 2")), written, "{n}: {diary:?}");
        assert_eq!(told.iter().any(|line| line.contains("Value=81")), answered, "{n}: {told:?}");
        assert_eq!(diary.last().unwrap(), "disconnected", "{n}");
        assert_eq!(told.last().unwrap(), "changed dev_C0_00_00_00_00_01 Connected=false", "{n}");
        assert!(!diary.iter().any(|line| line.starts_with("written 1")), "{n}: nothing passes a dead link");
    }
}

#[test]
fn a_request_on_a_lost_link_fails() {
    for n in [1, 2] {
        let mut scene = Scene::new();
        scene.connect();
        scene.bluez.lose_packet(0, n);
        scene.write("request", &[9]);
        scene.forward(1000);
        let told = scene.told();
        assert_eq!(
            told[0],
            "error WriteValue org.bluez.Error.Failed \"Operation failed with ATT error: 0x0e\""
        );
        assert_eq!(told.len(), 3);
    }
}

#[test]
fn a_subscription_on_a_lost_link_fails() {
    let mut scene = Scene::new();
    scene.connect();
    scene.bluez.lose_packet(0, 1);
    scene.call(ADA, TX, "StartNotify", &());
    scene.forward(1000);
    assert_eq!(scene.told()[0], "error StartNotify org.bluez.Error.Failed \"Not connected\"");
}

#[test]
fn a_mended_device_is_as_it_was() {
    let mut scene = Scene::new();
    scene.bluez.set_out_of_range(0, true, scene.now());
    scene.bluez.set_asleep(0, true);
    scene.bluez.set_clock_skew(0, 60);
    scene.bluez.mend(0, scene.now());
    assert_eq!(
        scene.diary(),
        ["Hang(false)", "Jammed(false)", "Uncalibrated(false)", "Mended", "Battery(100)"]
    );
    scene.connect();
    assert_eq!(scene.diary(), ["connected 23"]);
}
