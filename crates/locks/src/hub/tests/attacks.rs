//! What somebody may try.

use super::*;
use crate::hub::frame;
use crate::hub::message::{self, Answer};

fn replay(writes: &[Vec<u8>], home: &mut Home) {
    for write in writes {
        home.hub.written(REQUEST, write, home.time());
    }
}

fn last_answer(home: &mut Home) -> Option<Answer> {
    let values: Vec<_> = std::iter::from_fn(|| home.hub.poll_notify()).collect();
    message::decode_answer(&values.last()?.1[1..])
}

#[test]
fn a_request_works_once() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 517);
    session.command(CHECK_IN, home.world.uptime());
    air.carry(&mut session, &mut home);
    receipt(&events(&mut session)[1..]);
    let is_refused =
        |answer| matches!(answer, Some(Answer::Refused { reason: HubRefusal::BadSignature, .. }));
    replay(&air.written, &mut home);
    assert!(is_refused(last_answer(&mut home)), "on the same connection");
    lose(&mut session, &mut home);
    home.hub.connected(517, home.time());
    home.hub.subscribed(ANSWER, home.time());
    replay(&air.written, &mut home);
    assert!(is_refused(last_answer(&mut home)), "on another connection");
    assert_eq!(home.moved(), ["checked_in"]);
}

#[test]
fn a_request_without_a_challenge_is_refused() {
    let mut home = Home::karis();
    let mut session = home.ada();
    session.connected(517, Uptime::default());
    let challenge = Answer::Challenge { version: 1, challenge: [0; 16] };
    session.received(ANSWER, &[&[0x80], &message::encode_answer(&challenge)[..]].concat(), Uptime::default());
    session.command(CHECK_IN, Uptime::default());
    home.hub.connected(517, home.time());
    while let Some(write) = session.poll_transmit() {
        home.hub.written(REQUEST, &write.value, home.time());
    }
    assert!(matches!(last_answer(&mut home), Some(Answer::Refused { reason: HubRefusal::BadSignature, .. })));
    assert!(home.moved().is_empty());
}

#[test]
fn a_forged_hub_is_found_out() {
    let karis = Home::karis();
    let mut forged = Home::new(0x4b, 0x66);
    let told = ask(&mut karis.ada(), &mut forged, CHECK_IN);
    assert_eq!(told, [refused(HubRefusal::WrongHub), ended(HubRefusal::WrongHub)]);
}

#[test]
fn the_hub_next_door_does_not_check_anybody_in() {
    let karis = Home::karis();
    let mut next_door = Home::new(0x4c, 0x4c);
    assert_eq!(ask(&mut karis.ada(), &mut next_door, CHECK_IN), [refused(HubRefusal::BadSignature)]);
    assert!(next_door.moved().is_empty());
}

/// Plays a receipt that was given before as the answer to `command` at Kari's.
fn answered_with(signed: &[u8], command: HubCommand) -> Vec<HubEvent> {
    let mut home = Home::karis();
    let mut session = home.ada();
    Air::default().connect(&mut session, &mut home, 517);
    session.command(command, home.world.uptime());
    let answer = Answer::Receipt { next: [0; 16], signed: signed.to_vec() };
    for value in frame::split(&message::encode_answer(&answer), 517) {
        session.received(ANSWER, &value, home.world.uptime());
    }
    events(&mut session).split_off(1)
}

fn given(home: &mut Home, session: &mut HubSession, command: HubCommand) -> Vec<u8> {
    match &ask(session, home, command)[..] {
        [HubEvent::Receipt { signed, .. }] => signed.clone(),
        other => panic!("one receipt was expected, not {other:?}"),
    }
}

#[test]
fn a_receipt_for_something_else_is_refused() {
    let wrong = [refused(HubRefusal::WrongHub), ended(HubRefusal::WrongHub)];
    let mut next_door = Home::new(0x4c, 0x4c);
    let mut session = next_door.ada();
    let other_home = given(&mut next_door, &mut session, CHECK_IN);
    assert_eq!(answered_with(&other_home, CHECK_IN), wrong);

    let mut home = Home::karis();
    let mut session = home.ada();
    let other_visit = given(&mut home, &mut session, HubCommand::CheckIn { visit: OTHER_VISIT });
    assert_eq!(answered_with(&other_visit, CHECK_IN), wrong);

    let mut session = home.ada();
    let check_in = given(&mut home, &mut session, CHECK_IN);
    assert_eq!(answered_with(&check_in, CHECK_OUT), wrong);
    receipt(&answered_with(&check_in, CHECK_IN));
}

#[test]
fn an_earlier_receipt_does_not_answer_a_later_question() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 517);
    session.command(CHECK_IN, home.world.uptime());
    air.carry(&mut session, &mut home);
    session.command(CHECK_IN, home.world.uptime());
    session.received(ANSWER, air.notified.last().unwrap(), home.world.uptime());
    let wrong = [refused(HubRefusal::WrongHub), ended(HubRefusal::WrongHub)];
    assert_eq!(events(&mut session)[2..], wrong);
}

#[test]
fn a_badge_of_another_station_is_refused() {
    let mut home = Home::karis();
    let badge = badge::issue(&Authority::from_seed(&[0x99; 32]), &adas_badge()).unwrap();
    let mut session = home.visitor(&badge, phone_of(0xa1));
    assert_eq!(ask(&mut session, &mut home, CHECK_IN), [refused(HubRefusal::BadgeInvalid)]);
    assert!(home.moved().is_empty());
}

#[test]
fn adas_badge_is_worth_nothing_on_another_phone() {
    let mut home = Home::karis();
    let badge = badge::issue(&station(), &adas_badge()).unwrap();
    let mut thief = home.visitor(&badge, phone_of(0x7f));
    assert_eq!(ask(&mut thief, &mut home, CHECK_IN), [refused(HubRefusal::BadSignature)]);
    assert!(home.moved().is_empty());
}

#[test]
fn the_hub_believes_no_request_in_which_a_bit_was_changed() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 517);
    session.command(CHECK_IN, home.world.uptime());
    let write = session.poll_transmit().unwrap().value;
    assert_eq!(session.poll_transmit(), None);
    for bit in 0..write.len() * 8 {
        let mut changed = write.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        // Each time a hub that has sent the challenge this request was made for.
        let mut home = Home::karis();
        home.hub.connected(517, home.time());
        home.hub.subscribed(ANSWER, home.time());
        home.hub.written(REQUEST, &changed, home.time());
        assert!(home.moved().is_empty(), "bit {bit} was flipped and not missed");
    }
    home.hub.written(REQUEST, &write, home.time());
    assert_eq!(home.moved(), ["checked_in"], "unchanged, it is a good request");
}

#[test]
fn the_phone_believes_no_answer_in_which_the_receipt_was_changed() {
    let mut home = Home::karis();
    let mut session = home.ada();
    let signed = given(&mut home, &mut session, CHECK_IN);
    // keys::receipt flips every bit; here it is enough that the phone asks it.
    for byte in 0..signed.len() {
        let mut changed = signed.clone();
        changed[byte] ^= 1 << (byte % 8);
        assert_eq!(answered_with(&changed, CHECK_IN)[0], refused(HubRefusal::WrongHub), "byte {byte}");
    }
}
