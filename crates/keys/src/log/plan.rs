use std::ops::Range;

use super::frontier::fold;
use super::hash::Hash;

/// A complete subtree: the leaves from `index << level` on, `1 << level` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 is a leaf.
    pub level: u8,
    /// Counted from the left, on its own level.
    pub index: u64,
}

impl Node {
    /// The leaf that completes it: [`super::Frontier::append`] gave its hash with that leaf, at place `level`.
    #[must_use]
    pub fn completed_by(self) -> u64 {
        ((self.index + 1) << self.level) - 1
    }
}

/// What a proof consists of: the hashes over these ranges of leaves, in order. Made from numbers alone, so that whoever
/// stores the hashes can fetch what is needed first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Range<u64>>);

impl Plan {
    /// That leaf `index` is in the tree of `size` leaves (RFC 9162 §2.1.3.1). Nothing when there is no such leaf.
    #[must_use]
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        let mut ranges = Vec::new();
        let mut within = 0..size;
        if index >= size {
            return None;
        }
        while within.end - within.start > 1 {
            let middle = within.start + split(within.end - within.start);
            let (inside, outside) = if index < middle {
                (within.start..middle, middle..within.end)
            } else {
                (middle..within.end, within.start..middle)
            };
            ranges.push(outside);
            within = inside;
        }
        ranges.reverse();
        Some(Self(ranges))
    }

    /// That the tree of `new` leaves begins with the tree of `old` ones (RFC 9162 §2.1.4.1). Nothing when it has fewer.
    #[must_use]
    pub fn consistency(old: u64, new: u64) -> Option<Self> {
        if old > new {
            return None;
        }
        let mut ranges = Vec::new();
        let mut within = 0..new;
        // Whoever checks knows the root of the old tree: it isn't told where it is a subtree of the new one.
        let mut known = true;
        while old > 0 && old < within.end {
            let middle = within.start + split(within.end - within.start);
            if old <= middle {
                ranges.push(middle..within.end);
                within.end = middle;
            } else {
                ranges.push(within.start..middle);
                within.start = middle;
                known = false;
            }
        }
        if !known {
            ranges.push(within);
        }
        ranges.reverse();
        Some(Self(ranges))
    }

    /// The complete subtrees that the proof is made of.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.0.iter().cloned().flat_map(complete)
    }

    /// The proof, from the hashes of [`Self::nodes`]. Nothing when one of them is not known.
    pub fn proof(&self, mut known: impl FnMut(Node) -> Option<Hash>) -> Option<Vec<Hash>> {
        let mut over = |range: &Range<u64>| {
            let subtrees: Option<Vec<Hash>> = complete(range.clone()).map(&mut known).collect();
            fold(&subtrees?)
        };
        self.0.iter().map(&mut over).collect()
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// A range as complete subtrees, the largest first. Ranges of proofs begin where one as large as fits can begin.
fn complete(range: Range<u64>) -> impl Iterator<Item = Node> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let level = (range.end - start).checked_ilog2()?;
        let node = Node { level: u8::try_from(level).ok()?, index: start >> level };
        start += 1 << level;
        Some(node)
    })
}
