//! Visits that nobody was dispatched to, as the station has them: one after a phone call is joined with the dispatch to the same
//! home, unless somebody was first, an hour was between, the hub had seen the worker leave, or the worker had declined it.

use chrono::TimeDelta;
use terskel_model::event::{EventKind, PhoneEvent};

use super::street::{Called, Street};

/// An alarm and a beginning that are further apart are two matters.
const APART: TimeDelta = TimeDelta::hours(1);

impl Street {
    /// The station has taken an event of this worker's. True: with it the dispatch is over.
    pub(super) fn hear(&mut self, who: usize, event: &PhoneEvent) -> bool {
        match event.kind {
            EventKind::VisitBegun if event.reason.as_deref() == Some("called") => {
                let heard = self.now();
                self.workers[who].called = event.visit.map(|visit| Called { visit, heard, left: false });
                self.join(who);
            }
            EventKind::CheckedOut => {
                let going = self.workers[who].called.as_mut();
                let left = going.filter(|called| event.visit == Some(called.visit));
                left.into_iter().for_each(|called| called.left = true);
            }
            EventKind::AlertDelivered if event.dispatch == self.dispatch => self.join(who),
            EventKind::AcceptedOffline if event.dispatch == self.dispatch => self.workers[who].went = true,
            EventKind::VisitClosed => return self.hear_the_end(who, event),
            _ => {}
        }
        false
    }

    fn join(&mut self, who: usize) {
        let worker = &self.workers[who];
        let (Some(dispatch), Some(Called { visit, heard, left })) = (self.dispatch, worker.called) else {
            return;
        };
        let apart = (heard - self.raised_at).abs() > APART;
        let another = apart || left || worker.declined == Some(dispatch);
        if another || self.closed || self.answers.contains(&visit) || self.holder().is_some() {
            return;
        }
        self.firsts.lock().unwrap().insert(dispatch, worker.home().station.worker);
        self.joined = Some(visit);
        self.answers.insert(visit);
    }

    fn hear_the_end(&mut self, who: usize, event: &PhoneEvent) -> bool {
        let worker = &mut self.workers[who];
        if event.visit.is_some() && event.visit == worker.called.map(|called| called.visit) {
            worker.called = None;
        }
        let (first, went) = (worker.home().station.worker, worker.went);
        let of_dispatch = self.dispatch.is_some() && event.dispatch == self.dispatch;
        // Whoever accepted it besides goes on under its own name.
        let of_joined = self.joined.is_some() && event.visit == self.joined && !went;
        (of_dispatch || of_joined) && self.holder() == Some(first)
    }
}
