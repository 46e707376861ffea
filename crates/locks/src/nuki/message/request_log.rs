//! Asking for the log (8.12).
//!
//! 0x0031 Request Log Entries, phone; then challenge and PIN:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | start: entries beyond this index; 0 from the end of the order |
//! | 4 | 2 | count |
//! | 6 | 1 | order: 0 oldest first, 1 newest first |
//! | 7 | 1 | total wanted |
//!
//! 0x0033 Log Entry Count, lock: logging enabled 1, count 2, door sensor enabled 1, door sensor logging 1.

use super::id;
use super::reader::Reader;
use crate::nuki::frame::Message;

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestLog {
    pub(crate) start: u32,
    pub(crate) count: u16,
    pub(crate) newest_first: bool,
    pub(crate) total: bool,
}

impl RequestLog {
    pub(crate) fn encode(self) -> Message {
        let mut payload = self.start.to_le_bytes().to_vec();
        payload.extend(self.count.to_le_bytes());
        payload.extend([u8::from(self.newest_first), u8::from(self.total)]);
        Message::new(id::REQUEST_LOG, payload)
    }

    /// Exactly 8 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let (start, count) = (reader.u32()?, reader.u16()?);
        let [newest_first, total] = reader.array()?.map(|flag: u8| flag != 0);
        reader.0.is_empty().then_some(Self { start, count, newest_first, total })
    }
}

/// How many entries there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogCount {
    pub(crate) enabled: bool,
    pub(crate) count: u16,
}

impl LogCount {
    /// The simulated lock has no door sensor.
    pub(crate) fn encode(self) -> Message {
        let [low, high] = self.count.to_le_bytes();
        Message::new(id::LOG_COUNT, [u8::from(self.enabled), low, high, 0, 0])
    }
}
