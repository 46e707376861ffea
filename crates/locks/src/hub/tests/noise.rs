//! Noise of any kind: nobody falls over, nothing is invented, every question gets one answer.

use proptest::prelude::*;

use super::*;
use crate::hub::phone::ANSWER_WITHIN;

/// What may happen next to a session.
#[derive(Clone, Debug)]
enum Step {
    Ask(HubCommand),
    Carry,
    Garble(usize),
    Swallow,
    Wait,
    Lose,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Ask(CHECK_IN)),
        2 => Just(Step::Ask(CHECK_OUT)),
        6 => Just(Step::Carry),
        1 => any::<usize>().prop_map(Step::Garble),
        1 => Just(Step::Swallow),
        1 => Just(Step::Wait),
        1 => Just(Step::Lose),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn every_question_gets_exactly_one_answer(steps in prop::collection::vec(step(), 0..20), mtu in 23usize..517) {
        let mut home = Home::karis();
        let (mut session, mut air) = (home.ada(), Air::default());
        air.connect(&mut session, &mut home, mtu);
        let mut asked = 0;
        for step in steps {
            match step {
                Step::Ask(command) => {
                    asked += 1;
                    session.command(command, home.world.uptime());
                }
                Step::Carry => air.carry(&mut session, &mut home),
                Step::Garble(at) => {
                    if let Some(mut write) = session.poll_transmit() {
                        let at = at % write.value.len();
                        write.value[at] ^= 0xff;
                        home.hub.written(REQUEST, &write.value, home.time());
                    }
                }
                Step::Swallow => drop(home.hub.poll_notify()),
                Step::Wait => {
                    home.world.forward(ANSWER_WITHIN);
                    session.timed_out(home.world.uptime());
                }
                Step::Lose => lose(&mut session, &mut home),
            }
        }
        lose(&mut session, &mut home);
        let told = events(&mut session);
        let answers = |e: &&HubEvent| matches!(e, HubEvent::Receipt { .. } | HubEvent::Refused { .. });
        prop_assert_eq!(told.iter().filter(answers).count(), asked);
        prop_assert_eq!(told.iter().filter(|e| matches!(e, HubEvent::Ended { .. })).count(), 1);
        prop_assert!(receipts(&told) <= home.moved().len(), "no receipt that the hub did not give");
        prop_assert!(session.poll_timeout().is_none() && session.poll_transmit().is_none());
    }

    #[test]
    fn noise_on_the_phone_makes_no_receipt(values in prop::collection::vec(noise(), 1..6)) {
        let mut home = Home::karis();
        let mut session = home.ada();
        Air::default().connect(&mut session, &mut home, 185);
        session.command(CHECK_IN, home.world.uptime());
        for value in values {
            session.received(ANSWER, &value, home.world.uptime());
        }
        prop_assert_eq!(receipts(&events(&mut session)), 0);
    }

    #[test]
    fn noise_on_the_hub_moves_nothing(values in prop::collection::vec(noise(), 1..6)) {
        let mut home = Home::karis();
        home.hub.connected(185, home.time());
        home.hub.subscribed(ANSWER, home.time());
        for value in values {
            home.hub.written(REQUEST, &value, home.time());
        }
        prop_assert!(home.moved().is_empty());
    }
}

fn receipts(told: &[HubEvent]) -> usize {
    told.iter().filter(|event| matches!(event, HubEvent::Receipt { .. })).count()
}

/// Bytes that often look like the beginning or the end of a message.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let head =
        prop_oneof![Just(vec![]), Just(vec![0x80]), Just(vec![0x80, 1]), Just(vec![0]), Just(vec![0x81])];
    (head, prop::collection::vec(any::<u8>(), 0..200)).prop_map(|(head, tail)| [head, tail].concat())
}
