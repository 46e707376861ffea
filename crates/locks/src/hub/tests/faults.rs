//! What may go wrong without anybody's ill will.

use super::*;
use crate::device::DeviceFault;
use crate::hub::device::IDLE_LIMIT;
use crate::hub::message::{self, Answer};
use crate::hub::phone::{ANSWER_WITHIN, CALL_AFTER};

#[test]
fn the_link_may_break_at_any_packet_and_the_next_try_ends_well() {
    for mtu in MTUS {
        for packets in 0.. {
            let mut home = Home::karis();
            let (mut session, mut air) = (home.ada(), Air { packets: Some(packets), ..Air::default() });
            session.command(CHECK_IN, home.world.uptime());
            air.connect(&mut session, &mut home, mtu);
            let told: Vec<_> = events(&mut session).into_iter().filter(|e| *e != HubEvent::Ready).collect();
            if !session.is_over() {
                receipt(&told);
                assert!(packets > 2, "the cuts have covered challenge, request and answer");
                break;
            }
            assert_eq!(told, [refused(HubRefusal::LinkLost), ended(HubRefusal::LinkLost)]);
            let given = home.moved().len();
            assert!(given <= 1);
            let again = receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
            assert_eq!(again.counter, given as u64 + 1, "a receipt that got lost is not given twice");
        }
    }
}

#[test]
fn a_hub_that_hangs_is_given_five_seconds() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 185);
    home.hub.inject(DeviceFault::Hang(true));
    session.command(CHECK_IN, home.world.uptime());
    air.carry(&mut session, &mut home);
    assert_eq!(session.poll_timeout().unwrap().0, home.world.uptime() + ANSWER_WITHIN);
    home.world.forward(ANSWER_WITHIN - Duration::from_millis(1));
    session.timed_out(home.world.uptime());
    assert_eq!(events(&mut session), [HubEvent::Ready]);
    home.world.forward(Duration::from_millis(1));
    session.timed_out(home.world.uptime());
    assert_eq!(events(&mut session), [refused(HubRefusal::NoAnswer), ended(HubRefusal::NoAnswer)]);
    home.hub.inject(DeviceFault::Hang(false));
    receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
}

#[test]
fn a_hub_that_sends_no_challenge_is_called_and_then_given_up() {
    let mut home = Home::karis();
    home.hub.inject(DeviceFault::Hang(true));
    let mut session = home.ada();
    session.command(CHECK_IN, home.world.uptime());
    Air::default().connect(&mut session, &mut home, 185);
    home.world.forward(CALL_AFTER);
    session.timed_out(home.world.uptime());
    assert_eq!(session.poll_transmit().unwrap().value, [0x80, 1]);
    session.timed_out(home.world.uptime());
    assert!(events(&mut session).is_empty());
    home.world.forward(ANSWER_WITHIN - CALL_AFTER);
    session.timed_out(home.world.uptime());
    assert_eq!(events(&mut session), [refused(HubRefusal::NoAnswer), ended(HubRefusal::NoAnswer)]);
}

#[test]
fn a_challenge_that_nobody_heard_is_called_for_again() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    home.hub.connected(23, home.time());
    home.hub.subscribed(ANSWER, home.time());
    let (_, unheard) = home.hub.poll_notify().unwrap();
    session.connected(23, home.world.uptime());
    session.command(CHECK_IN, home.world.uptime());
    home.world.forward(CALL_AFTER);
    session.timed_out(home.world.uptime());
    air.carry(&mut session, &mut home);
    assert_eq!(air.notified[0], unheard, "the same, so that a late one does no harm");
    assert_eq!(receipt(&events(&mut session)[1..]).counter, 1);
}

