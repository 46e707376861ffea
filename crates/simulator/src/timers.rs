//! A queue of things that are due later. What is due at the same instant comes out in the order it was put in.

use std::collections::BTreeMap;

use terskel_model::Uptime;

/// Deadlines with what to do then.
#[derive(Debug)]
pub(crate) struct Timers<T> {
    due: BTreeMap<(Uptime, u64), T>,
    count: u64,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Self { due: BTreeMap::new(), count: 0 }
    }
}

impl<T> Timers<T> {
    /// Remembers `what` until `at`.
    pub(crate) fn push(&mut self, at: Uptime, what: T) {
        self.count += 1;
        self.due.insert((at, self.count), what);
    }

    /// The first deadline.
    pub(crate) fn next(&self) -> Option<Uptime> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes out the earliest that is due at `now`, with the instant it was due.
    pub(crate) fn pop(&mut self, now: Uptime) -> Option<(Uptime, T)> {
        let first = self.due.first_entry()?;
        let at = first.key().0;
        (at <= now).then(|| (at, first.remove()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn earliest_first_and_equals_in_order() {
        let at = |ms| Uptime(Duration::from_millis(ms));
        let mut timers = Timers::default();
        timers.push(at(20), "third");
        timers.push(at(10), "first");
        timers.push(at(10), "second");
        assert_eq!(timers.next(), Some(at(10)));
        assert_eq!(timers.pop(at(9)), None);
        assert_eq!(timers.pop(at(15)), Some((at(10), "first")));
        assert_eq!(timers.pop(at(15)), Some((at(10), "second")));
        assert_eq!(timers.pop(at(15)), None);
        assert_eq!(timers.pop(at(20)), Some((at(20), "third")));
    }
}
