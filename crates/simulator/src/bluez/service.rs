//! `org.bluez.GattService1`.

use zbus::{ObjectPath, Variant};

use super::Bluez;
use super::outbox::{Interfaces, Props};

pub(super) const INTERFACE: &str = "org.bluez.GattService1";

impl Bluez {
    pub(super) fn service_interfaces(&self, i: usize, n: usize) -> Interfaces {
        let p = &self.peripherals[i];
        let props = Props::from([
            ("UUID", p.services[n].to_string().into()),
            ("Primary", true.into()),
            ("Device", object_path(&p.path)),
            ("Includes", Vec::<ObjectPath<'static>>::new().into()),
        ]);
        Interfaces::from([(INTERFACE, props)])
    }
}

/// An object path as a property. Our paths are made of addresses and handles, so they are well formed.
pub(super) fn object_path(path: &str) -> Variant<'static> {
    ObjectPath::try_from(path.to_owned()).map_or_else(|_| path.to_owned().into(), Variant::from)
}
