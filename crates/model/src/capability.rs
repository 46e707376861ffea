//! What a phone and its station can both do. Each tells the other at the sign-in, and uses nothing that the other has not named:
//! phones and stations are of different ages.

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

open_enum! {
    /// Something that is of use, or safe, only where both sides know of it.
    Capability {
        /// Keys that are taken away are wiped, and that is confirmed.
        Withdrawals = "withdrawals",
        /// A key for once opens its door once: the phone sees to it.
        KeysForOnce = "keys_for_once",
        /// A key may carry errands for a lock's own list beside the lock's secret.
        LockEntries = "lock_entries",
        /// The homes of the team come page by page.
        Roster = "roster",
        /// A visit of a worker who was called by telephone is joined with its dispatch.
        JoinedVisits = "joined_visits",
    }
}

/// What one side can do. Names from a newer version are kept as they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// The most names that a side may tell, and the most bytes of one.
    pub const MOST: (usize, usize) = (100, 50);

    /// What this version can do.
    #[must_use]
    pub fn ours() -> Self {
        Self::unsaid()
    }

    /// Of a side that tells nothing: what phones and stations could do before they told. Nothing is added here.
    #[must_use]
    pub fn unsaid() -> Self {
        Self(vec![
            Capability::Withdrawals,
            Capability::KeysForOnce,
            Capability::LockEntries,
            Capability::Roster,
            Capability::JoinedVisits,
        ])
    }

    /// Whether this is among them.
    #[must_use]
    pub fn has(&self, capability: &Capability) -> bool {
        self.0.contains(capability)
    }

    /// Whether nobody has told more than [`Self::MOST`].
    #[must_use]
    pub fn are_few(&self) -> bool {
        let (names, bytes) = Self::MOST;
        self.0.len() <= names && self.0.iter().all(|name| (1..=bytes).contains(&name.as_str().len()))
    }

    /// As they are stored.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.iter().map(Capability::as_str).collect::<Vec<_>>().join(" ")
    }

    /// As they were stored; `None` where nothing was told.
    #[must_use]
    pub fn from_text(stored: Option<&str>) -> Self {
        stored.map_or_else(Self::unsaid, |text| Self(text.split_whitespace().map(Capability::from).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_a_newer_version_survive_and_who_tells_nothing_can_do_what_all_could() {
        let told: Capabilities = serde_json::from_str(r#"["roster","teleportation"]"#).unwrap();
        let kept = Capabilities::from_text(Some(&told.to_text()));
        assert_eq!(serde_json::to_string(&kept).unwrap(), r#"["roster","teleportation"]"#);
        assert!(kept.has(&"teleportation".into()) && !kept.has(&Capability::Withdrawals));
        assert!(Capabilities::from_text(None).has(&Capability::Withdrawals));
        assert_eq!(Capabilities::from_text(Some("")), Capabilities(vec![]));
    }

    #[test]
    fn nobody_tells_without_end() {
        let told = |names: &[&str]| Capabilities(names.iter().map(|name| Capability::from(*name)).collect());
        assert!(told(&["x"; 100]).are_few() && Capabilities::ours().are_few());
        assert!(
            !told(&["x"; 101]).are_few()
                && !told(&["x".repeat(51).as_str()]).are_few()
                && !told(&[""]).are_few()
        );
    }
}
