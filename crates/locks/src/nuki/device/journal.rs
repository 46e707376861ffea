//! The lock's log (8.12).

use std::collections::VecDeque;

use crate::nuki::message::{DateTime, LoggedEntry, RequestLog};

/// How many entries are kept.
const KEPT: usize = 1200;

/// Entries, oldest first.
pub(super) struct Journal {
    pub(super) enabled: bool,
    entries: VecDeque<LoggedEntry>,
    next: u32,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { enabled: true, entries: VecDeque::new(), next: 1 }
    }

    pub(super) fn write(&mut self, time: DateTime, authorization: u32, name: &str, kind: u8, data: &[u8]) {
        if !self.enabled {
            return;
        }
        let (index, name) = (self.next, name.to_owned());
        self.next = self.next.saturating_add(1);
        self.entries.push_back(LoggedEntry { index, time, authorization, name, kind, data: data.to_vec() });
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// How many there are beyond the start, and those of them that are asked for.
    pub(super) fn read(&self, asked: RequestLog) -> (u16, Vec<LoggedEntry>) {
        let mut beyond: Vec<_> = self.entries.iter().cloned().collect();
        if asked.newest_first {
            beyond.reverse();
        }
        beyond.retain(|entry| match asked.newest_first {
            _ if asked.start == 0 => true,
            true => entry.index < asked.start,
            false => entry.index > asked.start,
        });
        let total = u16::try_from(beyond.len()).unwrap_or(u16::MAX);
        beyond.truncate(asked.count.into());
        (total, beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(journal: &Journal, start: u32, count: u16, newest_first: bool) -> (u16, Vec<u32>) {
        let (total, entries) = journal.read(RequestLog { start, count, newest_first, total: true });
        (total, entries.iter().map(|entry| entry.index).collect())
    }

    #[test]
    fn entries_strictly_beyond_the_start_in_either_order() {
        let mut journal = Journal::new();
        (0..5).for_each(|_| journal.write(DateTime::NONE, 1, "Ada", 2, &[1, 0, 0, 0]));
        assert_eq!(indexes(&journal, 0, 2, false), (5, vec![1, 2]));
        assert_eq!(indexes(&journal, 2, 9, false), (3, vec![3, 4, 5]));
        assert_eq!(indexes(&journal, 0, 2, true), (5, vec![5, 4]));
        assert_eq!(indexes(&journal, 4, 9, true), (3, vec![3, 2, 1]));
        journal.enabled = false;
        journal.write(DateTime::NONE, 1, "Ada", 2, &[]);
        assert_eq!(indexes(&journal, 5, 9, false), (0, vec![]));
    }

    #[test]
    fn the_oldest_go_and_their_indexes_are_not_used_again() {
        let mut journal = Journal::new();
        (0..1300).for_each(|_| journal.write(DateTime::NONE, 1, "Ada", 2, &[]));
        assert_eq!(indexes(&journal, 0, 1, false), (1200, vec![101]));
        assert_eq!(indexes(&journal, 0, 1, true), (1200, vec![1300]));
    }
}
