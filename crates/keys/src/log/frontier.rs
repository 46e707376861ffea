use super::hash::{EMPTY, Hash, node_hash};

/// The right edge of a tree: all that is needed to add leaves and to know the root. One hash for each bit that is set
/// in the size, the largest subtree first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// What [`Self::to_bytes`] gave for a tree of `size` leaves; nothing when the bytes are not of such a tree.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (roots, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && roots.len() == size.count_ones() as usize;
        fits.then(|| Self { size, roots: roots.to_vec() })
    }

    /// Its hashes, one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf. Gives the hashes of the subtrees that it completes, from the leaf itself upwards: with these kept,
    /// every proof about the tree can be made ([`super::Plan`]).
    pub fn append(&mut self, leaf: Hash) -> Vec<Hash> {
        let mut completed = vec![leaf];
        let mut whole = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                whole = node_hash(&left, &whole);
                completed.push(whole);
            }
        }
        self.roots.push(whole);
        self.size += 1;
        completed
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.roots).unwrap_or(EMPTY)
    }
}

/// The hash over neighbouring complete subtrees, the largest first: the right ones join before the left ones.
pub(super) fn fold(subtrees: &[Hash]) -> Option<Hash> {
    subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::leaf_hash;

    #[test]
    fn an_edge_survives_its_bytes_and_one_of_another_size_is_refused() {
        let mut edge = Frontier::default();
        for leaf in 0..11_u8 {
            edge.append(leaf_hash(&[leaf]));
        }
        let bytes = edge.to_bytes();
        assert_eq!(bytes.len(), 3 * 32);
        assert_eq!(Frontier::from_bytes(11, &bytes), Some(edge));
        for size in [0, 12, 15] {
            assert_eq!(Frontier::from_bytes(size, &bytes), None);
        }
        assert_eq!(Frontier::from_bytes(11, &bytes[1..]), None);
    }
}
