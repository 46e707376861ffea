//! What must hold of every decision, whoever asks and whatever was permitted.

use chrono::{NaiveDate, TimeDelta, Weekday};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

use super::*;
use crate::rules::{BREAK_GLASS_LIFETIME, DISPATCH_KEY_LIFETIME, SHIFT_KEY_LIFETIME};
use crate::{BreakGlassId, DispatchId, OrganisationId, PermissionId, PhoneId, Timestamp, WorkerId};

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
/// An ordinary day, the two on which Norway's clocks are set, and the ends of a year.
const DATES: [(i32, u32, u32); 5] =
    [(2026, 1, 15), (2026, 3, 29), (2026, 10, 25), (2026, 12, 31), (2028, 2, 29)];

/// One of a few, so that they meet.
fn few() -> impl Strategy<Value = Uuid> {
    (0..2_u128).prop_map(Uuid::from_u128)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (select(&DATES[..]), -14 * 60..38 * 60_i64).prop_map(|((year, month, day), minutes)| {
        let midnight = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap();
        midnight.and_utc() + TimeDelta::minutes(minutes)
    })
}

fn time_of_day() -> impl Strategy<Value = TimeOfDay> {
    (0..24_u32, select(vec![0_u32, 10, 30, 59])).prop_map(|(h, m)| TimeOfDay::new(h, m).unwrap())
}

fn window() -> impl Strategy<Value = Window> {
    (subsequence(DAYS.to_vec(), 1..=7), time_of_day(), time_of_day()).prop_map(|(days, from, until)| Window {
        days,
        from,
        until,
    })
}

fn term() -> impl Strategy<Value = Term> {
    let span = || (moment(), 1..60 * 24 * 3_i64).prop_map(|(from, m)| (from, from + TimeDelta::minutes(m)));
    prop_oneof![
        Just(Term::Permanent {}),
        span().prop_map(|(from, until)| Term::Period { from, until }),
        span().prop_map(|(from, until)| Term::Once { from, until }),
    ]
}

