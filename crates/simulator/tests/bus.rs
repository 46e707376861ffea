//! A client on the real private bus, in process: what the rules' own tests show in virtual time holds here too.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: a failure is a failed test")]

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt;
use terskel_simulator::{Options, Simulator, Street};
use zbus::fdo::ManagedObjects;
use zbus::{Connection, MatchRule, MessageStream, Proxy, Variant, message};

const HUB: &str = r#"
[street]
name = "Prøve"
connection_interval_ms = 5
advertising_interval_ms = 20

[[resident]]
number = "1"
first_name = "Kari"
last_name = "Nordmann"
address = "Solbakken 12"
town = "Fjordby"

  [resident.hub]
  id = "0192a1b2-c300-786f-8310-d1c963d4805b"
  address = "EE:09:31:F5:F8:45"
  seed = "0707070707070707070707070707070707070707070707070707070707070707"
"#;
const DEVICE: &str = "/org/bluez/hci0/dev_EE_09_31_F5_F8_45";
const LIMIT: Duration = Duration::from_secs(20);

async fn client(simulator: &Simulator) -> Connection {
    zbus::connection::Builder::address(simulator.bus.as_str()).build().await.unwrap()
}

async fn proxy(bus: &Connection, path: &'static str, interface: &'static str) -> Proxy<'static> {
    let builder = zbus::proxy::Builder::new(bus).destination("org.bluez").path(path).interface(interface);
    builder.cache_properties(zbus::proxy::CacheProperties::No).build().await.unwrap()
}

/// All signals of the stand-in, by member and the last part of the path they are about.
async fn signals(bus: &Connection) -> MessageStream {
    let rule = MatchRule::builder().msg_type(message::Type::Signal).sender("org.bluez").build().unwrap();
    MessageStream::for_match_rule(rule, bus, Some(1024.try_into().unwrap())).await.unwrap()
}

/// Reads signals until one shows the wanted text.
async fn until(signals: &mut MessageStream, wanted: &str) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let signal = tokio::time::timeout(LIMIT, signals.next()).await.expect(wanted).unwrap().unwrap();
        let body = signal.body();
        let body = body.deserialize::<zbus::Structure<'_>>().unwrap();
        seen.push(format!("{} {body:?}", signal.header().member().unwrap()));
        if seen.last().unwrap().contains(wanted) {
            return seen;
        }
    }
}

#[tokio::test]
async fn from_discovery_to_a_notification() {
    let simulator = Simulator::start(&Street::parse(HUB).unwrap(), Options::default()).await.unwrap();
    let bus = client(&simulator).await;
    let mut heard = signals(&bus).await;
    let adapter = proxy(&bus, "/org/bluez/hci0", "org.bluez.Adapter1").await;
    let filter = HashMap::from([("DuplicateData", Variant::from(true)), ("Transport", "auto".into())]);
    adapter.call::<_, _, ()>("SetDiscoveryFilter", &filter).await.unwrap();
    adapter.call::<_, _, ()>("StartDiscovery", &()).await.unwrap();
    until(&mut heard, "InterfacesAdded").await;
    adapter.call::<_, _, ()>("StopDiscovery", &()).await.unwrap();
    until(&mut heard, "Discovering").await;

    let device = proxy(&bus, DEVICE, "org.bluez.Device1").await;
    device.call::<_, _, ()>("Connect", &()).await.unwrap();
    let seen = until(&mut heard, "ServicesResolved").await;
    let added = seen.iter().filter(|signal| signal.starts_with("InterfacesAdded")).count();
    assert_eq!((added, seen.len()), (3, 5), "{seen:?}");
    assert!(seen[0].contains("Connected"), "{seen:?}");

    let objects = proxy(&bus, "/", "org.freedesktop.DBus.ObjectManager").await;
    let objects: ManagedObjects = objects.call("GetManagedObjects", &()).await.unwrap();
    let notifying = objects.iter().find_map(|(path, interfaces)| {
        let props = interfaces.iter().find(|(name, _)| name.as_str() == "org.bluez.GattCharacteristic1")?.1;
        props.contains_key("Notifying").then(|| path.clone())
    });
    let path = notifying.unwrap();
    let answer = zbus::proxy::Builder::<Proxy<'_>>::new(&bus)
        .destination("org.bluez")
        .path(path)
        .interface("org.bluez.GattCharacteristic1")
        .build();
    answer.await.unwrap().call::<_, _, ()>("StartNotify", &()).await.unwrap();
    // The hub begins with a challenge.
    until(&mut heard, "\"Value\"").await;
}

#[tokio::test]
async fn a_client_that_leaves_the_bus_ends_its_discovery() {
    let simulator = Simulator::start(&Street::parse(HUB).unwrap(), Options::default()).await.unwrap();
    let (ada, bo) = (client(&simulator).await, client(&simulator).await);
    let mut heard = signals(&bo).await;
    let adapter = proxy(&ada, "/org/bluez/hci0", "org.bluez.Adapter1").await;
    adapter.call::<_, _, ()>("StartDiscovery", &()).await.unwrap();
    until(&mut heard, "Discovering").await;
    drop(adapter);
    ada.close().await.unwrap();
    let seen = until(&mut heard, "Discovering").await;
    assert!(seen.last().unwrap().contains("false"), "{seen:?}");
}

#[tokio::test]
async fn two_simulators_do_not_meet() {
    let street = Street::parse(HUB).unwrap();
    let first = Simulator::start(&street, Options::default()).await.unwrap();
    let second = Simulator::start(&street, Options::default()).await.unwrap();
    assert_ne!((&first.bus, &first.control), (&second.bus, &second.control));
}
