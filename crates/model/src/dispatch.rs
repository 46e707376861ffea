//! A dispatch from the alarm to the closed visit: the states, and who may move it.

use crate::open_enum::open_enum;
use crate::rules::{ACCEPT_WITHIN, ARRIVE_WITHIN, READABLE_AFTER_ACCEPT};
use crate::{PhoneId, Timestamp, WorkerId};

open_enum! {
    /// Why the alarm was raised, as the response centre understood it.
    Cause {
        /// The resident pressed the button.
        Button = "button",
        /// A fall, seen by a sensor or told by the resident.
        Fall = "fall",
        /// Smoke detector.
        Smoke = "smoke",
        /// A door sensor at night, or somebody has wandered.
        Wandering = "wandering",
        /// A technical alarm: battery, line.
        Technical = "technical",
        /// No contact when the centre called back.
        NoContact = "no_contact",
    }
}

open_enum! {
    /// Why a worker declined.
    DeclineReason {
        /// With another resident and can't leave.
        Busy = "busy",
        /// Too far away to be there in time.
        TooFar = "too_far",
        /// On a break, or the shift ends.
        OffSoon = "off_soon",
        /// Anything else.
        Other = "other",
    }
}

open_enum! {
    /// The name of a dispatch's state, as stored and sent.
    DispatchPhase {
        /// Nobody has accepted.
        Open = "open",
        /// Somebody is on the way.
        Accepted = "accepted",
        /// Checked in at the hub.
        Arrived = "arrived",
        /// The visit is over.
        Closed = "closed",
    }
}

/// The worker who has the dispatch, and on which phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub worker: WorkerId,
    /// With which phone.
    pub phone: PhoneId,
}

/// Where a dispatch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchState {
    /// Nobody has accepted.
    Open {
        /// Unanswered after this.
        accept_by: Timestamp,
    },
    /// Somebody is on the way.
    Accepted {
        /// Who.
        by: Holder,
        /// When.
        at: Timestamp,
        /// Late after this.
        arrive_by: Timestamp,
    },
    /// Checked in at the hub.
    Arrived {
        /// Who.
        by: Holder,
        /// When it was accepted.
        accepted_at: Timestamp,
        /// Hub time of the check-in.
        at: Timestamp,
    },
    /// The visit is over.
    Closed {
        /// Who.
        by: Holder,
        /// When it was accepted.
        accepted_at: Timestamp,
        /// When the worker closed it.
        at: Timestamp,
    },
}

/// A move that the state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// Somebody has it.
    #[error("already accepted")]
    AlreadyAccepted(Holder),
    /// Another worker, or another phone, has it.
    #[error("held by another phone")]
    NotHolder,
    /// Nobody has accepted it.
    #[error("not accepted")]
    NotAccepted,
    /// The visit is over.
    #[error("closed")]
    Closed,
}

impl DispatchState {
    /// A dispatch that has just come in.
    #[must_use]
    pub fn received(at: Timestamp) -> Self {
        Self::Open { accept_by: at + ACCEPT_WITHIN }
    }

    /// First accept wins; the same phone may say it again.
    ///
    /// # Errors
    /// [`TransitionError`] when somebody else has it or it is over.
    pub fn accept(self, by: Holder, at: Timestamp) -> Result<Self, TransitionError> {
        match self {
            Self::Open { .. } => Ok(Self::Accepted { by, at, arrive_by: at + ARRIVE_WITHIN }),
            Self::Closed { .. } => Err(TransitionError::Closed),
            Self::Accepted { by: holder, .. } | Self::Arrived { by: holder, .. } if holder == by => Ok(self),
            Self::Accepted { by, .. } | Self::Arrived { by, .. } => Err(TransitionError::AlreadyAccepted(by)),
        }
    }

    /// Check-in at the hub stops the arrival clock. A second check-in of the holder changes nothing.
    ///
    /// # Errors
    /// [`TransitionError`] unless `by` holds it.
    pub fn arrive(self, by: Holder, at: Timestamp) -> Result<Self, TransitionError> {
        self.check_holder(by)?;
        match self {
            Self::Accepted { by, at: accepted_at, .. } => Ok(Self::Arrived { by, accepted_at, at }),
            Self::Closed { .. } => Err(TransitionError::Closed),
            same => Ok(same),
        }
    }

