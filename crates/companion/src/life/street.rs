//! The reference model: who has which dispatch, who is on shift, what each phone must have told.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use terskel_api::dispatch::{Dispatch, Door};
use terskel_api::key::KeyHome;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::door::DoorKind;
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{DispatchId, DoorId, ResidentId, Timestamp, WorkerId};
use tokio::time::{Instant, sleep};

use crate::interface::View;
use crate::testing::{Firsts, Home, Mood, Weather};

/// Streams and batches get through within this on a good network.
const SETTLED: Duration = Duration::from_secs(3);
/// Any back-off is over.
const LONG: Duration = Duration::from_secs(300);

/// One worker with a phone.
pub(super) struct Worker {
    pub(super) name: &'static str,
    pub(super) home: Option<Home>,
    /// Nothing keeps the phone from the station.
    pub(super) online: bool,
    /// What the phone must tell, in order: facts by what the worker was answered.
    pub(super) facts: Vec<String>,
    /// How often the phone was wiped, or may have been.
    pub(super) wiped: usize,
    /// The session was taken away, and nobody has signed in since.
    pub(super) taken_away: bool,
    /// When the shift of the last sign-in ends.
    pub(super) until: Timestamp,
    /// The visits that nobody dispatched the worker to.
    pub(super) own: HashSet<DispatchId>,
    /// The one after a phone call that goes on, as the station has heard.
    pub(super) called: Option<Called>,
    /// The last dispatch that the worker has said no to.
    pub(super) declined: Option<DispatchId>,
    /// The station has heard that the worker accepted the present dispatch without network.
    pub(super) went: bool,
    /// By how much the phone's time may be behind: it was started anew, and has not heard the station since.
    pub(super) behind: TimeDelta,
    /// Started anew, its wall clock said that the shift was over.
    pub(super) misled: bool,
    /// When everything slept, and how long.
    pub(super) slept: Vec<(Instant, TimeDelta)>,
    /// Events of the phone that the model has seen.
    seen: usize,
}

/// A visit after a phone call.
#[derive(Clone, Copy)]
pub(super) struct Called {
    pub(super) visit: DispatchId,
    /// When the station heard of it.
    pub(super) heard: Timestamp,
    /// The hub has seen the worker leave.
    pub(super) left: bool,
}

pub(super) struct Street {
    pub(super) workers: [Worker; 2],
    /// The last dispatch; there is one at a time.
    pub(super) dispatch: Option<DispatchId>,
    pub(super) closed: bool,
    /// Who was first, as the station has it.
    pub(super) firsts: Firsts,
    /// The visit after a phone call that the last dispatch was joined with.
    pub(super) joined: Option<DispatchId>,
    /// All that ever were.
    pub(super) answers: HashSet<DispatchId>,
    body: Dispatch,
    /// When the last dispatch came.
    pub(super) raised_at: Timestamp,
    pub(super) seed: u64,
    log: Mutex<Vec<String>>,
}

impl Worker {
    pub(super) fn home(&self) -> &Home {
        self.home.as_ref().unwrap()
    }

    pub(super) fn view(&self) -> Arc<View> {
        self.home().view()
    }

    /// The process ends, and another begins.
    pub(super) async fn crash(&mut self) {
        let home = self.home.take().unwrap();
        self.home = Some(home.restarted().await);
    }

    /// What the phone has told that is a fact of the visit.
    pub(super) fn told(&self) -> Vec<String> {
        self.home().station.events().iter().filter_map(fact).collect()
    }

    fn new_events(&mut self) -> Vec<PhoneEvent> {
        let events = self.home().station.events();
        let new = events[self.seen..].to_vec();
        self.seen = events.len();
        new
    }
}

/// Alerts, reports, and wiping come in their own time.
fn fact(event: &PhoneEvent) -> Option<String> {
    match event.kind {
        EventKind::AlertDelivered
        | EventKind::LockReported
        | EventKind::KeysWiped
        | EventKind::AcceptedOffline => None,
        EventKind::DoorOperated => {
            let (operation, outcome) = (event.operation.as_ref()?, event.outcome.as_ref()?);
            Some(format!("{operation} {outcome}"))
        }
        ref kind => Some(kind.to_string()),
    }
}

