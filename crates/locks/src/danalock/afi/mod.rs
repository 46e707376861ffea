//! AFI, the command layer (chapter 7): one message in each record of application data.
//!
//! ```text
//! request  01 class function payload          phone -> lock
//! result   02 class function status payload   lock -> phone
//! event    03 class event payload             lock -> phone
//! ```

mod calibrate;
mod event;
mod information;
mod login;
mod operate;
mod power;
mod settings;
mod state;
mod status;
mod time;
mod tlv;
mod varint;

pub(crate) use calibrate::CalibrationPoint;
pub(crate) use event::Event;
pub(crate) use information::Information;
pub(crate) use login::Login;
pub(crate) use operate::Operate;
pub(crate) use power::PowerSource;
pub(crate) use settings::{Setting, Settings};
pub(crate) use state::State;
pub(crate) use status::{Status, code};
pub(crate) use time::SetUtc;

/// Class and function of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) class: u8,
    pub(crate) function: u8,
}

impl Command {
    pub(crate) const LOGIN: Self = Self::new(1, 1);
    pub(crate) const INFORMATION: Self = Self::new(2, 2);
    pub(crate) const SET_UTC: Self = Self::new(3, 1);
    pub(crate) const OPERATE: Self = Self::new(4, 1);
    pub(crate) const CALIBRATE: Self = Self::new(4, 2);
    pub(crate) const GET_STATE: Self = Self::new(4, 5);
    pub(crate) const GET_SETTINGS: Self = Self::new(4, 6);
    pub(crate) const SET_SETTING: Self = Self::new(4, 7);
    pub(crate) const POWER_SOURCE: Self = Self::new(10, 1);

    const fn new(class: u8, function: u8) -> Self {
        Self { class, function }
    }

    /// A request.
    pub(crate) fn request(self, payload: &[u8]) -> Vec<u8> {
        [&[REQUEST, self.class, self.function], payload].concat()
    }

    /// A result.
    pub(crate) fn result(self, status: u8, payload: &[u8]) -> Vec<u8> {
        [&[RESULT, self.class, self.function, status], payload].concat()
    }
}

const REQUEST: u8 = 1;
const RESULT: u8 = 2;
const EVENT: u8 = 3;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    Request {
        command: Command,
        payload: &'a [u8],
    },
    Result {
        command: Command,
        status: u8,
        payload: &'a [u8],
    },
    /// At least one byte of payload in what is sent; none is needed to be understood.
    Event {
        class: u8,
        event: u8,
        payload: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Reads a record's plaintext.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let ([kind, class, function], payload) = bytes.split_first_chunk()?;
        let command = Command::new(*class, *function);
        match *kind {
            REQUEST => Some(Self::Request { command, payload }),
            RESULT => {
                let (status, payload) = payload.split_first()?;
                Some(Self::Result { command, status: *status, payload })
            }
            EVENT => Some(Self::Event { class: *class, event: *function, payload }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;
    use proptest::prelude::*;

    #[test]
    fn results_of_13_4() {
        for (bytes, command, status) in [
            ("02010100", Command::LOGIN, 0),
            ("0201015e", Command::LOGIN, 0x5e),
            ("02040100", Command::OPERATE, 0),
            ("02040117", Command::OPERATE, code::BLOCKED),
        ] {
            let bytes = hex(bytes);
            assert_eq!(Message::decode(&bytes), Some(Message::Result { command, status, payload: &[] }));
            assert_eq!(command.result(status, &[]), bytes);
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_the_decoders_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            Message::decode(&bytes);
            Information::decode(&bytes);
            Operate::decode(&bytes);
            CalibrationPoint::decode(&bytes);
            PowerSource::decode(&bytes);
            Settings::decode(&bytes);
            Setting::decode(&bytes);
            State::decode(&bytes);
            SetUtc::decode(&bytes);
        }

        #[test]
        fn messages_survive(class: u8, function: u8, status: u8, payload in prop::collection::vec(any::<u8>(), 0..60)) {
            let command = Command { class, function };
            let (request, result) = (command.request(&payload), command.result(status, &payload));
            let payload = payload.as_slice();
            prop_assert_eq!(Message::decode(&request), Some(Message::Request { command, payload }));
            prop_assert_eq!(Message::decode(&result), Some(Message::Result { command, status, payload }));
        }
    }
}
