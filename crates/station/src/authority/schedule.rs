//! Which key signs, and which are believed: what was announced, and the time.

use std::time::Duration;

use sqlx::AnyConnection;
use terskel_api::authority::{KeySet, PublicKey};
use terskel_keys::AuthorityKey;
use terskel_model::Timestamp;
use terskel_model::rules::LONGEST_SHIFT;

use crate::db::Columns;
use crate::problem::Failure;

/// A new key is published for so long before it signs. Phones hear of it when their worker signs in, hubs when they ask,
/// which they do once a day.
pub(super) const ANNOUNCED_FOR: Duration = Duration::from_secs(48 * 60 * 60);
/// The longest that anything lasts which was signed: a badge, for the longest shift.
const LONGEST_PROOF: Duration = LONGEST_SHIFT;

/// The station's keys that have not been withdrawn, in the order in which they sign.
pub(crate) struct Schedule(Vec<(AuthorityKey, Timestamp)>);

impl Schedule {
    /// As the database has it.
    pub(crate) async fn load(connection: &mut AnyConnection) -> Result<Self, Failure> {
        let rows = sqlx::query(
            "SELECT public_key, signs_from_ms FROM authority_keys WHERE withdrawn_ms IS NULL
             ORDER BY signs_from_ms, kid",
        )
        .fetch_all(connection)
        .await?;
        let keys = rows.iter().map(|row| {
            let key = row.bytes("public_key")?.try_into();
            let key = key.map_err(|_| Failure::Internal("a public key of the authority is not 32 bytes"))?;
            Ok((AuthorityKey(key), row.time("signs_from_ms")?))
        });
        Ok(Self(keys.collect::<Result<_, Failure>>()?))
    }

    /// What may sign now: the one that should, then, for a node that does not have that one, those before it.
    pub(super) fn signers(&self, now: Timestamp) -> impl Iterator<Item = AuthorityKey> {
        self.believed(now).filter(move |(_, signs_from)| *signs_from <= now).map(|(key, _)| key).rev()
    }

    /// What is announced and does not sign yet.
    pub(super) fn coming(&self, now: Timestamp) -> Option<(AuthorityKey, Timestamp)> {
        self.0.last().copied().filter(|(_, signs_from)| *signs_from > now)
    }

    /// What phones and hubs are to believe now.
    pub(crate) fn published(&self, now: Timestamp) -> KeySet {
        let keys = self.believed(now).map(|(key, _)| PublicKey::ed25519(key.0, key.kid())).collect();
        KeySet { keys }
    }

    /// All but those whose successor has been signing for as long as anything lasts.
    fn believed(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = (AuthorityKey, Timestamp)> {
        let run_out = self.0.iter().skip(1).filter(|(_, from)| *from + LONGEST_PROOF <= now).count();
        self.0[run_out..].iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: AuthorityKey = AuthorityKey([1; 32]);
    const SECOND: AuthorityKey = AuthorityKey([2; 32]);
    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn noon() -> Timestamp {
        Timestamp::from_timestamp(1_768_564_800, 0).unwrap()
    }

    /// The second one was announced at noon.
    fn rotation() -> Schedule {
        Schedule(vec![(FIRST, noon() - HOUR), (SECOND, noon() + ANNOUNCED_FOR)])
    }

    fn believed(schedule: &Schedule, at: Timestamp) -> Vec<[u8; 32]> {
        schedule.published(at).ed25519().collect()
    }

    #[test]
    fn a_new_key_is_believed_at_once_and_signs_when_it_is_known() {
        let schedule = rotation();
        let signs = |at| schedule.signers(at).next();
        assert_eq!(believed(&schedule, noon()), [FIRST.0, SECOND.0]);
        assert_eq!(signs(noon() + ANNOUNCED_FOR - HOUR), Some(FIRST));
        assert_eq!(schedule.coming(noon()), Some((SECOND, noon() + ANNOUNCED_FOR)));
        assert_eq!(signs(noon() + ANNOUNCED_FOR), Some(SECOND));
        assert_eq!(schedule.coming(noon() + ANNOUNCED_FOR), None);
    }

    #[test]
    fn the_old_key_is_believed_until_the_longest_shift_that_began_with_it_is_over() {
        let (schedule, takes_over) = (rotation(), noon() + ANNOUNCED_FOR);
        let last_badge_ends = takes_over + LONGEST_SHIFT;
        assert_eq!(believed(&schedule, last_badge_ends - Duration::from_millis(1)), [FIRST.0, SECOND.0]);
        assert_eq!(believed(&schedule, last_badge_ends), [SECOND.0]);
        assert!(schedule.signers(last_badge_ends).eq([SECOND]));
    }

    #[test]
    fn a_node_without_the_new_key_goes_on_with_the_old_as_long_as_it_is_believed() {
        assert!(rotation().signers(noon() + ANNOUNCED_FOR).eq([SECOND, FIRST]));
        assert_eq!(Schedule(vec![]).signers(noon()).next(), None);
    }
}
