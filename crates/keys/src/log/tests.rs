//! Trees of every size up to a few levels: each proof holds, and none that was touched.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::testing::hex;

/// Odd sizes on seven levels.
const LARGEST: u64 = 70;

/// A log that keeps what the station keeps.
#[derive(Default)]
struct Log {
    edge: Frontier,
    nodes: HashMap<Node, Hash>,
    leaves: Vec<Hash>,
    /// Root of each size.
    roots: Vec<Hash>,
}

impl Log {
    fn of(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut log = Self { roots: vec![EMPTY], ..Self::default() };
        for leaf in leaves {
            let index = log.edge.size();
            for (level, hash) in (0_u8..).zip(log.edge.append(leaf)) {
                let node = Node { level, index: index >> level };
                assert_eq!(node.completed_by(), index);
                assert_eq!(log.nodes.insert(node, hash), None);
            }
            log.leaves.push(leaf);
            log.roots.push(log.edge.root());
        }
        log
    }

    fn prove(&self, plan: Option<Plan>) -> Vec<Hash> {
        let plan = plan.expect("it can be proven");
        assert!(plan.nodes().all(|node| self.nodes.contains_key(&node)), "{plan:?}");
        plan.proof(|node| self.nodes.get(&node).copied()).expect("all nodes are kept")
    }

    fn root(&self, size: u64) -> &Hash {
        &self.roots[usize::try_from(size).unwrap()]
    }

    fn leaf(&self, index: u64) -> &Hash {
        &self.leaves[usize::try_from(index).unwrap()]
    }
}

fn numbered() -> Log {
    Log::of((0..LARGEST).map(|number| leaf_hash(&number.to_be_bytes())))
}

/// The definition itself (RFC 9162 §2.1.1), which shares nothing with what is tested.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY,
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            node_hash(&by_definition(left), &by_definition(right))
        }
    }
}

#[test]
fn the_root_is_the_one_of_the_definition_for_every_size() {
    let log = numbered();
    for size in 0..=log.leaves.len() {
        assert_eq!(log.roots[size], by_definition(&log.leaves[..size]), "{size}");
    }
}

#[test]
fn every_leaf_of_every_size_proves_and_no_other_leaf_or_place_does() {
    let log = numbered();
    for size in 1..=LARGEST {
        for index in 0..size {
            let proof = log.prove(Plan::inclusion(index, size));
            let verify = |leaf, index, size, root| verify_inclusion(leaf, index, size, root, &proof);
            assert_eq!(verify(log.leaf(index), index, size, log.root(size)), Ok(()), "{index} of {size}");
            let other = (index + 1) % size;
            if other != index {
                assert!(verify(log.leaf(other), index, size, log.root(size)).is_err());
                assert!(verify(log.leaf(index), other, size, log.root(size)).is_err());
            }
            assert!(verify(log.leaf(index), index, size, log.root(size - 1)).is_err());
            assert!(verify(log.leaf(index), index, index, log.root(size)).is_err());
        }
        assert_eq!(Plan::inclusion(size, size), None);
    }
}

#[test]
fn every_pair_of_sizes_is_consistent_and_none_with_another_root() {
    let log = numbered();
    for new in 0..=LARGEST {
        for old in 0..=new {
            let proof = log.prove(Plan::consistency(old, new));
            let verify = |old_root, new_root| verify_consistency(old, old_root, new, new_root, &proof);
            assert_eq!(verify(log.root(old), log.root(new)), Ok(()), "{old} to {new}");
            let wrong = leaf_hash(b"another root");
            assert!(verify(&wrong, log.root(new)).is_err(), "{old} to {new}");
            assert!(old == 0 || verify(log.root(old), &wrong).is_err(), "{old} to {new}");
        }
        assert_eq!(Plan::consistency(new + 1, new), None);
        assert_eq!(verify_consistency(new + 1, log.root(0), new, log.root(new), &[]), Err(NotInLog));
    }
}

