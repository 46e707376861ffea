//! What should happen.

use terskel_keys::receipt::{self, Direction};

use super::*;
use crate::hub::{COMPANY, SERVICE, advertised_tag};

#[test]
fn ada_checks_in_and_out_and_the_station_can_check_both() {
    for mtu in MTUS {
        let mut home = Home::karis();
        let (mut session, mut air) = (home.ada(), Air::default());
        air.connect(&mut session, &mut home, mtu);
        assert_eq!(events(&mut session), [HubEvent::Ready]);
        for (command, direction, state) in
            [(CHECK_IN, Direction::In, "present"), (CHECK_OUT, Direction::Out, "absent")]
        {
            home.world.forward(MINUTE);
            session.command(command, home.world.uptime());
            air.carry(&mut session, &mut home);
            let [HubEvent::Receipt { receipt, signed }] = &events(&mut session)[..] else {
                panic!("no receipt")
            };
            assert_eq!(receipt::verify(signed, &home.identity().public_key), Ok(receipt.clone()));
            assert_eq!((receipt.hub, receipt.worker, receipt.phone), (home.id, ADA, ADAS_PHONE));
            assert_eq!((receipt.visit, receipt.direction, receipt.at), (VISIT, direction, home.world.now()));
            assert_eq!(home.hub.report().state, state);
        }
        assert_eq!(home.moved(), ["checked_in", "checked_out"]);
        assert_eq!(home.hub.report().movements[0].by, ADA.to_string());
    }
}

#[test]
fn a_check_in_costs_one_round_trip_at_any_mtu() {
    for mtu in MTUS {
        let mut home = Home::karis();
        let (mut session, mut air) = (home.ada(), Air::default());
        air.connect(&mut session, &mut home, mtu);
        assert_eq!(air.round_trips, 0, "the challenge comes by itself");
        session.command(CHECK_IN, home.world.uptime());
        air.carry(&mut session, &mut home);
        assert_eq!(air.round_trips, 1);
        let longest = |values: &[Vec<u8>]| values.iter().map(Vec::len).max().unwrap();
        assert!(longest(&air.written).max(longest(&air.notified)) <= mtu - 3);
    }
}

#[test]
fn what_is_asked_before_the_hub_is_ready_is_sent_when_it_is() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    session.command(CHECK_IN, home.world.uptime());
    assert_eq!(session.poll_transmit(), None);
    air.connect(&mut session, &mut home, 185);
    let events = events(&mut session);
    assert_eq!(events[0], HubEvent::Ready);
    assert_eq!(receipt(&events[1..]).counter, 1);
}

#[test]
fn asking_again_is_safe_and_gives_a_further_receipt() {
    let mut home = Home::karis();
    let first = receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
    home.world.forward(MINUTE);
    let second = receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
    assert_eq!((first.counter, second.counter), (1, 2));
    assert!(first.at < second.at);
    assert_eq!(home.hub.report().state, "present");
}

#[test]
fn two_workers_come_and_one_stays() {
    let mut home = Home::karis();
    receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
    let (bo, bos_phone) = (WorkerId(Uuid::from_u128(0xb0)), PhoneId(Uuid::from_u128(0xb01)));
    let signing_key = phone_of(0xb0).public().signing;
    let badge = Badge { worker: bo, phone: bos_phone, signing_key, ..adas_badge() };
    let badge = badge::issue(&station(), &badge).unwrap();
    let mut session = HubSession::new(home.identity(), badge, phone_of(0xb0), bo, bos_phone);
    assert_eq!(receipt(&ask(&mut session, &mut home, CHECK_IN)).worker, bo);
    receipt(&ask(&mut home.ada(), &mut home, CHECK_OUT));
    assert_eq!(home.hub.report().state, "present", "Bo is still there");
}

#[test]
fn a_phone_finds_the_hub_by_its_tag() {
    let home = Home::karis();
    let heard = home.hub.advertisement();
    assert_eq!(heard.services, [SERVICE]);
    let (company, data) = heard.manufacturer.unwrap();
    assert_eq!((company, data[0]), (COMPANY, 1));
    assert_eq!(data[1..], advertised_tag(home.id));
    assert_ne!(advertised_tag(home.id), advertised_tag(HubId(Uuid::from_u128(0x4c))));
}

#[test]
fn closing_ends_politely_and_answers_what_is_open() {
    let mut home = Home::karis();
    let mut session = home.ada();
    Air::default().connect(&mut session, &mut home, 23);
    session.command(CHECK_IN, home.world.uptime());
    session.command(HubCommand::Close, home.world.uptime());
    session.command(CHECK_OUT, home.world.uptime());
    let over = refused(HubRefusal::Over);
    let expected = [HubEvent::Ready, over.clone(), HubEvent::Ended { reason: None }, over];
    assert_eq!(events(&mut session), expected);
    assert!(session.is_over() && session.poll_timeout().is_none());
}

#[test]
fn a_hub_that_has_heard_of_the_next_authority_takes_its_badges_in_the_middle_of_a_visit() {
    let mut home = Home::karis();
    receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
    let next = Authority::from_seed(&[0x52; 32]);
    let badge = badge::issue(&next, &adas_badge()).unwrap();
    let told = ask(&mut home.visitor(&badge, phone_of(0xa1)), &mut home, CHECK_OUT);
    assert_eq!(told, [refused(HubRefusal::BadgeInvalid)]);
    home.authority.learn([station().public_key(), next.public_key()].into_iter().collect());
    receipt(&ask(&mut home.visitor(&badge, phone_of(0xa1)), &mut home, CHECK_OUT));
    receipt(&ask(&mut home.ada(), &mut home, CHECK_IN));
    home.authority.learn(next.public_key().into());
    let told = ask(&mut home.ada(), &mut home, CHECK_OUT);
    assert_eq!(told, [refused(HubRefusal::BadgeInvalid)]);
}
