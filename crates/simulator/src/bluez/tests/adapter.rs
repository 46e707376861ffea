//! Rule 7, power, and the adapter pulled out.

use super::super::adapter::{INTERFACE, PATH};
use super::scene::{ADA, DEVICE, Scene};

#[test]
fn busy_with_an_empty_message_while_it_powers_up() {
    let mut scene = Scene::new();
    scene.set(ADA, PATH, INTERFACE, "Powered", false);
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.told();
    scene.set(ADA, PATH, INTERFACE, "Powered", true);
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.set(ADA, PATH, INTERFACE, "Powered", true);
    assert_eq!(
        scene.told(),
        ["error StartDiscovery org.bluez.Error.Busy \"\"", "error Set org.bluez.Error.Busy \"\""]
    );
    scene.forward(300);
    assert_eq!(scene.told(), ["changed hci0 Powered=true", "reply Set"]);
    scene.call(ADA, PATH, "StartDiscovery", &());
    assert_eq!(scene.told().last().unwrap(), "reply StartDiscovery");
}

#[test]
fn switching_off_ends_links_and_discovery() {
    let mut scene = Scene::new();
    scene.connect();
    scene.call(ADA, PATH, "StartDiscovery", &());
    scene.told();
    assert!(scene.bluez.switch(false, scene.now()));
    scene.settle();
    assert_eq!(
        scene.told(),
        [
            "changed dev_C0_00_00_00_00_01 ServicesResolved=false",
            "changed dev_C0_00_00_00_00_01 Connected=false",
            "changed hci0 Discovering=false",
            "changed hci0 Powered=false",
        ]
    );
    scene.call(ADA, DEVICE, "Connect", &());
    scene.call(ADA, PATH, "StartDiscovery", &());
    assert_eq!(
        scene.told(),
        [
            "error Connect org.bluez.Error.NotReady \"Resource Not Ready\"",
            "error StartDiscovery org.bluez.Error.NotReady \"Resource Not Ready\"",
        ]
    );
}

#[test]
fn pulled_out_everything_is_gone_until_it_is_back() {
    let mut scene = Scene::new();
    scene.connect();
    scene.bluez.set_present(false, scene.now());
    scene.settle();
    assert_eq!(
        scene.told()[2..],
        [
            "removed char0011",
            "removed char0014",
            "removed service0010",
            "removed dev_C0_00_00_00_00_01",
            "removed hci0",
        ]
    );
    scene.call(ADA, PATH, "StartDiscovery", &());
    assert_eq!(
        scene.told(),
        ["error StartDiscovery org.freedesktop.DBus.Error.UnknownObject \"No such object\""]
    );
    assert!(!scene.bluez.switch(true, scene.now()));
    scene.bluez.set_present(true, scene.now());
    scene.forward(300);
    assert_eq!(scene.told(), ["added hci0", "changed hci0 Powered=true"]);
    scene.connect();
}

#[test]
fn a_removed_device_comes_back_at_the_next_discovery() {
    let mut scene = Scene::new();
    scene.connect();
    let path = zbus::ObjectPath::try_from(DEVICE).unwrap();
    scene.call(ADA, PATH, "RemoveDevice", &path);
    scene.call(ADA, PATH, "RemoveDevice", &path);
    let told = scene.told();
    assert_eq!(told[told.len() - 3], "removed dev_C0_00_00_00_00_01");
    assert_eq!(told[told.len() - 1], "error RemoveDevice org.bluez.Error.DoesNotExist \"Does Not Exist\"");
    scene.connect();
}
