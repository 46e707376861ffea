//! Visits that nobody was dispatched to, as the station has them: one after a phone call is joined with the dispatch to the same
//! home, unless somebody was first.

use terskel_model::event::{EventKind, PhoneEvent};

use super::street::Street;

impl Street {
    /// The station has taken an event of this worker's. True: with it the dispatch is over.
    pub(super) fn hear(&mut self, who: usize, event: &PhoneEvent) -> bool {
        match event.kind {
            EventKind::VisitBegun if event.reason.as_deref() == Some("called") => {
                self.workers[who].called = event.visit;
                self.join(who);
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
        let (Some(dispatch), Some(visit)) = (self.dispatch, worker.called) else { return };
        if self.closed || self.answers.contains(&visit) || self.holder().is_some() {
            return;
        }
        self.firsts.lock().unwrap().insert(dispatch, worker.home().station.worker);
        self.joined = Some(visit);
        self.answers.insert(visit);
    }

    fn hear_the_end(&mut self, who: usize, event: &PhoneEvent) -> bool {
        let worker = &mut self.workers[who];
        if event.visit.is_some() && event.visit == worker.called {
            worker.called = None;
        }
        let (first, went) = (worker.home().station.worker, worker.went);
        let of_dispatch = self.dispatch.is_some() && event.dispatch == self.dispatch;
        // Whoever accepted it besides goes on under its own name.
        let of_joined = self.joined.is_some() && event.visit == self.joined && !went;
        (of_dispatch || of_joined) && self.holder() == Some(first)
    }
}
