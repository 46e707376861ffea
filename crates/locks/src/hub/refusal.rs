/// Why there is no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum HubRefusal {
    /// The hub could not read the request.
    #[error("the hub could not read the request")]
    Malformed,
    /// Hub and phone speak different versions of the protocol.
    #[error("the hub speaks another version of the protocol")]
    Unsupported,
    /// The badge is not from the station that the hub belongs to.
    #[error("the hub does not know the badge")]
    BadgeInvalid,
    /// The badge is over, by the hub's clock: sign in again; or the hub's clock is wrong.
    #[error("the badge has expired")]
    BadgeExpired,
    /// Not signed by the phone the badge belongs to, or not for this challenge: a replayed request.
    #[error("the hub does not accept the phone's signature")]
    BadSignature,
    /// The hub's clock is at least a day behind: it has lost its time and must not sign any.
    #[error("the hub's clock is not set")]
    ClockNotSet,
    /// Check-out of a visit that was never checked in here: check in first.
    #[error("this visit was not checked in at this hub")]
    NotCheckedIn,
    /// A reason of a newer hub, as it came.
    #[error("refused by the hub with code {0}")]
    Unknown(u8),
    /// The phone: what answered is not the hub of this home, or has not answered for this worker and visit.
    #[error("the answer is not from the hub of this home for this visit")]
    WrongHub,
    /// The phone: nothing came in time. The hub may have given a receipt; asking again is safe.
    #[error("the hub did not answer")]
    NoAnswer,
    /// The phone: the link broke. The hub may have given a receipt; asking again is safe.
    #[error("the link to the hub broke")]
    LinkLost,
    /// The phone: another request is still open. That one goes on.
    #[error("another request is still open")]
    Busy,
    /// The phone: the session was closed.
    #[error("the session is over")]
    Over,
}

impl HubRefusal {
    /// Its byte on the wire; `None` for what only the phone can say.
    pub(super) fn to_byte(self) -> Option<u8> {
        match self {
            Self::Malformed => Some(1),
            Self::Unsupported => Some(2),
            Self::BadgeInvalid => Some(3),
            Self::BadgeExpired => Some(4),
            Self::BadSignature => Some(5),
            Self::ClockNotSet => Some(6),
            Self::NotCheckedIn => Some(7),
            Self::Unknown(byte) => Some(byte),
            Self::WrongHub | Self::NoAnswer | Self::LinkLost | Self::Busy | Self::Over => None,
        }
    }

    pub(super) fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Malformed,
            2 => Self::Unsupported,
            3 => Self::BadgeInvalid,
            4 => Self::BadgeExpired,
            5 => Self::BadSignature,
            6 => Self::ClockNotSet,
            7 => Self::NotCheckedIn,
            other => Self::Unknown(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_wire() {
        for byte in 0..=u8::MAX {
            assert_eq!(HubRefusal::from_byte(byte).to_byte(), Some(byte));
        }
    }
}
