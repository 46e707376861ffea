//! Going where nobody was dispatched, and starting the phone anew.

use chrono::TimeDelta;
use terskel_model::Clock as _;
use tokio::time::Instant;

use super::step::intend;
use super::street::{Street, Worker};
use crate::interface::Intent;

/// The time is written down once a minute while the app runs.
const KEPT_EVERY: TimeDelta = TimeDelta::seconds(66);

pub(super) async fn visit_home(street: &mut Street, who: usize, called: bool) {
    let resident = street.resident();
    if intend(street, who, Intent::VisitHome { resident, called }).await.is_ok() {
        begun(&mut street.workers[who]);
    }
}

/// Ends where the worker was going by themselves.
pub(super) async fn emergency(street: &mut Street, who: usize) {
    let before = street.workers[who].view().visit.is_some();
    let intent = Intent::BreakGlass {
        resident_number: "R-84".into(),
        reason: "danger".into(),
        text: "Smoke under the door".into(),
    };
    if intend(street, who, intent).await.is_ok() {
        let worker = &mut street.workers[who];
        if before {
            worker.facts.push("visit_closed".into());
        }
        begun(worker);
    }
}

fn begun(worker: &mut Worker) {
    worker.facts.push("visit_begun".into());
    let visit = worker.view().visit.as_ref().map(|visit| visit.id);
    worker.own.extend(visit);
}

impl Worker {
    /// Everything sleeps for so long.
    pub(super) fn sleeps(&mut self, span: TimeDelta) {
        self.slept.push((Instant::now(), span));
    }

    /// A new uptime, and another start: without network nobody knows how long it was off, or slept since the time was kept.
    pub(super) async fn reboot(&mut self) {
        let recent = |since: &Instant| since.elapsed() < KEPT_EVERY.to_std().unwrap();
        self.slept.retain(|(since, _)| recent(since));
        let slept: TimeDelta = self.slept.iter().map(|(_, span)| *span).sum();
        self.behind += KEPT_EVERY + slept;
        let home = self.home.take().unwrap();
        self.home = Some(home.rebooted().await);
    }

    /// What the phone's clock is worth, after each step.
    pub(super) fn look_at_clock(&mut self) {
        if self.view().status.clock == "station" {
            self.behind = TimeDelta::zero();
        } else if self.home().world.now() >= self.until {
            self.misled = true;
        }
    }
}