impl Street {
    pub(super) async fn begin(seed: u64) -> Self {
        let mut ada = Home::of_seed(seed).await;
        let mut bo = Home::beside(&ada, seed).await;
        let firsts = Firsts::default();
        let mut body = bo.body.clone();
        let third = Door {
            id: DoorId::new(&*ada.world),
            kind: DoorKind::Flat,
            name: "Balkong".into(),
            lock: None,
            code: None,
            physical_key: None,
        };
        body.details.as_mut().unwrap().doors.push(third);
        (ada.body, bo.body) = (body.clone(), body.clone());
        let workers = [("Ada", ada), ("Bo", bo)].map(|(name, home)| {
            home.station.firsts.set(firsts.clone()).ok();
            home.station.behind_glass(&body);
            home.station.change_roster([as_home(&body)]);
            let until = home.view().session.as_ref().unwrap().ends_at;
            let home = Some(home);
            Worker {
                name,
                home,
                online: true,
                facts: Vec::new(),
                wiped: 0,
                taken_away: false,
                until,
                own: HashSet::new(),
                called: None,
                declined: None,
                went: false,
                behind: TimeDelta::zero(),
                misled: false,
                slept: Vec::new(),
                seen: 0,
            }
        });
        let (dispatch, joined, answers, log) = (None, None, HashSet::new(), Mutex::default());
        let raised_at = body.raised_at;
        Self { workers, dispatch, closed: true, firsts, joined, answers, body, raised_at, seed, log }
    }

    pub(super) fn log(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }

    /// For messages.
    pub(super) fn story(&self) -> String {
        format!("seed {}:\n{}", self.seed, self.log.lock().unwrap().join("\n"))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.workers[0].home().world.true_time()
    }

    /// Whose home it is.
    pub(super) fn resident(&self) -> ResidentId {
        as_home(&self.body).0
    }

    pub(super) fn holder(&self) -> Option<WorkerId> {
        self.firsts.lock().unwrap().get(&self.dispatch?).copied()
    }

    /// The response centre calls the team out.
    pub(super) fn call_out(&mut self) {
        let home = self.workers[0].home();
        let (id, now) = (DispatchId::new(&*home.world), self.now());
        let accept_by = now + Duration::from_secs(300);
        let body = Dispatch { id, raised_at: now, accept_by, ..self.body.clone() };
        for worker in &self.workers {
            worker.home().station.dispatch(body.clone());
        }
        (self.dispatch, self.closed, self.joined, self.raised_at) = (Some(id), false, None, now);
        self.workers.iter_mut().for_each(|worker| worker.went = false);
    }

    /// The centre closes it, whoever has it.
    pub(super) fn close(&mut self) {
        let now = self.now();
        for worker in &self.workers {
            worker.home().station.tell(|d| (d.phase, d.closed_at) = (DispatchPhase::Closed, Some(now)));
        }
        self.closed = true;
    }

    /// The network gets time, and the station spreads what it has heard.
    pub(super) async fn settle(&mut self) {
        sleep(SETTLED).await;
        let mut over = false;
        for who in 0..self.workers.len() {
            for event in self.workers[who].new_events() {
                over |= self.hear(who, &event);
            }
        }
        self.spread();
        if over && !self.closed {
            self.close();
        }
        sleep(SETTLED).await;
    }

    /// Both are told who was first.
    fn spread(&self) {
        let Some(first) = self.holder().filter(|_| !self.closed) else { return };
        let name = self.workers.iter().find(|w| w.home().station.worker == first).unwrap().name;
        let now = self.now();
        for worker in &self.workers {
            let station = &worker.home().station;
            let mine = station.worker == first;
            let visit = if mine { self.joined } else { worker.called.map(|called| called.visit) };
            let known = |d: Dispatch| (d.phase == DispatchPhase::Accepted, d.mine, d.visit);
            if station.present().is_some_and(|d| known(d) != (true, mine, visit)) {
                station.tell(|d| {
                    (d.phase, d.mine, d.visit) = (DispatchPhase::Accepted, mine, visit);
                    d.accepted_by = Some(name.into());
                    d.accepted_at = d.accepted_at.or(Some(now));
                });
            }
        }
    }

    pub(super) fn come_back(&mut self, who: usize) {
        let worker = &mut self.workers[who];
        worker.online = true;
        worker.home().station.sky.set(Weather::Clear);
        worker.home().station.feel(Mood::Good);
    }

    /// Good weather for all; who has been signed out signs in.
    pub(super) async fn finish(&mut self) {
        for who in 0..self.workers.len() {
            self.come_back(who);
        }
        sleep(LONG).await;
        for who in 0..self.workers.len() {
            super::step::sign_in(self, who).await;
        }
        sleep(LONG).await;
        self.settle().await;
    }
}

fn as_home(body: &Dispatch) -> (ResidentId, Option<KeyHome>) {
    let details = body.details.clone().unwrap();
    let home = KeyHome { resident: details.resident, doors: details.doors, hub: details.hub };
    (home.resident.id, Some(home))
}
