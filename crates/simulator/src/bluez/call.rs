//! A method call that came in, kept until it is answered.

use serde::de::DeserializeOwned;
use zbus::message::{Flags, Message};

use super::error::BluezError;

/// A method call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    message: Message,
    /// The caller's unique name.
    pub(crate) sender: String,
    pub(crate) path: String,
    /// Empty where the caller left it out.
    pub(crate) interface: String,
    pub(crate) member: String,
}

impl Call {
    /// `None` for messages that are no method calls.
    pub(crate) fn new(message: Message) -> Option<Self> {
        let header = message.header();
        if header.message_type() != zbus::message::Type::MethodCall {
            return None;
        }
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let path = header.path()?.to_string();
        let interface = header.interface().map(ToString::to_string).unwrap_or_default();
        let member = header.member()?.to_string();
        Some(Self { message: message.clone(), sender, path, interface, member })
    }

    /// The arguments.
    ///
    /// # Errors
    /// `InvalidArgs` where they have another signature.
    pub(crate) fn arguments<T: DeserializeOwned + zbus::Type>(&self) -> Result<T, BluezError> {
        let body = self.message.body();
        body.deserialize().map_err(|_| BluezError::invalid_args("Invalid arguments in method call"))
    }

    /// Does anybody wait for the answer?
    pub(crate) fn wants_reply(&self) -> bool {
        !self.message.primary_header().flags().contains(Flags::NO_REPLY_EXPECTED)
    }

    pub(crate) fn message(&self) -> &Message {
        &self.message
    }
}