#[test]
fn a_wrong_clock_shows_in_the_receipt() {
    let mut home = Home::karis();
    let slow = evening() - 40 * MINUTE;
    home.wall = Some(slow);
    assert_eq!(receipt(&ask(&mut home.ada(), &mut home, CHECK_IN)).at, slow);
    let fast = evening() + 90 * MINUTE;
    home.wall = Some(fast);
    assert_eq!(receipt(&ask(&mut home.ada(), &mut home, CHECK_OUT)).at, fast);
}

#[test]
fn a_hub_that_has_lost_its_time_signs_none() {
    let mut home = Home::karis();
    home.wall = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(ask(&mut home.ada(), &mut home, CHECK_IN), [refused(HubRefusal::ClockNotSet)]);
    home.wall = Some(evening() - 24 * 60 * MINUTE);
    assert_eq!(ask(&mut home.ada(), &mut home, CHECK_IN), [refused(HubRefusal::ClockNotSet)]);
    assert!(home.moved().is_empty());
}

#[test]
fn a_badge_that_is_over_is_refused() {
    let mut home = Home::karis();
    home.wall = Some(adas_badge().expires);
    assert_eq!(ask(&mut home.ada(), &mut home, CHECK_IN), [refused(HubRefusal::BadgeExpired)]);
    assert!(home.moved().is_empty());
}

#[test]
fn who_was_never_checked_in_checks_in_first() {
    let mut home = Home::karis();
    let mut session = home.ada();
    assert_eq!(ask(&mut session, &mut home, CHECK_OUT), [refused(HubRefusal::NotCheckedIn)]);
    for command in [CHECK_IN, CHECK_OUT, CHECK_OUT] {
        session.command(command, home.world.uptime());
        Air::default().carry(&mut session, &mut home);
        receipt(&events(&mut session));
    }
    assert_eq!(home.moved(), ["checked_in", "checked_out", "checked_out"]);
}

#[test]
fn one_question_at_a_time() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    session.command(CHECK_IN, home.world.uptime());
    session.command(CHECK_IN, home.world.uptime());
    assert_eq!(events(&mut session), [refused(HubRefusal::Busy)]);
    air.connect(&mut session, &mut home, 185);
    assert_eq!(receipt(&events(&mut session)[1..]).counter, 1);
    assert_eq!(home.moved(), ["checked_in"]);
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 517);
    session.command(CHECK_IN, home.world.uptime());
    air.carry(&mut session, &mut home);
    session.received(ANSWER, air.notified.last().unwrap(), home.world.uptime());
    assert_eq!(events(&mut session).len(), 2, "ready and one receipt");
    session.command(CHECK_OUT, home.world.uptime());
    air.carry(&mut session, &mut home);
    assert_eq!(receipt(&events(&mut session)).counter, 2);
}

#[test]
fn a_central_that_asks_for_nothing_is_sent_away() {
    let mut home = Home::karis();
    Air::default().connect(&mut home.ada(), &mut home, 185);
    let limit = home.hub.poll_timeout().unwrap();
    assert_eq!(limit, home.world.uptime() + IDLE_LIMIT);
    home.hub.timed_out(home.time());
    assert!(!home.hub.poll_disconnect());
    home.world.forward(IDLE_LIMIT);
    home.hub.timed_out(home.time());
    assert!(home.hub.poll_disconnect());
    assert!(!home.hub.poll_disconnect(), "said once");
}

#[test]
fn a_hub_of_a_later_version_is_not_guessed_at() {
    let home = Home::karis();
    let mut session = home.ada();
    session.connected(185, Uptime::default());
    let challenge = Answer::Challenge { version: 2, challenge: [0; 16] };
    session.received(ANSWER, &[&[0x80], &message::encode_answer(&challenge)[..]].concat(), Uptime::default());
    assert_eq!(events(&mut session), [ended(HubRefusal::Unsupported)]);
}

#[test]
fn what_the_battery_holds_is_told() {
    let mut home = Home::karis();
    assert_eq!(home.hub.report().battery_percent, None);
    home.hub.inject(DeviceFault::Battery(12));
    assert_eq!(home.hub.report().battery_percent, Some(12));
}
