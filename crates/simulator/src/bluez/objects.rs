//! The tree of objects: finding one, listing all, and describing them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use zbus::ObjectPath;

use super::call::Call;
use super::error::BluezError;
use super::outbox::Interfaces;
use super::{Bluez, adapter, characteristic, device, service};

/// An object on the bus, or a node above one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Root,
    /// `/org` and `/org/bluez`.
    Between,
    Adapter,
    Device(usize),
    Service(usize, usize),
    Characteristic(usize, usize),
}

impl Bluez {
    pub(super) fn find(&self, path: &str) -> Option<Object> {
        match path {
            "/" => Some(Object::Root),
            "/org" | "/org/bluez" => Some(Object::Between),
            _ => self.objects().into_iter().find(|(p, _)| p == path).map(|(_, object)| object),
        }
    }

    /// All objects on the bus now, parents before children.
    fn objects(&self) -> Vec<(String, Object)> {
        let mut objects = Vec::new();
        if self.adapter.present {
            objects.push((adapter::PATH.to_owned(), Object::Adapter));
        }
        for (i, p) in self.peripherals.iter().enumerate().filter(|(_, p)| p.known) {
            objects.push((p.path.clone(), Object::Device(i)));
            if p.exported {
                objects.extend((0..p.services.len()).map(|n| (p.service_path(n), Object::Service(i, n))));
                let characteristics = 0..p.characteristics.len();
                objects.extend(
                    characteristics.map(|c| (p.characteristic_path(c), Object::Characteristic(i, c))),
                );
            }
        }
        objects
    }

    pub(super) fn interfaces_of(&self, object: Object) -> Interfaces {
        match object {
            Object::Root | Object::Between => Interfaces::new(),
            Object::Adapter => Interfaces::from([(adapter::INTERFACE, self.adapter.props())]),
            Object::Device(i) => Interfaces::from([(device::INTERFACE, self.device_props(i))]),
            Object::Service(i, n) => self.service_interfaces(i, n),
            Object::Characteristic(i, c) => self.characteristic_interfaces(i, c),
        }
    }

    pub(super) fn managed_objects(&mut self, call: &Call) -> Result<(), BluezError> {
        if call.member != "GetManagedObjects" {
            return Err(BluezError::unknown_method());
        }
        let objects = self.objects();
        let objects = objects.iter().filter_map(|(path, object)| {
            Some((ObjectPath::try_from(path.as_str()).ok()?, self.interfaces_of(*object)))
        });
        let objects: BTreeMap<_, _> = objects.collect();
        self.out.reply(call, &objects);
        Ok(())
    }

    /// Clients find services and characteristics by the names of the child nodes.
    pub(super) fn introspect(&mut self, call: &Call, object: Object) -> Result<(), BluezError> {
        if call.member != "Introspect" {
            return Err(BluezError::unknown_method());
        }
        let mut xml = String::from(HEAD);
        if object == Object::Root {
            xml.push_str(OBJECT_MANAGER);
        }
        for (interface, props) in self.interfaces_of(object) {
            let _ = write!(xml, "<interface name=\"{interface}\">");
            for method in methods(interface) {
                let _ = write!(xml, "<method name=\"{}\">", method.0);
                for (signature, direction) in method.1 {
                    let _ = write!(xml, "<arg type=\"{signature}\" direction=\"{direction}\"/>");
                }
                xml.push_str("</method>");
            }
            for (name, value) in props {
                let access = if WRITABLE.contains(&name) { "readwrite" } else { "read" };
                let signature = value.value_signature();
                let _ = write!(xml, "<property name=\"{name}\" type=\"{signature}\" access=\"{access}\"/>");
            }
            xml.push_str("</interface>");
        }
        for child in self.children(&call.path) {
            let _ = write!(xml, "<node name=\"{child}\"/>");
        }
        xml.push_str("</node>\n");
        self.out.reply(call, &xml);
        Ok(())
    }

    /// The names of the nodes directly below a path.
    fn children(&self, path: &str) -> Vec<String> {
        let below = if path == "/" { "/".to_owned() } else { format!("{path}/") };
        let objects = self.objects();
        let mut names: Vec<String> = ["/org/bluez"]
            .into_iter()
            .chain(objects.iter().map(|(path, _)| path.as_str()))
            .filter_map(|path| path.strip_prefix(&below)?.split('/').next())
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

const HEAD: &str = concat!(
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\" ",
    "\"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\"><node>",
    "<interface name=\"org.freedesktop.DBus.Introspectable\">",
    "<method name=\"Introspect\"><arg type=\"s\" direction=\"out\"/></method></interface>",
    "<interface name=\"org.freedesktop.DBus.Properties\">",
    "<method name=\"Get\"><arg type=\"s\" direction=\"in\"/><arg type=\"s\" direction=\"in\"/>",
    "<arg type=\"v\" direction=\"out\"/></method>",
    "<method name=\"Set\"><arg type=\"s\" direction=\"in\"/><arg type=\"s\" direction=\"in\"/>",
    "<arg type=\"v\" direction=\"in\"/></method>",
    "<method name=\"GetAll\"><arg type=\"s\" direction=\"in\"/><arg type=\"a{sv}\" direction=\"out\"/></method>",
    "<signal name=\"PropertiesChanged\"><arg type=\"s\"/><arg type=\"a{sv}\"/><arg type=\"as\"/></signal>",
    "</interface>",
);

const OBJECT_MANAGER: &str = concat!(
    "<interface name=\"org.freedesktop.DBus.ObjectManager\"><method name=\"GetManagedObjects\">",
    "<arg type=\"a{oa{sa{sv}}}\" direction=\"out\"/></method>",
    "<signal name=\"InterfacesAdded\"><arg type=\"o\"/><arg type=\"a{sa{sv}}\"/></signal>",
    "<signal name=\"InterfacesRemoved\"><arg type=\"o\"/><arg type=\"as\"/></signal></interface>",
);

const WRITABLE: [&str; 4] = ["Powered", "Alias", "Trusted", "Blocked"];

type Method = (&'static str, &'static [(&'static str, &'static str)]);

fn methods(interface: &str) -> &'static [Method] {
    match interface {
        adapter::INTERFACE => &[
            ("StartDiscovery", &[]),
            ("StopDiscovery", &[]),
            ("SetDiscoveryFilter", &[("a{sv}", "in")]),
            ("GetDiscoveryFilters", &[("as", "out")]),
            ("RemoveDevice", &[("o", "in")]),
        ],
        device::INTERFACE => &[("Connect", &[]), ("Disconnect", &[]), ("Pair", &[]), ("CancelPairing", &[])],
        service::INTERFACE => &[],
        characteristic::INTERFACE => &[
            ("ReadValue", &[("a{sv}", "in"), ("ay", "out")]),
            ("WriteValue", &[("ay", "in"), ("a{sv}", "in")]),
            ("StartNotify", &[]),
            ("StopNotify", &[]),
        ],
        _ => &[],
    }
}
