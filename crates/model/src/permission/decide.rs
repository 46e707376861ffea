//! The one place where it is decided whether a worker gets a key, and until when.

use super::{Condition, Denial, Facts, Permission, Term};
use crate::door::Operation;
use crate::rules::{BREAK_GLASS_LIFETIME, DISPATCH_KEY_LIFETIME, SHIFT_KEY_LIFETIME};
use crate::{BreakGlassId, DispatchId, PermissionId, Timestamp};

/// Whether a worker gets a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Granted {
        /// Not from then on.
        until: Timestamp,
        /// What the permission allows: what was wanted, and what comes with it.
        operations: Vec<Operation>,
        /// Why.
        because: Because,
    },
    /// No.
    Denied {
        /// Why.
        because: Denial,
    },
}

/// Why a worker gets a key. Without a permission it is a rule that always stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Because {
    /// The lead's decision.
    pub permission: Option<PermissionId>,
    /// The dispatch without which it would not count.
    pub dispatch: Option<DispatchId>,
    /// The broken glass without which it would not count.
    pub break_glass: Option<BreakGlassId>,
}

/// Decides. Of several permissions that grant, the one counts that lasts longest, so that one more never takes anything
/// away; of several that deny, the one that came nearest says why.
#[must_use]
pub fn decide(permissions: &[Permission], facts: &Facts, now: Timestamp) -> Decision {
    let Some(shift) = facts.shift.as_ref().filter(|shift| now < shift.ends_at) else {
        return Decision::Denied { because: Denial::NotOnShift };
    };
    let end = shift.ends_at.min(now + SHIFT_KEY_LIFETIME);
    let standing = Permission::standing(facts);
    let (mut granted, mut denied) = (None::<(Timestamp, &Permission, Because)>, Denial::NoPermission);
    for permission in standing.iter().chain(permissions) {
        match permission.grants(facts, now, end) {
            Ok((until, because)) if granted.as_ref().is_none_or(|(best, ..)| until > *best) => {
                granted = Some((until, permission, because));
            }
            Ok(_) => {}
            Err(because) if because.nearness() > denied.nearness() => denied = because,
            Err(_) => {}
        }
    }
    match granted {
        Some((until, permission, because)) => {
            Decision::Granted { until, operations: permission.operations.clone(), because }
        }
        None => Decision::Denied { because: denied },
    }
}

impl Permission {
    /// Until when this one grants, at most until `end`.
    fn grants(&self, facts: &Facts, now: Timestamp, end: Timestamp) -> Result<(Timestamp, Because), Denial> {
        if !self.who.covers(facts) || !self.what.covers(facts) {
            return Err(Denial::NoPermission);
        }
        if !self.operations.contains(&facts.operation) {
            return Err(Denial::OperationNotAllowed);
        }
        let end = end.min(self.term_end(now)?.unwrap_or(end));
        let end = self.when.open_until(facts.residence.time_zone, now, end).ok_or(Denial::OutsideHours)?;
        let (end, because) = self.meet_condition(facts, now, end)?;
        Ok((end.min(self.once(facts, now, end)?), because))
    }

    fn term_end(&self, now: Timestamp) -> Result<Option<Timestamp>, Denial> {
        match self.when.term {
            Term::Permanent {} => Ok(None),
            Term::Once { from, .. } | Term::Period { from, .. } if now < from => Err(Denial::NotYet),
            Term::Once { until, .. } | Term::Period { until, .. } if now >= until => Err(Denial::Ended),
            Term::Once { until, .. } | Term::Period { until, .. } => Ok(Some(until)),
        }
    }

    fn meet_condition(
        &self,
        facts: &Facts,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<(Timestamp, Because), Denial> {
        let because = Because { permission: self.id, ..Because::default() };
        match &self.condition {
            Condition::OnShift => Ok((end, because)),
            Condition::Dispatched => {
                let in_hand = facts.dispatch.ok_or(Denial::NotDispatched)?;
                let because = Because { dispatch: Some(in_hand.dispatch), ..because };
                Ok((end.min(now + DISPATCH_KEY_LIFETIME), because))
            }
            Condition::BreakGlass => {
                let broken = facts.break_glass.filter(|broken| now < broken.at + BREAK_GLASS_LIFETIME);
                let broken = broken.ok_or(Denial::GlassNotBroken)?;
                let because = Because { break_glass: Some(broken.id), ..because };
                Ok((end.min(broken.at + BREAK_GLASS_LIFETIME), because))
            }
            Condition::Unknown(_) => Err(Denial::NoPermission),
        }
    }

    /// Once is one opening, by one phone. When its key ends unused, nobody can tell whether it was, so that no second one
    /// follows. Where the key is good for nothing before that (it was taken back, or another lock is in the door) and the door was
    /// not opened with it, the same phone gets another, which ends when the first did; no other phone does, as the first key may still
    /// be on this one. Who has opened may lock behind them, with the key that opened.
    fn once(&self, facts: &Facts, now: Timestamp, end: Timestamp) -> Result<Timestamp, Denial> {
        let (Term::Once { .. }, Some(id)) = (self.when.term, self.id) else { return Ok(end) };
        let Some(used) = facts.uses.iter().find(|used| used.permission == id && used.door == facts.door)
        else {
            return Ok(end);
        };
        let spent = used.opened && (facts.operation == Operation::Open || !used.held);
        if used.phone != facts.phone || used.key_until <= now || spent {
            return Err(Denial::UsedUp);
        }
        Ok(used.key_until)
    }
}
