//! Errors as bluetoothd words them.

use std::borrow::Cow;

/// A D-Bus error reply: name and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BluezError {
    pub(crate) name: &'static str,
    pub(crate) message: Cow<'static, str>,
}

macro_rules! errors {
    ($($(#[$doc:meta])* $function:ident = $name:literal, $message:literal;)*) => {
        impl BluezError {$(
            $(#[$doc])*
            pub(crate) fn $function() -> Self {
                Self { name: $name, message: Cow::Borrowed($message) }
            }
        )*}
    };
}

errors! {
    /// The adapter is in the middle of powering up. The message is empty, as from the real one.
    powering_up = "org.bluez.Error.Busy", "";
    already_discovering = "org.bluez.Error.InProgress", "Operation already in progress";
    in_progress = "org.bluez.Error.InProgress", "In Progress";
    not_ready = "org.bluez.Error.NotReady", "Resource Not Ready";
    device_not_connected = "org.bluez.Error.NotConnected", "Not Connected";
    no_discovery = "org.bluez.Error.Failed", "No discovery started";
    no_notify_session = "org.bluez.Error.Failed", "No notify session started";
    not_supported = "org.bluez.Error.NotSupported", "Operation is not supported";
    read_not_permitted = "org.bluez.Error.NotPermitted", "Read not permitted";
    does_not_exist = "org.bluez.Error.DoesNotExist", "Does Not Exist";
    already_exists = "org.bluez.Error.AlreadyExists", "Already Exists";
    invalid_arguments = "org.bluez.Error.InvalidArguments", "Invalid arguments in method call";
    invalid_length = "org.bluez.Error.InvalidArguments", "Invalid Length";
    pairing_failed = "org.bluez.Error.AuthenticationFailed", "Authentication Failed";
    /// The link went away under a call on a GATT object, or was not there.
    link_gone = "org.bluez.Error.Failed", "Not connected";
    /// A command that does not fit in one packet.
    too_long_for_command = "org.bluez.Error.Failed", "Failed to initiate write";
    /// The link was lost between a request and its response.
    att_failed = "org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e";
    connect_aborted = "org.bluez.Error.Failed", "le-connection-abort-by-local";
    unknown_object = "org.freedesktop.DBus.Error.UnknownObject", "No such object";
    unknown_method = "org.freedesktop.DBus.Error.UnknownMethod", "No such method";
    read_only = "org.freedesktop.DBus.Error.PropertyReadOnly", "Property is read-only";
}

impl BluezError {
    /// Arguments of a wrong shape, for the interfaces of D-Bus itself.
    pub(crate) fn invalid_args(message: impl Into<Cow<'static, str>>) -> Self {
        Self { name: "org.freedesktop.DBus.Error.InvalidArgs", message: message.into() }
    }
}
