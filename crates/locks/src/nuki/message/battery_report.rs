//! 0x0011 Battery Report, lock (8.6).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | energy of the last action, mWs |
//! | 2 | 2 | voltage, mV |
//! | 4 | 1 | critical |
//! | 5 | 1 | last lock action |
//! | 6 | 2 | voltage at its start, mV |
//! | 8 | 2 | lowest voltage during it, mV |
//! | 10 | 2 | turned distance, degrees |
//! | 12 | 1 | temperature at start, signed |
//! | 13 | 2 | highest turn motor current |
//! | 15 | 2 | battery resistance |

use super::id;
use super::reader::Reader;
use crate::nuki::frame::Message;

/// How the battery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BatteryReport {
    pub(crate) energy: u16,
    pub(crate) voltage: u16,
    pub(crate) critical: u8,
    pub(crate) action: u8,
    pub(crate) start_voltage: u16,
    pub(crate) lowest_voltage: u16,
    pub(crate) distance: u16,
    pub(crate) temperature: u8,
    pub(crate) current: u16,
    pub(crate) resistance: u16,
}

impl BatteryReport {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = [self.energy, self.voltage].map(u16::to_le_bytes).concat();
        payload.extend([self.critical, self.action]);
        payload
            .extend([self.start_voltage, self.lowest_voltage, self.distance].map(u16::to_le_bytes).concat());
        payload.push(self.temperature);
        payload.extend([self.current, self.resistance].map(u16::to_le_bytes).concat());
        Message::new(id::BATTERY_REPORT, payload)
    }

    #[cfg_attr(
        not(any(test, feature = "fuzzing")),
        expect(dead_code, reason = "no phone asks for it yet; the pair is kept whole")
    )]
    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self {
            energy: reader.u16()?,
            voltage: reader.u16()?,
            critical: reader.u8()?,
            action: reader.u8()?,
            start_voltage: reader.u16()?,
            lowest_voltage: reader.u16()?,
            distance: reader.u16()?,
            temperature: reader.u8()?,
            current: reader.u16()?,
            resistance: reader.u16()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_bytes_in_order() {
        let payload: Vec<u8> = (0..17).collect();
        let report = BatteryReport::decode(&payload).unwrap();
        assert_eq!((report.voltage, report.critical, report.temperature), (0x0302, 4, 12));
        assert_eq!(*report.encode().payload, payload);
        assert_eq!(BatteryReport::decode(&payload[..16]), None);
    }
}
