//! Chapter 4: how a command travels, in clear and sealed.

mod collect;
mod plain;
mod sealed;

use zeroize::Zeroizing;

pub(crate) use collect::{Collector, Kind, Whole};
pub(crate) use plain::{decode_plain, encode_plain};
pub(crate) use sealed::{Crc, Head, encode_inner, encode_inner_without_crc, open, open_either, seal};

/// A command id and its payload. The payload may hold a PIN or a key: it is wiped, and not shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) command: u16,
    pub(crate) payload: Zeroizing<Vec<u8>>,
}

impl Message {
    pub(crate) fn new(command: u16, payload: impl Into<Vec<u8>>) -> Self {
        Self { command, payload: Zeroizing::new(payload.into()) }
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:04x} with {} bytes", self.command, self.payload.len())
    }
}

/// Bytes that are no message, or not one for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// Too short, too long, or another length than it says.
    #[error("a message of the wrong length")]
    Length,
    /// In clear, and its CRC differs.
    #[error("a message with a wrong CRC")]
    Crc,
    /// The tag differs: another key, or changed on the way.
    #[error("a sealed message that does not open")]
    Tag,
    /// The id inside is not the one outside.
    #[error("a sealed message with two ids")]
    Id,
}
