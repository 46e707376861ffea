//! The layer against itself, in virtual time, and against chapter 5.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::world::ManualWorld;

use super::*;
use crate::danalock::frame::Stream;
use crate::danalock::tests::vectors::LOCK;

fn at(millis: u64) -> Uptime {
    Uptime(Duration::from_millis(millis))
}

fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(terskel_model::Timestamp::UNIX_EPOCH, seed))
}

/// The frames that wait to go out.
fn out(side: &mut Reliable) -> Vec<Frame> {
    let mut stream = Stream::default();
    std::iter::from_fn(|| side.poll(20)).flat_map(|(_, value)| stream.push(&value)).collect()
}

/// Carries frames to the other side; gives what they meant.
fn carry(from: &mut Reliable, to: &mut Reliable, now: Uptime) -> Vec<Heard> {
    out(from).into_iter().filter_map(|frame| to.received(frame, now)).collect()
}

fn open(seed: u64) -> (Reliable, Reliable) {
    let (mut phone, mut lock) = (Reliable::phone(LOCK, world(seed)), Reliable::lock(LOCK, world(seed + 1)));
    phone.open(at(0));
    assert_eq!(carry(&mut phone, &mut lock, at(0)), [Heard::Opened]);
    assert_eq!(carry(&mut lock, &mut phone, at(0)), [Heard::Opened]);
    assert_eq!(carry(&mut phone, &mut lock, at(0)), []);
    (phone, lock)
}

/// Times at which something goes out, until it is given up.
fn sends(side: &mut Reliable) -> (Vec<u64>, u64) {
    let mut times = Vec::new();
    let mut now = at(0);
    loop {
        if !out(side).is_empty() {
            times.push(now.0.as_millis().try_into().unwrap());
        }
        now = side.poll_timeout().unwrap();
        if side.timed_out(now) == Some(Heard::Dead) {
            assert_eq!((side.poll_timeout(), out(side)), (None, vec![]));
            return (times, now.0.as_millis().try_into().unwrap());
        }
    }
}

#[test]
fn many_payloads_cross_both_ways_whatever_the_first_numbers() {
    for seed in 0..20 {
        let (mut phone, mut lock) = open(seed);
        for n in 0..20 {
            phone.send(vec![1, n], at(0));
            lock.send(vec![2, n], at(0));
        }
        let (mut to_lock, mut to_phone) = (Vec::new(), Vec::new());
        for _ in 0..60 {
            to_lock.extend(carry(&mut phone, &mut lock, at(0)));
            to_phone.extend(carry(&mut lock, &mut phone, at(0)));
        }
        let all = |side| (0..20).map(|n| Heard::Data(vec![side, n])).collect::<Vec<_>>();
        assert_eq!((to_lock, to_phone), (all(1), all(2)));
        assert!(phone.poll_timeout().is_none() && lock.poll_timeout().is_none());
    }
}

#[test]
fn resends_come_at_the_times_of_5_4() {
    let mut alone = Reliable::phone(LOCK, world(1));
    alone.open(at(0));
    assert_eq!(sends(&mut alone), (vec![0, 2000, 4000], 4500));
    let (mut phone, _) = open(1);
    phone.send(vec![7], at(0));
    assert_eq!(sends(&mut phone), (vec![0, 2000, 4000, 6000], 8000));
}

#[test]
fn a_lost_acknowledgement_is_given_again_and_nothing_is_delivered_twice() {
    let (mut phone, mut lock) = open(1);
    lock.manners().lose_ack = true;
    phone.send(vec![7], at(0));
    assert_eq!(carry(&mut phone, &mut lock, at(0)), [Heard::Data(vec![7])]);
    assert_eq!(out(&mut lock), []);
    phone.timed_out(at(2000));
    assert_eq!(carry(&mut phone, &mut lock, at(2000)), []);
    carry(&mut lock, &mut phone, at(2000));
    assert_eq!(phone.poll_timeout(), None, "acknowledged");
}

