use super::hash::{Hash, node_hash};

/// A proof that does not hold: of another tree, of another entry, or altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root")]
pub struct NotInLog;

/// Checks that `leaf` is number `index` of the tree of `size` leaves with this `root` (RFC 9162 §2.1.3.2).
///
/// # Errors
/// [`NotInLog`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), NotInLog> {
    if index >= size {
        return Err(NotInLog);
    }
    let mut climb = Climb { at: index, last: size - 1 };
    let mut reached = *leaf;
    for sibling in proof {
        reached = match climb.up()? {
            Side::Left => node_hash(sibling, &reached),
            Side::Right => node_hash(&reached, sibling),
        };
    }
    if climb.last == 0 && reached == *root { Ok(()) } else { Err(NotInLog) }
}

/// Checks that the tree of `new` leaves with `new_root` begins with all of the tree of `old` leaves with `old_root`
/// (RFC 9162 §2.1.4.2). Every tree begins with the empty one.
///
/// # Errors
/// [`NotInLog`].
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), NotInLog> {
    if old == 0 || old == new {
        let same = old == 0 && *old_root == super::EMPTY || old == new && old_root == new_root;
        return if proof.is_empty() && same { Ok(()) } else { Err(NotInLog) };
    }
    if old > new {
        return Err(NotInLog);
    }
    let mut climb = Climb { at: old - 1, last: new - 1 };
    climb.skip_while(|at| at & 1 == 1);
    let (first, rest) =
        if old.is_power_of_two() { (old_root, proof) } else { proof.split_first().ok_or(NotInLog)? };
    let (mut reached_old, mut reached_new) = (*first, *first);
    for sibling in rest {
        match climb.up()? {
            Side::Left => {
                reached_old = node_hash(sibling, &reached_old);
                reached_new = node_hash(sibling, &reached_new);
            }
            Side::Right => reached_new = node_hash(&reached_new, sibling),
        }
    }
    let reached = climb.last == 0 && reached_old == *old_root && reached_new == *new_root;
    if reached { Ok(()) } else { Err(NotInLog) }
}

/// On which side of the way to the root the next hash lies.
enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root: where it stands on its level, and the last place on that level.
struct Climb {
    at: u64,
    last: u64,
}

impl Climb {
    fn up(&mut self) -> Result<Side, NotInLog> {
        if self.last == 0 {
            return Err(NotInLog);
        }
        let side = if self.at & 1 == 1 || self.at == self.last {
            // On the right edge, levels on which there is nothing beside it are passed over.
            self.skip_while(|at| at & 1 == 0 && at != 0);
            Side::Left
        } else {
            Side::Right
        };
        self.at >>= 1;
        self.last >>= 1;
        Ok(side)
    }

    fn skip_while(&mut self, beside_nothing: impl Fn(u64) -> bool) {
        while beside_nothing(self.at) {
            self.at >>= 1;
            self.last >>= 1;
        }
    }
}
