//! A daemon with one echo device, virtual time, and a log of all that clients are told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, Timestamp, Uptime};
use uuid::Uuid;
use zbus::message::{Message, Type};
use zbus::wire::DynamicType;
use zbus::{OwnedObjectPath, OwnedVariant, Variant};

use super::super::{Bluez, Peripheral, adapter, characteristic, device};
use super::echo::Echo;
use crate::air::Timing;

pub(super) const ADA: &str = ":1.7";
pub(super) const BO: &str = ":1.8";
pub(super) const DEVICE: &str = "/org/bluez/hci0/dev_C0_00_00_00_00_01";
pub(super) const RX: &str = "/org/bluez/hci0/dev_C0_00_00_00_00_01/service0010/char0011";
pub(super) const TX: &str = "/org/bluez/hci0/dev_C0_00_00_00_00_01/service0010/char0014";

pub(super) struct Scene {
    pub(super) bluez: Bluez,
    pub(super) diary: Arc<Mutex<Vec<String>>>,
    world: Arc<ManualWorld>,
    /// What was told, with the virtual milliseconds.
    log: Vec<(u128, String)>,
    calls: HashMap<u32, String>,
}

impl Scene {
    /// Connection events every 30 ms, advertisements every 100 ms.
    pub(super) fn new() -> Self {
        Self::with_interval(30)
    }

    pub(super) fn with_interval(ms: u64) -> Self {
        let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 7));
        let timing = Timing { interval: Duration::from_millis(ms), mtu: 23, ..Timing::of_tests() };
        let echo = Echo::default();
        let diary = Arc::clone(&echo.diary);
        let peripheral = Peripheral::new(Uuid::nil(), "C0:00:00:00:00:01", Box::new(echo));
        let bluez = Bluez::new(world.clone(), timing, vec![peripheral]);
        Self { bluez, diary, world, log: Vec::new(), calls: HashMap::new() }
    }

    pub(super) fn now(&self) -> Uptime {
        self.world.uptime()
    }

    /// A client calls a method; the interface follows from the path.
    pub(super) fn call(
        &mut self,
        who: &str,
        path: &str,
        member: &str,
        body: &(impl Serialize + DynamicType),
    ) {
        let interface = match path {
            adapter::PATH => adapter::INTERFACE,
            DEVICE => device::INTERFACE,
            RX | TX => characteristic::INTERFACE,
            _ => "org.freedesktop.DBus.ObjectManager",
        };
        self.call_on(who, path, interface, member, body);
    }

    pub(super) fn call_on(
        &mut self,
        who: &str,
        path: &str,
        interface: &str,
        member: &str,
        body: &(impl Serialize + DynamicType),
    ) {
        let message = Message::method_call(path, member).interface(interface).sender(who);
        let message = message.build(body).unwrap();
        self.calls.insert(message.primary_header().serial_num().get(), member.to_owned());
        self.bluez.received(message, self.world.uptime());
        self.settle();
    }

    pub(super) fn set(
        &mut self,
        who: &str,
        path: &str,
        interface: &str,
        name: &str,
        value: impl Into<Variant<'static>>,
    ) {
        self.call_on(who, path, "org.freedesktop.DBus.Properties", "Set", &(interface, name, value.into()));
    }

    pub(super) fn write(&mut self, kind: &str, value: &[u8]) {
        let options = HashMap::from([("type", Variant::from(kind.to_owned()))]);
        self.call(ADA, RX, "WriteValue", &(value, options));
    }

    /// Lets time pass, stopping wherever something is due.
    pub(super) fn forward(&mut self, ms: u64) {
        let end = self.now() + Duration::from_millis(ms);
        while let Some(due) = self.bluez.poll_timeout().filter(|due| *due <= end) {
            self.world.forward(due - self.now());
            self.settle();
        }
        self.world.forward(end - self.now());
    }

    /// Does what is due now, and reads what is told.
    pub(super) fn settle(&mut self) {
        self.bluez.timed_out(self.world.uptime());
        while let Some(message) = self.bluez.poll_message() {
            let told = self.describe(&message);
            self.log.push((self.world.uptime().0.as_millis(), told));
        }
    }

    /// Everything told since the last look, without the times.
    pub(super) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log).into_iter().map(|(_, told)| told).collect()
    }

    /// The same with times.
    pub(super) fn told_when(&mut self) -> Vec<(u128, String)> {
        std::mem::take(&mut self.log)
    }

    pub(super) fn diary(&self) -> Vec<String> {
        std::mem::take(&mut self.diary.lock().unwrap())
    }

    /// Discovered by Ada; discovery is over.
    pub(super) fn discover(&mut self) {
        self.call(ADA, adapter::PATH, "StartDiscovery", &());
        self.forward(200);
        self.call(ADA, adapter::PATH, "StopDiscovery", &());
        self.told();
    }

    /// Connected by Ada and resolved, right at a connection event.
    pub(super) fn connect(&mut self) {
        self.discover();
        self.reconnect();
    }

    pub(super) fn reconnect(&mut self) {
        self.call(ADA, DEVICE, "Connect", &());
        while !self.told().iter().any(|told| told.contains("ServicesResolved=true")) {
            let due = self.bluez.poll_timeout().expect("the services are resolved some time");
            self.world.forward(due - self.now());
            self.settle();
        }
    }

    /// Ada is subscribed too.
    pub(super) fn subscribe(&mut self) {
        self.call(ADA, TX, "StartNotify", &());
        self.forward(60);
        assert_eq!(self.told(), ["changed char0014 Notifying=true", "reply StartNotify"]);
        self.diary();
    }

    fn describe(&self, message: &Message) -> String {
        let header = message.header();
        let name = header.reply_serial().and_then(|serial| self.calls.get(&serial.get()));
        match header.message_type() {
            Type::MethodReturn => format!("reply {}", name.unwrap()),
            Type::Error => {
                let text: String = message.body().deserialize().unwrap();
                format!("error {} {} \"{text}\"", name.unwrap(), header.error_name().unwrap())
            }
            _ => signal(message),
        }
    }
}

fn signal(message: &Message) -> String {
    type Changes = (String, HashMap<String, OwnedVariant>, Vec<String>);
    let header = message.header();
    let body = message.body();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    match header.member().unwrap().as_str() {
        "PropertiesChanged" => {
            let (_, changed, invalidated): Changes = body.deserialize().unwrap();
            let mut parts: Vec<String> = changed.iter().map(|(k, v)| format!("{k}={}", value(v))).collect();
            parts.sort();
            parts.extend(invalidated.iter().map(|name| format!("{name} invalid")));
            format!("changed {} {}", last(header.path().unwrap()), parts.join(" "))
        }
        "InterfacesAdded" => {
            type Added = (OwnedObjectPath, HashMap<String, HashMap<String, OwnedVariant>>);
            let (path, _): Added = body.deserialize().unwrap();
            format!("added {}", last(path.as_str()))
        }
        "InterfacesRemoved" => {
            let (path, _): (OwnedObjectPath, Vec<String>) = body.deserialize().unwrap();
            format!("removed {}", last(path.as_str()))
        }
        other => other.to_owned(),
    }
}

fn value(value: &Variant<'_>) -> String {
    match value {
        Variant::Bool(on) => on.to_string(),
        Variant::I16(number) => number.to_string(),
        Variant::Array(array) if array.element_signature().to_string() == "y" => {
            array.iter().map(|byte| format!("{:02x}", u8::try_from(byte).unwrap())).collect()
        }
        Variant::Array(array) => format!("[{}]", array.len()),
        _ => "…".to_owned(),
    }
}
