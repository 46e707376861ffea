//! A link that breaks, or carries wrongly, at every packet of a Danalock session.

use terskel_model::door::Operation;

use super::pair::{Pair, at_an_open_door, at_the_door};
use crate::testing::cut;
use crate::testing::room::Air;

fn door(operation: &Operation) -> Pair {
    if *operation == Operation::Open { at_the_door() } else { at_an_open_door() }
}

fn check(air: impl Fn(usize) -> Air) -> [usize; 4] {
    // Beyond the outcome there are only questions for the state.
    cut::check(door, [170, 40], air)
}

#[test]
fn the_link_is_lost_before_any_packet() {
    let seen = check(Air::CutAt);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn the_link_is_lost_after_any_packet() {
    let seen = check(Air::CutAfter);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn the_lock_hangs_after_any_packet() {
    let seen = check(Air::HangAfter);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn any_packet_is_lost_and_sent_again() {
    let [opened, locked, refused, unsure] = check(Air::Lose);
    assert!(opened > 0 && locked > 0);
    assert_eq!((refused, unsure), (0, 0), "the reliable layer repairs it");
}

#[test]
fn any_packet_is_repeated() {
    let [_, _, refused, unsure] = check(Air::Repeat);
    assert_eq!((refused, unsure), (0, 0), "the reliable layer repairs it");
}