fn permission() -> impl Strategy<Value = Permission> {
    let role = select(vec![WorkerRole::Carer, WorkerRole::Nurse, WorkerRole::Lead]);
    let who = prop_oneof![
        few().prop_map(|id| Who::Worker { worker: WorkerId(id) }),
        (few(), role).prop_map(|(id, role)| Who::Role { team: TeamId(id), role }),
        few().prop_map(|id| Who::Team { team: TeamId(id) }),
        few().prop_map(|id| Who::Organisation { organisation: OrganisationId(id) }),
    ];
    let what = prop_oneof![
        few().prop_map(|id| What::Door { door: DoorId(id) }),
        few().prop_map(|id| What::Residence { resident: ResidentId(id) }),
        few().prop_map(|id| What::Team { team: TeamId(id) }),
    ];
    let condition = select(vec![Condition::OnShift, Condition::Dispatched, Condition::BreakGlass]);
    let operations = subsequence(vec![Operation::Open, Operation::Lock], 1..=2);
    let when = (term(), proptest::collection::vec(window(), 0..3))
        .prop_map(|(term, windows)| When { term, windows });
    (few(), who, what, when, condition, operations).prop_map(
        |(id, who, what, when, condition, operations)| Permission {
            id: Some(PermissionId(id)),
            who,
            what,
            when,
            condition,
            operations,
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let residence = (few(), few()).prop_map(|(resident, team)| Residence {
        resident: ResidentId(resident),
        team: TeamId(team),
        time_zone: TimeZone::OSLO,
    });
    let role = select(vec![WorkerRole::Carer, WorkerRole::Nurse]);
    let shift = (few(), role, moment()).prop_map(|(team, role, ends_at)| OnDuty {
        team: TeamId(team),
        role,
        ends_at,
    });
    let uses = (few(), few(), few(), moment(), any::<(bool, bool)>()).prop_map(
        |(p, d, phone, key_until, (opened, held))| Use {
            permission: PermissionId(p),
            door: DoorId(d),
            phone: PhoneId(phone),
            key_until,
            opened,
            held,
        },
    );
    (
        (select(vec![Operation::Open, Operation::Lock]), few(), residence, few(), few()),
        (proptest::option::of(few()), proptest::option::of(few()), proptest::option::weighted(0.9, shift)),
        (proptest::option::of(few()), proptest::option::of(moment()), proptest::collection::vec(uses, 0..3)),
    )
        .prop_map(|((operation, door, residence, worker, phone), (organisation, leads, shift), rest)| {
            Facts {
                operation,
                door: DoorId(door),
                residence,
                worker: WorkerId(worker),
                phone: PhoneId(phone),
                organisation: organisation.map(OrganisationId),
                leads: leads.map(TeamId),
                shift,
                dispatch: rest.0.map(|id| InHand { dispatch: DispatchId(id) }),
                break_glass: rest.1.map(|at| BrokenGlass { id: BreakGlassId(Uuid::nil()), at }),
                uses: rest.2,
            }
        })
}

fn some_permissions() -> impl Strategy<Value = Vec<Permission>> {
    proptest::collection::vec(permission(), 0..5)
}

/// So that only its term, its windows and its uses decide.
fn fitting(permission: Permission, facts: Facts, now: Timestamp) -> (Permission, Facts) {
    let ends_at = now + TimeDelta::hours(13);
    let permission = Permission {
        who: Who::Worker { worker: facts.worker },
        what: What::Residence { resident: facts.residence.resident },
        condition: Condition::OnShift,
        operations: vec![Operation::Open, Operation::Lock],
        ..permission
    };
    let shift = OnDuty { team: facts.residence.team, role: WorkerRole::Carer, ends_at };
    (permission, Facts { shift: Some(shift), dispatch: None, break_glass: None, ..facts })
}

/// What a clock in the home shows, the slow and certain way: minute by minute, without asking which instant a local time
/// is.
fn is_open_at(windows: &[Window], at: Timestamp) -> bool {
    let shown = |at: Timestamp| at.with_timezone(&chrono_tz::Europe::Oslo).naive_local();
    let first = |local: chrono::NaiveDateTime| {
        let begin = local.and_utc() - TimeDelta::hours(4);
        (0..9 * 60).map(|m| begin + TimeDelta::minutes(m)).find(|at| shown(*at) >= local).unwrap()
    };
    let time =
        |text: &TimeOfDay| serde_json::to_value(text).unwrap().as_str().unwrap().parse::<chrono::NaiveTime>();
    [0, 1].into_iter().any(|back| {
        let day = shown(at).date() - TimeDelta::days(back);
        windows.iter().filter(|w| w.days.contains(&chrono::Datelike::weekday(&day))).any(|window| {
            let (from, until) = (time(&window.from).unwrap(), time(&window.until).unwrap());
            let end = if until > from { day } else { day + TimeDelta::days(1) };
            (first(day.and_time(from))..first(end.and_time(until))).contains(&at)
        })
    })
}

fn until(decision: &Decision) -> Option<Timestamp> {
    match decision {
        Decision::Granted { until, .. } => Some(*until),
        Decision::Denied { .. } => None,
    }
}

proptest! {
    #[test]
    fn taking_a_permission_away_never_grants_more(permissions in some_permissions(), facts in facts(), now in moment()) {
        let all = until(&decide(&permissions, &facts, now));
        for left_out in 0..permissions.len() {
            let mut fewer = permissions.clone();
            fewer.remove(left_out);
            let left = until(&decide(&fewer, &facts, now));
            prop_assert!(left <= all, "{left:?} without, {all:?} with {:?}", permissions[left_out]);
        }
    }

    #[test]
    fn what_is_granted_was_wanted_and_ends_with_everything_it_hangs_on(
        permissions in some_permissions(), facts in facts(), now in moment(),
    ) {
        let Decision::Granted { until, operations, because } = decide(&permissions, &facts, now) else {
            return Ok(());
        };
        prop_assert!(now < until && operations.contains(&facts.operation));
        prop_assert!(until <= facts.shift.as_ref().unwrap().ends_at && until <= now + SHIFT_KEY_LIFETIME);
        if because.dispatch.is_some() {
            prop_assert_eq!(because.dispatch, facts.dispatch.map(|d| d.dispatch));
            prop_assert!(until <= now + DISPATCH_KEY_LIFETIME);
        }
        if because.break_glass.is_some() {
            prop_assert!(until <= facts.break_glass.unwrap().at + BREAK_GLASS_LIFETIME);
        }
        prop_assert!(because.permission.is_some() || because.dispatch.is_some() || because.break_glass.is_some());
    }

    #[test]
    fn nothing_outlives_its_window(permission in permission(), facts in facts(), now in moment()) {
        let (permission, facts) = fitting(permission, facts, now);
        let Decision::Granted { until, .. } = decide(std::slice::from_ref(&permission), &facts, now) else {
            return Ok(());
        };
        if let Term::Once { from, until: end } | Term::Period { from, until: end } = permission.when.term {
            prop_assert!(from <= now && until <= end);
        }
        if !permission.when.windows.is_empty() {
            let minutes = (until - now).num_minutes();
            for minute in (0..minutes).step_by(7).chain([minutes - 1]).filter(|m| *m >= 0) {
                let at = now + TimeDelta::minutes(minute);
                prop_assert!(is_open_at(&permission.when.windows, at), "closed at {at}, granted until {until}");
            }
        }
    }

    #[test]
    fn a_denial_names_its_reason(permission in permission(), facts in facts(), now in moment()) {
        let facts = Facts { dispatch: None, break_glass: None, ..facts };
        let Decision::Denied { because } = decide(std::slice::from_ref(&permission), &facts, now) else {
            return Ok(());
        };
        let (from, end) = match permission.when.term {
            Term::Once { from, until } | Term::Period { from, until } => (Some(from), Some(until)),
            Term::Permanent {} => (None, None),
        };
        let true_of_it = match because {
            Denial::NotOnShift => facts.shift.as_ref().is_none_or(|shift| shift.ends_at <= now),
            Denial::NoPermission => !permission.who.covers(&facts) || !permission.what.covers(&facts),
            Denial::OperationNotAllowed => !permission.operations.contains(&facts.operation),
            Denial::Ended => end.unwrap() <= now,
            Denial::NotYet => now < from.unwrap(),
            Denial::OutsideHours => !is_open_at(&permission.when.windows, now),
            Denial::NotDispatched => permission.condition == Condition::Dispatched,
            Denial::GlassNotBroken => permission.condition == Condition::BreakGlass,
            Denial::UsedUp => facts.uses.iter().any(|used| Some(used.permission) == permission.id),
            Denial::Unknown(_) => false,
        };
        prop_assert!(true_of_it, "{because}");
    }

    #[test]
    fn once_means_once(permission in permission(), facts in facts(), now in moment(), later in 0..60 * 30_i64) {
        let term = Term::Once { from: now, until: now + TimeDelta::hours(30) };
        let (permission, facts) = fitting(permission, facts, now);
        let permission = Permission { when: When { term, windows: Vec::new() }, ..permission };
        let facts = Facts { operation: Operation::Open, uses: Vec::new(), ..facts };
        let permissions = [permission];
        let first = until(&decide(&permissions, &facts, now)).unwrap();
        let used = |phone, opened| Use {
            permission: permissions[0].id.unwrap(), door: facts.door, phone, key_until: first, opened, held: true,
        };
        let gone = |opened| Use { held: false, ..used(facts.phone, opened) };
        let again = |used, operation| {
            decide(&permissions, &Facts { uses: vec![used], operation, ..facts.clone() }, now + TimeDelta::minutes(later))
        };
        let other = PhoneId(Uuid::from_u128(99));
        let elsewhere = Use { held: false, ..used(other, false) };
        for decision in [
            again(used(other, false), Operation::Open), again(elsewhere, Operation::Open),
            again(used(facts.phone, true), Operation::Open), again(gone(true), Operation::Open),
            again(gone(true), Operation::Lock),
        ] {
            prop_assert_eq!(until(&decision), None);
        }
        // The same phone may ask for its key again, or for another where that is gone, and lock behind it; none lasts longer
        // than the first key.
        for decision in [
            again(used(facts.phone, false), Operation::Open), again(gone(false), Operation::Open),
            again(used(facts.phone, true), Operation::Lock),
        ] {
            prop_assert!(until(&decision).is_none_or(|until| until <= first));
        }
    }
}

#[test]
fn a_fault_names_its_field() {
    let at = |hours| Timestamp::UNIX_EPOCH + TimeDelta::hours(hours);
    let good = Permission {
        id: None,
        who: Who::Worker { worker: WorkerId(Uuid::nil()) },
        what: What::Door { door: DoorId(Uuid::nil()) },
        when: When { term: Term::Once { from: at(0), until: at(1) }, windows: Vec::new() },
        condition: Condition::OnShift,
        operations: vec![Operation::Open],
    };
    assert_eq!(good.check(), Ok(()));
    let field = |wrong: Permission| wrong.check().unwrap_err().field;
    let when = |term, windows| When { term, windows };
    let window =
        Window { days: vec![], from: TimeOfDay::new(7, 0).unwrap(), until: TimeOfDay::new(9, 0).unwrap() };
    assert_eq!(field(Permission { who: Who::Team { team: TeamId(Uuid::nil()) }, ..good.clone() }), "who");
    assert_eq!(field(Permission { operations: vec![Operation::Lock], ..good.clone() }), "operations");
    assert_eq!(field(Permission { operations: vec![], ..good.clone() }), "operations");
    assert_eq!(field(Permission { condition: "at_will".into(), ..good.clone() }), "condition");
    let backwards = Term::Period { from: at(1), until: at(1) };
    assert_eq!(field(Permission { when: when(backwards, vec![]), ..good.clone() }), "when.term.until");
    assert_eq!(field(Permission { when: when(Term::Permanent {}, vec![window]), ..good }), "when.windows");
}

#[test]
fn a_permission_reads_as_it_is_written() {
    let json = r#"{"term":{"kind":"period","from":"2026-01-15T22:00:00Z","until":"2026-02-15T22:00:00Z"},
        "windows":[{"days":["Mon","Tue"],"from":"22:00","until":"07:00"}]}"#;
    let when: When = serde_json::from_str(json).unwrap();
    let back: When = serde_json::from_str(&serde_json::to_string(&when).unwrap()).unwrap();
    assert_eq!(when, back);
    assert!(serde_json::from_str::<Who>(r#"{"kind":"everybody"}"#).is_err());
    let permanent: Term = serde_json::from_str(r#"{"kind":"permanent"}"#).unwrap();
    assert_eq!(permanent, Term::Permanent {});
}
