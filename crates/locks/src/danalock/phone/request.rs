//! The one request that is under way (7.1).

use terskel_model::Uptime;

use crate::danalock::afi::Command;

/// What was asked. A result counts for this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Login,
    Operate,
    State,
    Power,
    Information,
    Clock,
}

impl Asked {
    pub(super) fn command(self) -> Command {
        match self {
            Self::Login => Command::LOGIN,
            Self::Operate => Command::OPERATE,
            Self::State => Command::GET_STATE,
            Self::Power => Command::POWER_SOURCE,
            Self::Information => Command::INFORMATION,
            Self::Clock => Command::SET_UTC,
        }
    }

    /// For the log.
    pub(super) fn awaits(self) -> &'static str {
        match self {
            Self::Login => "the login",
            Self::Operate => "the outcome",
            Self::State => "the lock's state",
            Self::Power => "the battery",
            Self::Information => "the lock's description",
            Self::Clock => "the clock",
        }
    }
}

/// A request without a result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outstanding {
    pub(super) asked: Asked,
    /// The payload of the reliable layer that carries it.
    pub(super) number: u32,
    pub(super) give_up: Uptime,
}
