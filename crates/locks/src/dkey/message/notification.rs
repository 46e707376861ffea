//! What the lock tells of its state.
//!
//! | id | from | payload |
//! | --- | --- | --- |
//! | 0x1B GetNotificationsMaskCmd | phone | empty |
//! | 0x57 GetNotificationsMaskRsp | lock | 1: mask, bit `1 << type` |
//! | 0x1C SetEnabledNotificationsMaskCmd | phone | 1: mask |
//! | 0x58 SetEnabledNotificationsMaskRsp | lock | pairs of type and value: what holds now |
//! | 0x1D NotificationsUpdateCmd | lock | pairs of type and value: what is new |

use super::id;
use crate::dkey::frame::Frame;

/// Notification types (6.5).
pub(crate) mod kind {
    pub(crate) const BATTERY: u8 = 0;
    pub(crate) const DOOR_POSITION: u8 = 1;
    pub(crate) const UNLOCK_STATUS: u8 = 2;
    pub(crate) const UNLOCK_MODE: u8 = 3;
    pub(crate) const AWAY_MODE: u8 = 4;
    pub(crate) const SHELL_PROTECTION: u8 = 5;
    pub(crate) const SHB_DELAYED_UNLOCK: u8 = 6;
}

/// Pairs of type and value, as they came; unknown types are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes(pub(crate) Vec<(u8, u8)>);

impl Changes {
    /// As 0x1D, or as 0x58.
    pub(crate) fn encode(&self, id: u8) -> Frame {
        Frame::new(id, self.0.iter().flat_map(|(kind, value)| [*kind, *value]).collect::<Vec<_>>())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (pairs, rest) = payload.as_chunks::<2>();
        rest.is_empty().then(|| Self(pairs.iter().map(|[kind, value]| (*kind, *value)).collect()))
    }

    fn last(&self, of: u8) -> Option<u8> {
        self.0.iter().rev().find(|(kind, _)| *kind == of).map(|(_, value)| *value)
    }

    /// Is the bolt thrown? Outer `None`: nothing new; inner: the lock does not know, or says what we do not know.
    pub(crate) fn locked(&self) -> Option<Option<bool>> {
        self.last(kind::UNLOCK_STATUS).map(|status| match status & 0x7f {
            1 | 2 => Some(true),
            0 | 3 | 4 => Some(false),
            _ => None,
        })
    }

    /// Does the door stand open? As [`Self::locked`].
    pub(crate) fn door_open(&self) -> Option<Option<bool>> {
        self.last(kind::DOOR_POSITION).map(|position| match position {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }

    /// Battery in percent. The raw value seems to be tenths of a volt; 0xFF would be "unknown".
    pub(crate) fn battery_percent(&self) -> Option<Option<u8>> {
        self.last(kind::BATTERY).map(|raw| match raw {
            0xff => None,
            28.. => Some(100),
            25.. => Some(75),
            23.. => Some(50),
            20.. => Some(25),
            18.. => Some(5),
            1.. => Some(1),
            0 => Some(0),
        })
    }
}

/// Asks which notifications there are.
pub(crate) fn get_mask() -> Frame {
    Frame::new(id::GET_MASK, [])
}

/// Which notifications there are.
pub(crate) fn mask(mask: u8) -> Frame {
    Frame::new(id::MASK, [mask])
}

/// Switches notifications on, and asks for what holds now.
pub(crate) fn set_mask(mask: u8) -> Frame {
    Frame::new(id::SET_MASK, [mask])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    fn read(pairs: &str) -> Changes {
        Changes::decode(&hex(pairs)).unwrap()
    }

    #[test]
    fn pairs_of_13_5() {
        let all = read("001d010002010301040205020600");
        assert_eq!((all.battery_percent(), all.door_open()), (Some(Some(100)), Some(Some(false))));
        assert_eq!(all.locked(), Some(Some(true)));
        assert_eq!(all.encode(id::SET_MASK_ANSWER).to_bytes(), hex("580e001d010002010301040205020600"));
        assert_eq!(read("0281").locked(), Some(Some(true)), "the handle moved");
        assert_eq!(read("0202").locked(), Some(Some(true)), "security locked");
        assert_eq!((read("0202").door_open(), read("0202").battery_percent()), (None, None));
    }

    #[test]
    fn unlocked_takes_three_forms_and_unknown_values_are_no_news_of_a_bolt() {
        for pairs in ["0200", "0203", "0204", "0280"] {
            assert_eq!(read(pairs).locked(), Some(Some(false)), "{pairs}");
        }
        for pairs in ["027f", "02ff", "0205"] {
            assert_eq!(read(pairs).locked(), Some(None), "{pairs}");
        }
        assert_eq!(read("01ff").door_open(), Some(None));
        assert_eq!(read("63aa").locked(), None);
        assert_eq!(Changes::decode(&[2]), None);
    }

    #[test]
    fn battery_steps_of_6_5() {
        let steps = [
            (29, 100),
            (28, 100),
            (27, 75),
            (25, 75),
            (24, 50),
            (23, 50),
            (22, 25),
            (20, 25),
            (19, 5),
            (18, 5),
        ];
        for (raw, percent) in steps.into_iter().chain([(17, 1), (1, 1), (0, 0)]) {
            assert_eq!(Changes(vec![(kind::BATTERY, raw)]).battery_percent(), Some(Some(percent)), "{raw}");
        }
    }

    #[test]
    fn masks_of_transcript_b() {
        assert_eq!(get_mask().to_bytes(), hex("1b00"));
        assert_eq!(mask(0x7f).to_bytes(), hex("57017f"));
        assert_eq!(set_mask(0x7f).to_bytes(), hex("1c017f"));
    }
}
