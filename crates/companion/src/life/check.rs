//! What must always hold.

use std::collections::{HashMap, HashSet};

use terskel_model::DispatchId;
use terskel_model::event::EventKind;

use super::street::{Street, Worker};
use crate::interface::VisitStanding;

pub(super) fn after_step(street: &Street) {
    for worker in &street.workers {
        told_in_order(street, worker);
        delivered_once(street, worker);
        on_shift(street, worker);
        let refusals = &worker.view().refusals;
        assert!(refusals.is_empty(), "{}: {refusals:?}\n{}", worker.name, street.story());
    }
    one_holder(street);
}

/// Everybody is online and signed in: nothing waits any more, and nothing is missing.
pub(super) fn at_the_end(street: &Street) {
    after_step(street);
    for worker in &street.workers {
        let view = worker.view();
        assert_eq!(view.status.unsent, 0, "{} keeps events\n{}", worker.name, street.story());
        assert_eq!(worker.told(), worker.facts, "{}: told, and done\n{}", worker.name, street.story());
        assert!(!view.status.sign_in_needed, "{}\n{}", worker.name, street.story());
        let gone = worker.home().station.permits() || view.roster.openable == 0;
        assert!(gone, "{} has keys that were taken away\n{}", worker.name, street.story());
    }
}

/// What the station has is the beginning of what was done, in order; the chain has no gap; no event is there twice.
fn told_in_order(street: &Street, worker: &Worker) {
    let told = worker.told();
    let done = worker.facts.get(..told.len());
    assert_eq!(done, Some(&told[..]), "{}: done, and told\n{}", worker.name, street.story());
    let events = worker.home().station.events();
    let ids: HashSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), events.len(), "{}: an event twice\n{}", worker.name, street.story());
}

/// An alert is acknowledged once, and once more only where the phone was wiped between; an acceptance told once; a visit of the
/// worker's own begins and ends once.
fn delivered_once(street: &Street, worker: &Worker) {
    let (mut counts, mut own) = (HashMap::<_, usize>::new(), HashSet::new());
    for event in worker.home().station.events() {
        if [EventKind::AlertDelivered, EventKind::AcceptedOffline].contains(&event.kind) {
            *counts.entry((event.dispatch, event.kind.to_string())).or_default() += 1;
        }
        if let (Some(visit), EventKind::VisitBegun | EventKind::VisitClosed) = (event.visit, &event.kind) {
            assert!(own.insert((visit, event.kind.clone())), "{visit} twice\n{}", street.story());
        }
    }
    for (of, count) in counts {
        assert!(count <= 1 + worker.wiped, "{}: {of:?} {count} times\n{}", worker.name, street.story());
    }
}

/// Nothing but the station and the end of the shift signs a worker out; the wall clock does only where the phone was started
/// anew and has nothing else to go by.
fn on_shift(street: &Street, worker: &Worker) {
    let view = worker.view();
    let over = worker.taken_away || worker.misled || worker.until <= street.now();
    assert!(view.session.is_some() || over, "{} was signed out\n{}", worker.name, street.story());
    assert!(!view.status.sign_in_needed || over, "{} must sign in\n{}", worker.name, street.story());
    if view.session.is_none() {
        let empty = view.visit.is_none() && view.roster.openable == 0 && view.alerts.is_empty();
        assert!(empty, "{} is signed out and shows somebody\n{}", worker.name, street.story());
    }
}

impl Street {
    /// The visit is the present dispatch: by name, or joined with it.
    fn is_dispatch(&self, visit: DispatchId) -> bool {
        [self.dispatch, self.joined].contains(&Some(visit))
    }
}

/// Nobody believes to be confirmed where somebody else is.
fn one_holder(street: &Street) {
    let confirmed = street.workers.iter().filter(|worker| {
        let visit = worker.view().visit.clone();
        visit.is_some_and(|visit| visit.standing == VisitStanding::Confirmed && street.is_dispatch(visit.id))
    });
    let names: Vec<_> = confirmed.map(|worker| worker.name).collect();
    assert!(names.len() <= 1, "{names:?} have the same dispatch\n{}", street.story());
    for worker in &street.workers {
        let view = worker.view();
        let Some(visit) = view.visit.as_ref() else { continue };
        if visit.standing == VisitStanding::Second {
            let (own, first) = (worker.own.contains(&visit.id), visit.taken_by.as_deref());
            let somebody_else = first.is_some_and(|name| name != worker.name);
            assert!(own && somebody_else, "{} is second to {first:?}\n{}", worker.name, street.story());
        }
        if !street.is_dispatch(visit.id) {
            continue;
        }
        if visit.standing == VisitStanding::Confirmed {
            let first = street.holder();
            let this = Some(worker.home().station.worker);
            assert_eq!(first, this, "{} believes to have it\n{}", worker.name, street.story());
        }
    }
}
