//! What the station fails at, again and again, stands aside with all of its subject, so that the rest is not held up:
//! a visit must not wait for another one's odd event. Order is kept within each subject.

use std::time::Duration;

use terskel_model::{DispatchId, EventId, Uptime};

/// Whose order is kept: a dispatch's or a visit's events; the phone's own are one subject too.
pub(super) type Subject = Option<DispatchId>;

/// So often in a row the station fails at one event before its subject stands aside.
const TRIES: u32 = 5;
/// As long as the outbox would wait anyway: when it is the station that is ill, nothing is lost.
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(600);

/// The subjects that stand aside.
#[derive(Debug, Default)]
pub(super) struct Aside {
    subjects: Vec<Waiting>,
    /// The event that the station has failed at last, and how often in a row.
    last: Option<(EventId, u32)>,
}

#[derive(Debug)]
struct Waiting {
    subject: Subject,
    until: Uptime,
    span: Duration,
    /// Others came through since: the fault is with this subject, and not with the station.
    alone: bool,
}

impl Aside {
    /// The station failed at this event, sent alone. True: its subject stands aside from now on.
    pub(super) fn failed(&mut self, event: EventId, subject: Subject, now: Uptime) -> bool {
        if let Some(known) = self.subjects.iter_mut().find(|waiting| waiting.subject == subject) {
            if known.alone {
                known.span = (known.span * 2).min(LONGEST);
            }
            (known.until, known.alone) = (now + known.span, false);
            return true;
        }
        let tries = match self.last {
            Some((last, tries)) if last == event => tries + 1,
            _ => 1,
        };
        self.last = Some((event, tries));
        if tries < TRIES {
            return false;
        }
        self.subjects.push(Waiting { subject, until: now + FIRST, span: FIRST, alone: false });
        true
    }

    /// The station has answered for these.
    pub(super) fn answered(&mut self, subjects: impl Iterator<Item = Subject>) {
        self.last = None;
        let answered: Vec<_> = subjects.collect();
        self.subjects.retain(|waiting| !answered.contains(&waiting.subject));
        for waiting in &mut self.subjects {
            waiting.alone = true;
        }
    }

    /// What is not to be sent now.
    pub(super) fn subjects(&self, now: Uptime) -> Vec<Subject> {
        self.subjects.iter().filter(|waiting| now < waiting.until).map(|waiting| waiting.subject).collect()
    }

    /// How long until something that stands aside may be tried again.
    pub(super) fn wait(&self, now: Uptime) -> Option<Duration> {
        self.subjects.iter().filter(|waiting| now < waiting.until).map(|waiting| waiting.until - now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    const START: Uptime = Uptime(Duration::from_secs(1000));

    #[test]
    fn five_failures_in_a_row_set_a_subject_aside_for_longer_each_time() {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let (bad, good) = (EventId::new(&world), EventId::new(&world));
        let (odd, other) = (Some(DispatchId::new(&world)), None);
        let mut aside = Aside::default();
        assert!(!aside.failed(bad, odd, START) && !aside.failed(good, other, START));
        assert!((1..TRIES).all(|_| !aside.failed(bad, odd, START)));
        assert_eq!(aside.subjects(START), []);
        assert!(aside.failed(bad, odd, START));
        assert_eq!(aside.subjects(START), [odd]);
        assert_eq!(aside.wait(START), Some(FIRST));
        assert_eq!(aside.subjects(START + FIRST), []);
        // Nothing else came through: the station may be ill.
        assert!(aside.failed(bad, odd, START));
        assert_eq!(aside.wait(START), Some(FIRST));
        for _ in 0..9 {
            aside.answered([other].into_iter());
            assert!(aside.failed(bad, odd, START));
        }
        assert_eq!(aside.wait(START), Some(LONGEST));
        aside.answered([odd].into_iter());
        assert_eq!((aside.subjects(START), aside.wait(START)), (vec![], None));
        assert!(!aside.failed(bad, odd, START), "it begins anew");
    }
}
