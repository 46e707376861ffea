//! Bringing the lock's own log home (8.12).

use super::LockSession;
use crate::lock::{LockEvent, LogEntry};
use crate::nuki::frame::Message;
use crate::nuki::message::{LoggedEntry, RequestLog};

/// Entries per request: an operation that is asked meanwhile waits for them.
const PAGE: u16 = 20;
/// More than any lock keeps: what a peer can make us collect is bounded.
const MOST: usize = 5000;

/// A log that is being read.
pub(super) struct Reading {
    /// The last index that is known.
    after: u32,
    /// Of the page that is being read.
    came: u16,
    entries: Vec<LogEntry>,
}

impl LockSession {
    /// Without PIN, nothing (7.3).
    pub(super) fn read_log(&mut self, after: u32) {
        if self.credential.pin.is_some() && self.stage != super::session::Stage::Over {
            self.logs_wanted.push_back(after);
        } else {
            self.events.push_back(LockEvent::Log(Vec::new()));
        }
    }

    /// Is there one to be read?
    pub(super) fn next_log(&mut self) -> bool {
        if self.log.is_none() {
            let wanted = self.logs_wanted.pop_front();
            self.log = wanted.map(|after| Reading { after, came: 0, entries: Vec::new() });
        }
        self.log.is_some()
    }

    pub(super) fn log_request(&mut self) -> Message {
        let start = self.log.as_mut().map_or(0, |reading| {
            reading.came = 0;
            reading.after
        });
        RequestLog { start, count: PAGE, newest_first: false, total: false }.encode()
    }

    /// One that does not come after all before is not new.
    pub(super) fn take_log_entry(&mut self, entry: &LoggedEntry) {
        if let Some(reading) = &mut self.log
            && entry.index > reading.after
            && reading.entries.len() < MOST
        {
            reading.after = entry.index;
            reading.came += 1;
            reading.entries.push(entry.tell());
        }
    }

    pub(super) fn log_page_done(&mut self) {
        let goes_on = |reading: &Reading| reading.came >= PAGE && reading.entries.len() < MOST;
        if !self.log.as_ref().is_some_and(goes_on) {
            self.tell_log();
        }
    }

    /// What has come so far is true all the same.
    pub(super) fn log_refused(&mut self) {
        self.tell_log();
    }

    fn tell_log(&mut self) {
        if let Some(reading) = self.log.take() {
            self.events.push_back(LockEvent::Log(reading.entries));
        }
    }

    /// Answers every question for a log that is open.
    pub(super) fn end_logs(&mut self) {
        self.tell_log();
        let unread = self.logs_wanted.drain(..).map(|_| LockEvent::Log(Vec::new()));
        self.events.extend(unread);
    }
}