#[test]
fn a_resend_is_the_same_bytes() {
    let (mut phone, mut lock) = open(1);
    phone.send(vec![7], at(0));
    let first = out(&mut phone);
    // What comes meanwhile does not change it.
    lock.send(vec![8], at(1000));
    assert_eq!(carry(&mut lock, &mut phone, at(1000)), [Heard::Data(vec![8])]);
    out(&mut phone);
    phone.timed_out(at(2000));
    assert_eq!(out(&mut phone), first);
}

#[test]
fn a_repeated_syn_is_answered_with_the_same_until_data_comes() {
    let (mut phone, mut lock) = (Reliable::phone(LOCK, world(1)), Reliable::lock(LOCK, world(2)));
    phone.open(at(0));
    let syn = out(&mut phone).remove(0);
    assert_eq!(lock.received(syn.clone(), at(0)), Some(Heard::Opened));
    let answer = out(&mut lock);
    assert_eq!(lock.received(syn.clone(), at(2000)), None);
    assert_eq!(out(&mut lock), answer);
    assert_eq!(phone.received(answer[0].clone(), at(2000)), Some(Heard::Opened));
    assert_eq!(phone.received(answer[0].clone(), at(2000)), None);
    phone.send(vec![1], at(2000));
    carry(&mut phone, &mut lock, at(2000));
    assert_eq!(lock.received(syn, at(2000)), Some(Heard::Opened), "a fresh session");
}

#[test]
fn frames_for_others_and_acknowledgements_in_syn_and_fin_do_not_count() {
    let (mut phone, mut lock) = open(1);
    phone.send(vec![7], at(0));
    let data = out(&mut phone).remove(0);
    for other in [
        Frame { to: data.to ^ 1, ..data.clone() },
        Frame { from: data.from ^ 1, ..data.clone() },
        Frame { dst: [1; 6], ..data.clone() },
        Frame { src: [1; 6], ..data.clone() },
        Frame { seq: next(data.seq), ..data.clone() },
    ] {
        assert_eq!(lock.received(other, at(0)), None);
        assert_eq!(out(&mut lock), []);
    }
    assert_eq!(lock.received(data, at(0)), Some(Heard::Data(vec![7])));
    let ack = out(&mut lock).remove(0);
    phone.received(Frame { kind: Kind::Syn, ..ack.clone() }, at(0));
    assert!(phone.poll_timeout().is_some(), "still not acknowledged");
    phone.received(ack, at(0));
    assert!(phone.poll_timeout().is_none());
}

#[test]
fn either_side_ends_it() {
    let (phone, lock) = open(1);
    for (mut closer, mut other) in [(phone, lock), {
        let (phone, lock) = open(1);
        (lock, phone)
    }] {
        closer.send(vec![1], at(0));
        out(&mut closer);
        closer.send(vec![2], at(0));
        closer.close(at(0));
        assert_eq!(out(&mut closer), [], "what is out is acknowledged first");
        closer.timed_out(at(2000));
        assert_eq!(carry(&mut closer, &mut other, at(2000)), [Heard::Data(vec![1])]);
        carry(&mut other, &mut closer, at(2000));
        assert_eq!(carry(&mut closer, &mut other, at(2000)), [Heard::Closed]);
        assert_eq!(carry(&mut other, &mut closer, at(2000)), [Heard::Closed]);
        assert_eq!(carry(&mut closer, &mut other, at(2000)), []);
        assert!(closer.poll_timeout().is_none() && other.poll_timeout().is_none());
    }
}

#[test]
fn a_fin_without_answer_is_waited_for_six_seconds() {
    let (mut phone, _) = open(1);
    phone.close(at(0));
    assert_eq!(out(&mut phone).len(), 1);
    assert_eq!(phone.poll_timeout(), Some(at(6000)));
    assert_eq!(phone.timed_out(at(6000)), Some(Heard::Dead));
}

#[test]
fn what_was_not_given_out_is_dropped_at_the_end() {
    let (mut phone, mut lock) = open(1);
    phone.send(vec![1], at(0));
    phone.close(at(0));
    assert_eq!(carry(&mut phone, &mut lock, at(0)), [Heard::Closed]);
}
