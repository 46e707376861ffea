//! Events: class 4, event 1 has the fields of LockGetState; every other is accepted and says nothing (7.3).

use super::{EVENT, State};

const LOCK: u8 = 4;
const STATE: u8 = 1;

/// The one event that is known.
pub(crate) struct Event;

impl Event {
    pub(crate) fn encode(state: State) -> Vec<u8> {
        [&[EVENT, LOCK, STATE][..], &state.encode()].concat()
    }

    /// The state that an event tells.
    pub(crate) fn decode(class: u8, event: u8, payload: &[u8]) -> Option<State> {
        if (class, event) == (LOCK, STATE) { State::decode(payload) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Message, Operate};
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vector_of_13_4() {
        let bytes = hex("030401030200");
        let state = State::new(true, Some(Operate::Unlock), false);
        assert_eq!(Event::encode(state), bytes);
        let Some(Message::Event { class, event, payload }) = Message::decode(&bytes) else {
            panic!("no event")
        };
        assert_eq!(Event::decode(class, event, payload), Some(state));
        assert_eq!(Event::decode(9, event, payload), None);
        assert_eq!(Message::decode(&[3, 4, 1]), Some(Message::Event { class: 4, event: 1, payload: &[] }));
    }
}
