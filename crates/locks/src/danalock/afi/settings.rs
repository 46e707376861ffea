//! LockGetSettings 4.6 and LockSetSetting 4.7: members with tag and length.
//!
//! | tag | value |
//! | --- | --- |
//! | 1 | motor speed |
//! | 2 | auto lock after so many seconds; 0: never |
//! | 3 | brake and go back after so many seconds; 0: never |
//! | 4 | not supported |
//! | 5 | end-to-end mode 0, 1, 2 |
//!
//! A request for the settings has all five with the value 0; one to set has exactly one.

use super::{Command, tlv};

/// What the lock is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) motor_speed: Option<u32>,
    pub(crate) auto_lock: Option<u32>,
    pub(crate) brake_and_go_back: Option<u32>,
    pub(crate) end_to_end: Option<u32>,
}

impl Settings {
    #[cfg_attr(
        not(any(test, feature = "fuzzing")),
        expect(dead_code, reason = "installers set locks up, phones of workers do not")
    )]
    pub(crate) fn request() -> Vec<u8> {
        let members: Vec<u8> = (1..=5).flat_map(|tag| tlv::encode(tag, 0)).collect();
        Command::GET_SETTINGS.request(&members)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let members =
            [(1, self.motor_speed), (2, self.auto_lock), (3, self.brake_and_go_back), (5, self.end_to_end)];
        members.into_iter().filter_map(|(tag, value)| Some(tlv::encode(tag, value?))).flatten().collect()
    }

    #[cfg_attr(
        not(any(test, feature = "fuzzing")),
        expect(dead_code, reason = "installers set locks up, phones of workers do not")
    )]
    pub(crate) fn decode(payload: &[u8]) -> Self {
        Self {
            motor_speed: tlv::number(payload, 1),
            auto_lock: tlv::number(payload, 2),
            brake_and_go_back: tlv::number(payload, 3),
            end_to_end: tlv::number(payload, 5),
        }
    }
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) tag: u32,
    pub(crate) value: u32,
}

impl Setting {
    #[cfg_attr(
        not(any(test, feature = "fuzzing")),
        expect(dead_code, reason = "installers set locks up, phones of workers do not")
    )]
    pub(crate) fn encode(self) -> Vec<u8> {
        Command::SET_SETTING.request(&tlv::encode(self.tag, self.value))
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut members = tlv::members(payload);
        let (tag, _) = members.next()?;
        let value = tlv::number(payload, tag)?;
        members.next().is_none().then_some(Self { tag, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vectors_of_13_4() {
        assert_eq!(Settings::request(), hex("010406010100020100030100040100050100"));
        for (tag, value, bytes) in
            [(2, 300, "0104070202012c"), (2, 0, "010407020100"), (5, 1, "010407050101")]
        {
            let setting = Setting { tag, value };
            assert_eq!(setting.encode(), hex(bytes));
            assert_eq!(Setting::decode(&hex(bytes)[3..]), Some(setting));
        }
        for (bytes, values) in
            [("010105020100030100050100", [5, 0, 0, 0]), ("0101050202012c030100050102", [5, 300, 0, 2])]
        {
            let [motor_speed, auto_lock, brake_and_go_back, end_to_end] = values.map(Some);
            let settings = Settings { motor_speed, auto_lock, brake_and_go_back, end_to_end };
            assert_eq!(Settings::decode(&hex(bytes)), settings);
            assert_eq!(settings.encode(), hex(bytes));
        }
    }
}
