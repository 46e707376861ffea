//! What can be wrong with a lock, by name.
//!
//! | name | effect |
//! | --- | --- |
//! | `drop_reply_N` | the N-th reply from now is not sent, though its request is executed |
//! | `corrupt_N` | a byte of the N-th indication from now is changed |
//! | `unasked_states` | Keyturner States before each reply |
//! | `replay` | an old reply after each reply |
//! | `busy` | every action is refused: another is under way |
//! | `canceled` | every action is stopped by the button |
//! | `crc_zero` | CRC 0 in sealed messages |
//! | `append_unknown` | bytes appended to every sealed payload |
//! | `unknown_values` | Keyturner States with values that nobody knows |
//! | `states_15`, `states_19`, `states_21`, `states_27` | firmware age |
//! | `clock_lost` | the time is not known, until it is set |

/// The faults that are on.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub(super) drop_reply: Option<usize>,
    pub(super) unasked_states: bool,
    pub(super) replay: bool,
    pub(super) busy: bool,
    pub(super) canceled: bool,
    pub(super) crc_zero: bool,
    pub(super) append_unknown: bool,
    pub(super) unknown_values: bool,
    pub(super) states_length: Option<usize>,
}

impl Faults {
    /// Switches on one that needs nothing but its name. False where it has none such.
    pub(super) fn switch(&mut self, name: &str) -> bool {
        let flag = match name {
            "unasked_states" => &mut self.unasked_states,
            "replay" => &mut self.replay,
            "busy" => &mut self.busy,
            "canceled" => &mut self.canceled,
            "crc_zero" => &mut self.crc_zero,
            "append_unknown" => &mut self.append_unknown,
            "unknown_values" => &mut self.unknown_values,
            _ => return false,
        };
        *flag = true;
        true
    }

    /// Counts a reply; true where it is the one to be dropped.
    pub(super) fn drops_this(&mut self) -> bool {
        let ahead = self.drop_reply;
        self.drop_reply = ahead.and_then(|ahead| ahead.checked_sub(1)).filter(|ahead| *ahead > 0);
        ahead == Some(1)
    }
}
