//! Chapter 5: each command and response as a pure pair of `encode` and `decode`.
//! A `decode` gives `None` for a payload of the wrong length; unknown values are kept as numbers.

mod ack;
mod associate;
mod challenge;
mod disconnect;
mod identification;
mod mode;
mod name;
mod notification;
mod status;
mod unlock;

pub(crate) use ack::{Ack, error};
pub(crate) use associate::{AssociationParameters, public_key, public_key_reply};
pub(crate) use challenge::{
    auth_challenge, auth_reply, check, fixed, handshake, is_handshake, pin_challenge, pin_reply,
    request_challenge,
};
pub(crate) use disconnect::{DisconnectRequest, reason};
pub(crate) use identification::{
    DeviceType, Identification, NOT_ENROLLED, Version, get_identification, not_associated,
};
pub(crate) use mode::{Mode, change_mode};
pub(crate) use name::{LockName, feature};
pub(crate) use notification::{Changes, kind};
pub(crate) use notification::{get_mask, mask, set_mask};
pub(crate) use status::StatusReport;
pub(crate) use unlock::{UnlockAnswer, unlock};

/// Ids; below 0x50 commands, from there on responses.
pub(crate) mod id {
    pub(crate) const GET_IDENTIFICATION: u8 = 0x00;
    pub(crate) const AUTH_CHALLENGE: u8 = 0x01;
    pub(crate) const AUTH_ACCEPTED: u8 = 0x02;
    pub(crate) const UNLOCK: u8 = 0x03;
    pub(crate) const DISCONNECT: u8 = 0x04;
    pub(crate) const ASSOCIATION_PARAMETERS: u8 = 0x09;
    pub(crate) const NOT_ASSOCIATED: u8 = 0x13;
    pub(crate) const NAME: u8 = 0x15;
    pub(crate) const PUBLIC_KEY: u8 = 0x17;
    pub(crate) const PUBLIC_KEY_REPLY: u8 = 0x18;
    pub(crate) const GET_MASK: u8 = 0x1b;
    pub(crate) const SET_MASK: u8 = 0x1c;
    pub(crate) const CHANGES: u8 = 0x1d;
    pub(crate) const PIN_CHALLENGE: u8 = 0x23;
    pub(crate) const PIN_REPLY: u8 = 0x24;
    pub(crate) const CHECK: u8 = 0x25;
    pub(crate) const CHANGE_MODE: u8 = 0x27;
    pub(crate) const REQUEST_CHALLENGE: u8 = 0x34;
    pub(crate) const STATUS: u8 = 0x35;
    pub(crate) const IDENTIFICATION: u8 = 0x50;
    pub(crate) const ACK: u8 = 0x51;
    pub(crate) const AUTH_REPLY: u8 = 0x52;
    pub(crate) const MASK: u8 = 0x57;
    pub(crate) const SET_MASK_ANSWER: u8 = 0x58;
    pub(crate) const UNLOCK_ANSWER: u8 = 0x5a;
}

/// What ends the wait after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing comes, or a command of the other side that its sender waits for by itself.
    None,
    /// [`Ack`].
    Ack,
    /// The response with this id. An [`Ack`] with an error takes its place.
    Response(u8),
}

/// Commands have ids below 0x50.
pub(crate) fn is_command(id: u8) -> bool {
    id < 0x50
}

/// Commands that locks send in some session.
pub(crate) fn is_lock_command(command: u8) -> bool {
    matches!(
        command,
        id::GET_IDENTIFICATION
            | id::AUTH_CHALLENGE
            | id::AUTH_ACCEPTED
            | id::DISCONNECT
            | id::ASSOCIATION_PARAMETERS
            | id::NOT_ASSOCIATED
            | id::NAME
            | id::PUBLIC_KEY
            | id::CHANGES
            | id::PIN_CHALLENGE
            | id::CHECK
            | id::STATUS
    )
}

/// Commands that phones send in some session.
pub(crate) fn is_phone_command(command: u8) -> bool {
    matches!(
        command,
        id::GET_IDENTIFICATION
            | id::UNLOCK
            | id::PUBLIC_KEY_REPLY
            | id::GET_MASK
            | id::SET_MASK
            | id::PIN_REPLY
            | id::CHANGE_MODE
            | id::REQUEST_CHALLENGE
    )
}

/// Which answer a command has (5.1).
pub(crate) fn answer_to(command: u8) -> Answer {
    match command {
        id::GET_IDENTIFICATION => Answer::Response(id::IDENTIFICATION),
        id::AUTH_CHALLENGE => Answer::Response(id::AUTH_REPLY),
        id::UNLOCK => Answer::Response(id::UNLOCK_ANSWER),
        id::GET_MASK => Answer::Response(id::MASK),
        id::SET_MASK => Answer::Response(id::SET_MASK_ANSWER),
        id::NOT_ASSOCIATED | id::REQUEST_CHALLENGE => Answer::None,
        _ => Answer::Ack,
    }
}
