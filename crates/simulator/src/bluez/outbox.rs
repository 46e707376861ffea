//! Messages on their way out, in the order they were made: the one place where replies and signals meet, so that
//! their order is bluetoothd's.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use zbus::message::Message;
use zbus::wire::DynamicType;
use zbus::{ObjectPath, Variant};

use super::call::Call;
use super::error::BluezError;

/// Properties of one interface.
pub(crate) type Props = BTreeMap<&'static str, Variant<'static>>;
/// Interfaces of one object.
pub(crate) type Interfaces = BTreeMap<&'static str, Props>;

/// Messages that wait to be sent.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Message>);

impl Outbox {
    /// The next message to send.
    pub(crate) fn pop(&mut self) -> Option<Message> {
        self.0.pop_front()
    }

    /// Answers a call.
    pub(crate) fn reply(&mut self, call: &Call, body: &(impl Serialize + DynamicType)) {
        if call.wants_reply() {
            self.push(Message::method_return(&call.message().header()).build(body));
        }
    }

    /// Answers a call with an error.
    pub(crate) fn error(&mut self, call: &Call, error: &BluezError) {
        tracing::debug!(member = call.member, path = call.path, error = error.name, "refused");
        if call.wants_reply() {
            self.push(Message::error(&call.message().header(), error.name).build(&error.message.as_ref()));
        }
    }

    /// `PropertiesChanged`.
    pub(crate) fn changed(&mut self, path: &str, interface: &str, props: &Props, invalidated: &[&str]) {
        let signal = Message::signal(path, "org.freedesktop.DBus.Properties", "PropertiesChanged");
        self.push(signal.build(&(interface, props, invalidated)));
    }

    /// `PropertiesChanged` for one property.
    pub(crate) fn changed_one(
        &mut self,
        path: &str,
        interface: &str,
        name: &'static str,
        value: impl Into<Variant<'static>>,
    ) {
        self.changed(path, interface, &Props::from([(name, value.into())]), &[]);
    }

    /// `InterfacesAdded`.
    pub(crate) fn added(&mut self, path: &str, interfaces: &Interfaces) {
        if let Ok(path) = ObjectPath::try_from(path) {
            let signal = Message::signal("/", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded");
            self.push(signal.build(&(path, interfaces)));
        }
    }

    /// `InterfacesRemoved`.
    pub(crate) fn removed(&mut self, path: &str, interfaces: &[&str]) {
        if let Ok(path) = ObjectPath::try_from(path) {
            let signal = Message::signal("/", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved");
            self.push(signal.build(&(path, interfaces)));
        }
    }

    fn push(&mut self, message: zbus::Result<Message>) {
        match message {
            Ok(message) => self.0.push_back(message),
            Err(error) => tracing::error!(%error, "a message could not be built"),
        }
    }
}