    /// The worker ends the visit, also one in which the hub was never reached. Closing twice changes nothing.
    ///
    /// # Errors
    /// [`TransitionError`] unless `by` holds it.
    pub fn close(self, by: Holder, at: Timestamp) -> Result<Self, TransitionError> {
        self.check_holder(by)?;
        match self {
            Self::Accepted { by, at: accepted_at, .. } | Self::Arrived { by, accepted_at, .. } => {
                Ok(Self::Closed { by, accepted_at, at })
            }
            same => Ok(same),
        }
    }

    /// Who has it, if anybody.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        match self {
            Self::Open { .. } => None,
            Self::Accepted { by, .. } | Self::Arrived { by, .. } | Self::Closed { by, .. } => Some(*by),
        }
    }

    /// When it was accepted, if it was.
    #[must_use]
    pub fn accepted_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open { .. } => None,
            Self::Accepted { at, .. } => Some(*at),
            Self::Arrived { accepted_at, .. } | Self::Closed { accepted_at, .. } => Some(*accepted_at),
        }
    }

    /// Its name, as stored and sent.
    #[must_use]
    pub fn phase(&self) -> DispatchPhase {
        match self {
            Self::Open { .. } => DispatchPhase::Open,
            Self::Accepted { .. } => DispatchPhase::Accepted,
            Self::Arrived { .. } => DispatchPhase::Arrived,
            Self::Closed { .. } => DispatchPhase::Closed,
        }
    }

    /// Whether this phone may read name, address and text now: everybody on the team's shift while it is open, then
    /// its holder for 60 minutes from accepting, and for as long as the visit goes on.
    #[must_use]
    pub fn readable_by(&self, phone: PhoneId, now: Timestamp) -> bool {
        match self {
            Self::Open { .. } => true,
            Self::Accepted { by, .. } | Self::Arrived { by, .. } => by.phone == phone,
            Self::Closed { by, accepted_at, .. } => {
                by.phone == phone && now < *accepted_at + READABLE_AFTER_ACCEPT
            }
        }
    }

    fn check_holder(&self, by: Holder) -> Result<(), TransitionError> {
        match self.holder() {
            None => Err(TransitionError::NotAccepted),
            Some(holder) if holder == by => Ok(()),
            Some(_) => Err(TransitionError::NotHolder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ManualWorld;
    use chrono::TimeDelta;

    fn people() -> (Holder, Holder, Timestamp) {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let holder = || Holder { worker: WorkerId::new(&world), phone: PhoneId::new(&world) };
        (holder(), holder(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn first_accept_wins_and_may_be_repeated() {
        let (ada, bo, t) = people();
        let state = DispatchState::received(t).accept(ada, t).unwrap();
        assert_eq!(state.clone().accept(ada, t + TimeDelta::seconds(9)), Ok(state.clone()));
        assert_eq!(state.accept(bo, t), Err(TransitionError::AlreadyAccepted(ada)));
    }

    #[test]
    fn only_the_holder_arrives_and_closes() {
        let (ada, bo, t) = people();
        let open = DispatchState::received(t);
        assert_eq!(open.clone().arrive(ada, t), Err(TransitionError::NotAccepted));
        let accepted = open.accept(ada, t).unwrap();
        assert_eq!(accepted.clone().arrive(bo, t), Err(TransitionError::NotHolder));
        let arrived = accepted.arrive(ada, t).unwrap();
        assert_eq!(arrived.clone().close(bo, t), Err(TransitionError::NotHolder));
        let closed = arrived.close(ada, t).unwrap();
        assert_eq!(closed.phase(), DispatchPhase::Closed);
        assert_eq!(closed.clone().close(ada, t + TimeDelta::seconds(1)), Ok(closed.clone()));
        assert_eq!(closed.accept(bo, t), Err(TransitionError::Closed));
    }

    #[test]
    fn the_text_is_readable_sixty_minutes_after_accepting_or_while_the_visit_goes_on() {
        let (ada, bo, t) = people();
        let late = t + TimeDelta::minutes(61);
        let open = DispatchState::received(t);
        assert!(open.readable_by(bo.phone, t));
        let accepted = open.accept(ada, t).unwrap();
        assert!(!accepted.readable_by(bo.phone, t));
        assert!(accepted.readable_by(ada.phone, late));
        let closed = accepted.close(ada, t).unwrap();
        assert!(closed.readable_by(ada.phone, t + TimeDelta::minutes(59)));
        assert!(!closed.readable_by(ada.phone, late));
    }

    #[test]
    fn an_unknown_cause_is_given_back_as_it_came() {
        let cause: Cause = serde_json::from_str("\"flood\"").unwrap();
        assert_eq!(cause, Cause::Unknown("flood".into()));
        assert_eq!(serde_json::to_string(&cause).unwrap(), "\"flood\"");
    }
}
