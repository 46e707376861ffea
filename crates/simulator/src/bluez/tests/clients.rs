//! What clients of all kinds read: the properties without which they skip an object, and the names of nodes.

use std::collections::HashMap;
use std::sync::Arc;

use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;
use zbus::message::Message;
use zbus::{OwnedObjectPath, OwnedVariant};

use super::super::{Bluez, Peripheral};
use super::echo::{Echo, SERVICE};
use super::scene::{ADA, DEVICE, RX, Scene, TX};
use crate::air::Timing;

type Objects = HashMap<OwnedObjectPath, HashMap<String, HashMap<String, OwnedVariant>>>;

/// Asks and reads the one answer.
fn ask<T: serde::de::DeserializeOwned + zbus::Type>(
    scene: &mut Scene,
    path: &str,
    interface: &str,
    member: &str,
    body: &(impl serde::Serialize + zbus::wire::DynamicType),
) -> T {
    let message = Message::method_call(path, member).interface(interface).sender(ADA).build(body).unwrap();
    scene.bluez.received(message, scene.now());
    let reply = scene.bluez.poll_message().unwrap();
    reply.body().deserialize().unwrap()
}

#[test]
fn nothing_that_btleplug_needs_is_missing() {
    let mut scene = Scene::new();
    scene.connect();
    let objects: Objects =
        ask(&mut scene, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &());
    let props = |path: &str, interface: &str| -> Vec<String> {
        let path = OwnedObjectPath::try_from(path).unwrap();
        objects[&path][interface].keys().cloned().collect()
    };
    let adapter = props("/org/bluez/hci0", "org.bluez.Adapter1");
    for name in ["Address", "AddressType", "Modalias", "Name", "Alias", "Powered", "Discovering"] {
        assert!(adapter.iter().any(|p| p == name), "{name}");
    }
    let device = props(DEVICE, "org.bluez.Device1");
    let needed = ["Address", "AddressType", "Paired", "Connected", "ServicesResolved", "Trusted", "Blocked"];
    for name in needed.into_iter().chain(["LegacyPairing", "ManufacturerData", "UUIDs", "Adapter"]) {
        assert!(device.iter().any(|p| p == name), "{name}");
    }
    for name in ["UUID", "Service", "Value", "Notifying", "Flags", "MTU"] {
        assert!(props(TX, "org.bluez.GattCharacteristic1").iter().any(|p| p == name), "{name}");
    }
    assert_eq!(objects.len(), 5);
}

#[test]
fn children_are_found_by_the_names_of_their_nodes() {
    let mut scene = Scene::new();
    scene.connect();
    for (path, child) in [
        ("/", "org"),
        ("/org", "bluez"),
        ("/org/bluez", "hci0"),
        ("/org/bluez/hci0", "dev_C0_00_00_00_00_01"),
        (DEVICE, "service0010"),
        ("/org/bluez/hci0/dev_C0_00_00_00_00_01/service0010", "char0014"),
    ] {
        let xml: String = ask(&mut scene, path, "org.freedesktop.DBus.Introspectable", "Introspect", &());
        assert!(xml.contains(&format!("<node name=\"{child}\"/>")), "{path}: {xml}");
    }
}

#[test]
fn the_mtu_and_the_manufacturer_s_data_can_be_read() {
    let mut scene = Scene::new();
    scene.connect();
    let properties = "org.freedesktop.DBus.Properties";
    let get = ("org.bluez.GattCharacteristic1", "MTU");
    let mtu: OwnedVariant = ask(&mut scene, RX, properties, "Get", &get);
    assert_eq!(u16::try_from(mtu).unwrap(), 23);
    let get = ("org.bluez.Device1", "ManufacturerData");
    let data: OwnedVariant = ask(&mut scene, DEVICE, properties, "Get", &get);
    let data: HashMap<u16, OwnedVariant> = data.try_into().unwrap();
    assert_eq!(Vec::<u8>::try_from(data[&0xffff].try_clone().unwrap()).unwrap(), [1, 2]);
}

#[test]
fn two_devices_do_not_speak_at_once() {
    let timing = Timing { mtu: 23, ..Timing::of_tests() };
    let device =
        |n: u8| Peripheral::new(Uuid::nil(), &format!("C0:00:00:00:00:0{n}"), Box::new(Echo::default()));
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    let mut bluez = Bluez::new(world, timing, vec![device(1), device(2)]);
    let start =
        Message::method_call("/org/bluez/hci0", "StartDiscovery").interface("org.bluez.Adapter1").sender(ADA);
    bluez.received(start.build(&()).unwrap(), Uptime::default());
    let first = bluez.poll_timeout().unwrap();
    bluez.timed_out(first);
    assert_ne!(bluez.poll_timeout().unwrap(), first);
    assert_eq!(bluez.peripherals().len(), 2);
    assert_eq!(bluez.peripherals()[0].device.services()[0].uuid, SERVICE);
}
