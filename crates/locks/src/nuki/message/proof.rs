//! What stands at the end of a command that acts (7.1, 7.2): the lock's challenge, then the PIN where one is needed.
//!
//! | size | field |
//! | --- | --- |
//! | 32 | `nK` |
//! | 0, 2 or 4 | PIN: none, generations 1 to 4, Ultra |

use zeroize::Zeroize;

use super::id;
use crate::nuki::Generation;
use crate::nuki::frame::Message;

/// What a command must carry (7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    Challenge,
    Pin,
}

impl Needs {
    /// Of the commands that a phone sends sealed; `None` for any other.
    pub(crate) fn of(command: u16) -> Option<Self> {
        Some(match command {
            id::REQUEST_DATA => Self::Nothing,
            id::LOCK_ACTION | id::SIMPLE_LOCK_ACTION | id::REQUEST_CONFIG | id::REQUEST_ADVANCED_CONFIG => {
                Self::Challenge
            }
            id::SET_CONFIG
            | id::SET_ADVANCED_CONFIG
            | id::VERIFY_PIN
            | id::SET_PIN
            | id::UPDATE_TIME
            | id::REQUEST_ENTRIES
            | id::INVITE
            | id::UPDATE_ENTRY
            | id::REMOVE_ENTRY
            | id::REQUEST_LOG
            | id::ENABLE_LOGGING
            | id::CALIBRATE
            | id::REBOOT => Self::Pin,
            _ => return None,
        })
    }
}

/// The challenge, and the PIN where one is needed. Wiped when dropped.
pub(crate) struct Proof {
    pub(crate) challenge: [u8; 32],
    pub(crate) pin: Option<u32>,
}

impl Proof {
    /// Puts itself at the end of a command.
    pub(crate) fn complete(&self, generation: Generation, mut message: Message) -> Message {
        message.payload.extend(self.challenge);
        if let Some(pin) = self.pin {
            message.payload.extend(&pin.to_le_bytes()[..width(generation)]);
        }
        message
    }

    /// Takes itself off the end of a payload; gives what is before it.
    pub(crate) fn split(payload: &[u8], needs: Needs, generation: Generation) -> Option<(&[u8], Self)> {
        let (payload, pin) = match needs {
            Needs::Pin => {
                let (payload, pin) =
                    payload.split_at_checked(payload.len().checked_sub(width(generation))?)?;
                let mut number = [0; 4];
                number[..pin.len()].copy_from_slice(pin);
                (payload, Some(u32::from_le_bytes(number)))
            }
            Needs::Challenge | Needs::Nothing => (payload, None),
        };
        let (body, challenge) = payload.split_last_chunk()?;
        Some((body, Self { challenge: *challenge, pin }))
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        self.pin.zeroize();
    }
}

fn width(generation: Generation) -> usize {
    match generation {
        Generation::Classic => 2,
        Generation::Ultra => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_comes_off_as_it_was_put_on() {
        for (generation, pin, needs, length) in [
            (Generation::Classic, None, Needs::Challenge, 33),
            (Generation::Classic, Some(1234), Needs::Pin, 35),
            (Generation::Ultra, Some(123_456), Needs::Pin, 37),
        ] {
            let proof = Proof { challenge: [9; 32], pin };
            let message = proof.complete(generation, Message::new(id::ENABLE_LOGGING, [1]));
            assert_eq!(message.payload.len(), length);
            let (body, back) = Proof::split(&message.payload, needs, generation).unwrap();
            assert_eq!((body, back.challenge, back.pin), (&[1][..], [9; 32], pin));
            assert!(Proof::split(&[0; 31], needs, generation).is_none());
        }
    }
}
