use terskel_model::Entropy;
use terskel_model::world::random;

use super::hash::{Hash, leaf_hash, sha256};

/// Length of a salt in bytes.
pub const SALT: usize = 32;
const DOMAIN: &[u8] = b"terskel/audit/1";

/// What makes a commitment say nothing about its body: as long as the salt is unknown nobody can try bodies out. Each
/// is drawn for one entry, and is erased with the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; SALT]);

impl Salt {
    /// A new one.
    pub fn new(entropy: &(impl Entropy + ?Sized)) -> Self {
        Self(random(entropy))
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// What the log holds of an entry: SHA-256 of `"terskel/audit/1" ‖ salt ‖ body`. It binds to the body, and without the
/// salt it tells nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(pub Hash);

impl Commitment {
    /// Commits to a body.
    #[must_use]
    pub fn to(body: &[u8], salt: &Salt) -> Self {
        Self(sha256(&[DOMAIN, &salt.0, body]))
    }

    /// Its leaf in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        leaf_hash(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{hex, world};

    #[test]
    fn body_and_salt_both_count() {
        let salt = Salt::new(&world());
        let made = Commitment::to(b"opened", &salt);
        assert_eq!(Commitment::to(b"opened", &salt), made);
        assert_ne!(Commitment::to(b"locked", &salt), made);
        assert_ne!(Commitment::to(b"opened", &Salt([0; SALT])), made);
    }

    #[test]
    fn debug_shows_no_salt() {
        assert_eq!(format!("{:?}", Salt([7; SALT])), "Salt(…)");
    }

    #[test]
    fn the_layout_is_that_of_the_document() {
        let made = Commitment::to(b"\xa0", &Salt([0x5a; SALT]));
        let document = include_str!("../../../../docs/audit.md");
        for vector in [hex(&made.0), hex(&made.leaf())] {
            assert!(document.contains(&vector), "docs/audit.md lacks {vector}");
        }
    }
}
