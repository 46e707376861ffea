//! From what doors and hub tell to who was inside, from when until when.

use terskel_api::team::Stay;
use terskel_model::{DispatchId, Timestamp, WorkerId};

/// What shows that somebody went in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Opened,
    CheckedIn,
    CheckedOut,
    Locked,
}

/// One trace of somebody at a home.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) at: Timestamp,
    pub(super) worker: WorkerId,
    pub(super) worker_name: String,
    pub(super) dispatch: Option<DispatchId>,
}

/// `steps` in the order in which they happened. A person who goes in again after having left begins another stay; what
/// is told twice counts the first time, the way out the last time.
pub(super) fn stays(steps: Vec<Step>) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    for step in steps {
        let last = stays.iter_mut().rev().find(|s| s.worker == step.worker && s.dispatch == step.dispatch);
        match last.filter(|stay| goes_on(stay, step.what)) {
            Some(stay) => take(stay, &step),
            None => {
                let mut stay = Stay {
                    worker: step.worker,
                    worker_name: step.worker_name.clone(),
                    dispatch: step.dispatch,
                    opened_at: None,
                    checked_in_at: None,
                    checked_out_at: None,
                    locked_at: None,
                };
                take(&mut stay, &step);
                stays.push(stay);
            }
        }
    }
    stays
}

/// Whether the step belongs to the stay: nobody is inside any more after check-out or lock, but the way out has both,
/// in any order.
fn goes_on(stay: &Stay, what: What) -> bool {
    match what {
        What::Opened | What::CheckedIn => stay.ends_at().is_none(),
        What::CheckedOut | What::Locked => true,
    }
}

fn take(stay: &mut Stay, step: &Step) {
    let at = Some(step.at);
    match step.what {
        What::Opened => stay.opened_at = stay.opened_at.or(at),
        What::CheckedIn => stay.checked_in_at = stay.checked_in_at.or(at),
        What::CheckedOut => stay.checked_out_at = at,
        What::Locked => stay.locked_at = at,
    }
}

#[cfg(test)]
mod tests {
    use terskel_model::world::ManualWorld;

    use super::*;

    fn told(steps: &[(u8, What, i64)]) -> Vec<Stay> {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let people = [WorkerId::new(&world), WorkerId::new(&world)];
        let step = |(who, what, minute): &(u8, What, i64)| Step {
            what: *what,
            at: at(*minute),
            worker: people[usize::from(*who)],
            worker_name: ["Ada", "Bo"][usize::from(*who)].into(),
            dispatch: None,
        };
        stays(steps.iter().map(step).collect())
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_timestamp(minute * 60, 0).unwrap()
    }

    fn spans(stays: &[Stay]) -> Vec<(&str, Option<i64>, Option<i64>)> {
        let minute = |at: Option<Timestamp>| at.map(|at| at.timestamp() / 60);
        stays.iter().map(|s| (s.worker_name.as_str(), minute(s.begins_at()), minute(s.ends_at()))).collect()
    }

    #[test]
    fn a_visit_lasts_from_the_door_to_the_lock() {
        let ada = told(&[
            (0, What::Opened, 1),
            (0, What::CheckedIn, 2),
            (0, What::CheckedOut, 30),
            (0, What::Locked, 31),
        ]);
        assert_eq!(spans(&ada), [("Ada", Some(1), Some(31))]);
        assert_eq!((ada[0].checked_in_at, ada[0].checked_out_at), (Some(at(2)), Some(at(30))));
    }

    #[test]
    fn two_who_are_inside_at_the_same_time_are_told_apart() {
        let both = told(&[
            (0, What::Opened, 1),
            (1, What::Opened, 2),
            (0, What::Locked, 10),
            (1, What::CheckedOut, 20),
        ]);
        assert_eq!(spans(&both), [("Ada", Some(1), Some(10)), ("Bo", Some(2), Some(20))]);
    }

    #[test]
    fn who_comes_back_begins_another_stay() {
        let again = told(&[
            (0, What::Opened, 1),
            (0, What::Locked, 10),
            (0, What::Opened, 60),
            (0, What::Opened, 61),
        ]);
        assert_eq!(spans(&again), [("Ada", Some(1), Some(10)), ("Ada", Some(60), None)]);
    }

    #[test]
    fn a_way_out_without_a_way_in_is_a_trace_as_well() {
        assert_eq!(spans(&told(&[(1, What::Locked, 5)])), [("Bo", None, Some(5))]);
    }
}
