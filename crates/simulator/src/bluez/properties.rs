//! `org.freedesktop.DBus.Properties` for every object.

use terskel_model::Uptime;
use zbus::OwnedVariant;

use super::call::Call;
use super::error::BluezError;
use super::objects::Object;
use super::outbox::Props;
use super::{Bluez, adapter, device};

impl Bluez {
    pub(super) fn properties(&mut self, call: &Call, object: Object, now: Uptime) -> Result<(), BluezError> {
        match call.member.as_str() {
            "GetAll" => {
                let interface: String = call.arguments()?;
                let props = self.props_of(object, &interface)?;
                self.out.reply(call, &props);
                Ok(())
            }
            "Get" => {
                let (interface, name): (String, String) = call.arguments()?;
                let mut props = self.props_of(object, &interface)?;
                let value = props.remove(name.as_str()).ok_or_else(|| no_property(&name))?;
                self.out.reply(call, &value);
                Ok(())
            }
            "Set" => self.set_property(call, object, now),
            _ => Err(BluezError::unknown_method()),
        }
    }

    fn set_property(&mut self, call: &Call, object: Object, now: Uptime) -> Result<(), BluezError> {
        let (interface, name, value): (String, String, OwnedVariant) = call.arguments()?;
        if !self.props_of(object, &interface)?.contains_key(name.as_str()) {
            return Err(no_property(&name));
        }
        match (object, interface.as_str()) {
            (Object::Adapter, adapter::INTERFACE) => self.set_adapter_property(call, &name, &value, now),
            (Object::Device(i), device::INTERFACE) => self.set_device_property(call, i, &name, &value),
            _ => Err(BluezError::read_only()),
        }
    }

    fn props_of(&self, object: Object, interface: &str) -> Result<Props, BluezError> {
        let mut interfaces = self.interfaces_of(object);
        let no_interface = || BluezError::invalid_args(format!("No such interface '{interface}'"));
        interfaces.remove(interface).ok_or_else(no_interface)
    }
}

fn no_property(name: &str) -> BluezError {
    BluezError::invalid_args(format!("No such property '{name}'"))
}