/// Flips a bit in each byte of each hash, cuts, and adds: none of these may prove.
fn refuses_every_change(proof: &[Hash], verify: impl Fn(&[Hash]) -> Result<(), NotInLog>) {
    assert_eq!(verify(proof), Ok(()));
    for at in 0..proof.len() * 32 {
        let mut changed = proof.to_vec();
        changed[at / 32][at % 32] ^= 1 << (at % 8);
        assert_eq!(verify(&changed), Err(NotInLog), "byte {at}");
    }
    for length in 0..proof.len() {
        assert_eq!(verify(&proof[..length]), Err(NotInLog), "cut to {length}");
    }
    assert_eq!(verify(&[proof, &[EMPTY]].concat()), Err(NotInLog));
    assert_eq!(verify(&[&[EMPTY], proof].concat()), Err(NotInLog));
}

#[test]
fn every_flipped_byte_of_a_proof_is_refused() {
    let log = numbered();
    for size in 1..=LARGEST {
        for index in [0, size / 2, size - 1] {
            let proof = log.prove(Plan::inclusion(index, size));
            refuses_every_change(&proof, |changed| {
                verify_inclusion(log.leaf(index), index, size, log.root(size), changed)
            });
        }
        for old in [size.div_ceil(3), size.div_ceil(2), size] {
            let proof = log.prove(Plan::consistency(old, size));
            refuses_every_change(&proof, |changed| {
                verify_consistency(old, log.root(old), size, log.root(size), changed)
            });
        }
    }
}

#[test]
fn roots_and_proofs_are_those_of_certificate_transparency() {
    let log = Log::of(LEAVES.iter().map(|leaf| leaf_hash(leaf)));
    let roots: Vec<String> = log.roots.iter().map(|root| hex(root)).collect();
    assert_eq!(roots, ROOTS);
    let proof = |plan| log.prove(plan).iter().map(|hash| hex(hash)).collect::<Vec<_>>();
    assert_eq!(proof(Plan::inclusion(0, 8)), [NODE_1, NODE_2_3, NODE_4_7]);
    assert_eq!(proof(Plan::inclusion(5, 8)), [LEAF_4, NODE_6_7, ROOTS[4]]);
    assert_eq!(proof(Plan::inclusion(2, 3)), [ROOTS[2]]);
    assert_eq!(proof(Plan::consistency(1, 8)), [NODE_1, NODE_2_3, NODE_4_7]);
    assert_eq!(proof(Plan::consistency(6, 8)), [NODE_4_5, NODE_6_7, ROOTS[4]]);
    assert_eq!(proof(Plan::consistency(2, 5)), [NODE_2_3, LEAF_4]);
}

/// The leaves, roots and proofs that the tests of Certificate Transparency logs agree on.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const NODE_1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const NODE_2_3: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const NODE_4_7: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const NODE_4_5: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const NODE_6_7: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn large_trees_prove_too(leaves in prop::collection::vec(any::<[u8; 32]>(), 200..1500), place: prop::sample::Index) {
        let log = Log::of(leaves);
        let size = log.edge.size();
        let index = place.index(log.leaves.len()) as u64;
        let proof = log.prove(Plan::inclusion(index, size));
        prop_assert_eq!(verify_inclusion(log.leaf(index), index, size, log.root(size), &proof), Ok(()));
        let proof = log.prove(Plan::consistency(index, size));
        prop_assert_eq!(verify_consistency(index, log.root(index), size, log.root(size), &proof), Ok(()));
    }

    #[test]
    fn a_proof_of_noise_is_refused(index: u64, size: u64, proof in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let leaf = leaf_hash(b"x");
        prop_assert!(verify_inclusion(&leaf, index, size, &EMPTY, &proof).is_err());
        prop_assert!(verify_consistency(index, &leaf, size, &EMPTY, &proof).is_err());
    }
}
