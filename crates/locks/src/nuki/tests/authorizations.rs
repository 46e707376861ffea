//! Managing who may come in.

use std::time::Duration;

use super::pair::{Pair, administrator, lock_with, world};
use super::vectors::{AUTHORIZATION, paired};
use crate::nuki::device::LockConfig;
use crate::nuki::phone::{
    AuthorizationCommand, AuthorizationEvent, AuthorizationProblem, AuthorizationSession,
};
use crate::nuki::{Credential, Generation, Limits, Weekdays};
use crate::session::Session;
use crate::testing::room::Air;

fn office_of(credential: Credential, config: LockConfig) -> Pair<AuthorizationSession> {
    Pair::new(AuthorizationSession::new(credential, world(1)), lock_with(config))
}

fn office() -> Pair<AuthorizationSession> {
    let mut office = office_of(administrator(), LockConfig::default());
    office.connect();
    office
}

fn ask(office: &mut Pair<AuthorizationSession>, command: AuthorizationCommand) -> AuthorizationEvent {
    office.phone_command(command);
    office.settle();
    assert_eq!(office.events.len(), 1, "{:?}", office.events);
    office.events.remove(0)
}

fn invite(name: &str) -> AuthorizationCommand {
    AuthorizationCommand::Invite { name: name.into(), limits: None }
}

fn problem(event: &AuthorizationEvent) -> AuthorizationProblem {
    match event {
        AuthorizationEvent::Failed { problem, .. } => *problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_authorization_from_invitation_to_removal() {
    let mut office = office();
    let AuthorizationEvent::Invited(key) = ask(&mut office, invite("Visitor")) else { panic!("not invited") };
    assert_eq!((key.authorization_id, key.pin, key.generation), (0x0034_5c02, None, Generation::Classic));
    assert_ne!((key.app_id, key.shared_key), (0, paired().shared_key));

    let limits = Some(Limits { weekdays: Weekdays(0x7c), ..Limits::default() });
    let authorization_id = key.authorization_id;
    let update = AuthorizationCommand::Update {
        authorization_id,
        name: "Guest".into(),
        enabled: false,
        remote: true,
        limits,
    };
    assert_eq!(ask(&mut office, update), AuthorizationEvent::Updated(authorization_id));

    let AuthorizationEvent::Listed(all) = ask(&mut office, AuthorizationCommand::List) else {
        panic!("no list")
    };
    let shown: Vec<_> = all
        .iter()
        .map(|one| (one.authorization_id, one.name.as_str(), (one.enabled, one.remote), one.limits))
        .collect();
    assert_eq!(
        shown,
        [(AUTHORIZATION, "Phone", (true, true), None), (authorization_id, "Guest", (false, true), limits)]
    );

    let remove = AuthorizationCommand::Remove(authorization_id);
    assert_eq!(ask(&mut office, remove.clone()), AuthorizationEvent::Removed(authorization_id));
    assert_eq!(problem(&ask(&mut office, remove)), AuthorizationProblem::NotThere);
    assert_eq!(office.phone.round_trips(), 10, "a challenge and a command each");
}

#[test]
fn who_has_no_pin_or_a_wrong_one_manages_nothing() {
    let mut office = office_of(paired(), LockConfig::default());
    office.connect();
    assert_eq!(problem(&ask(&mut office, AuthorizationCommand::List)), AuthorizationProblem::NoPin);
    let mut office = office_of(Credential { pin: Some(1), ..paired() }, LockConfig::default());
    office.connect();
    for n in 1..=6 {
        let expected = if n > 5 { AuthorizationProblem::TooManyPins } else { AuthorizationProblem::WrongPin };
        assert_eq!(problem(&ask(&mut office, AuthorizationCommand::List)), expected);
    }
}

#[test]
fn a_full_lock_and_a_removed_administrator() {
    let mut office = office_of(administrator(), LockConfig { room: 1, ..LockConfig::default() });
    office.connect();
    assert_eq!(problem(&ask(&mut office, invite("One too many"))), AuthorizationProblem::Full);
    let own = AuthorizationCommand::Remove(AUTHORIZATION);
    assert_eq!(ask(&mut office, own), AuthorizationEvent::Removed(AUTHORIZATION));
    office.phone_command(AuthorizationCommand::List);
    office.settle();
    assert_eq!(problem(&office.events[0]), AuthorizationProblem::KeyRejected);
    assert_eq!(office.events[1], AuthorizationEvent::Ended);
}

#[test]
fn ultra_pins_have_six_digits() {
    let ultra = Credential { generation: Generation::Ultra, pin: Some(654_321), ..paired() };
    let config = LockConfig { generation: Generation::Ultra, pin: Some(654_321), ..LockConfig::default() };
    let mut office = office_of(ultra, config);
    office.connect();
    assert!(matches!(ask(&mut office, invite("Visitor")), AuthorizationEvent::Invited(_)));
}

#[test]
fn every_command_has_one_answer_wherever_the_link_breaks() {
    for n in 1..14 {
        for air in [Air::CutAt(n), Air::CutAfter(n), Air::Lose(n), Air::HangAfter(n), Air::Repeat(n)] {
            let mut office = office_of(administrator(), LockConfig::default());
            office.air = air;
            office.phone_command(invite("Visitor"));
            office.phone_command(AuthorizationCommand::List);
            office.connect();
            office.wait_for(Duration::from_secs(60));
            if !office.phone.is_over() {
                office.phone_command(AuthorizationCommand::Close);
            }
            office.settle();
            assert_eq!(office.events.len(), 3, "{air:?} {:?}", office.events);
            assert_eq!(office.events[2], AuthorizationEvent::Ended);
            let known = office.lock.authorization_ids().count();
            match &office.events[0] {
                AuthorizationEvent::Invited(_) => assert_eq!(known, 2, "{air:?}"),
                AuthorizationEvent::Failed { problem: AuthorizationProblem::Interrupted, .. } => {}
                AuthorizationEvent::Failed { .. } => assert_eq!(known, 1, "{air:?}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
