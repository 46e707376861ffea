//! Bringing the lock's own log home (8.12).

use super::LockSession;
use crate::lock::{LockEvent, LogEntry};
use crate::nuki::frame::Message;
use crate::nuki::message::{LoggedEntry, RequestLog};

/// Entries per request: an operation that is asked meanwhile waits for them.
const PAGE: u16 = 20;
/// The most that is brought home ([`crate::lock::LockCommand::ReadLog`]).
const MOST: usize = 50;

/// A log that is being read, newest first.
pub(super) struct Reading {
    /// The last index that is known.
    after: u32,
    /// The last index that came; 0: none has.
    at: u32,
    /// Of the page that is being read.
    came: u16,
    /// What is known has been reached.
    reached: bool,
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
            self.log =
                wanted.map(|after| Reading { after, at: 0, came: 0, reached: false, entries: Vec::new() });
        }
        self.log.is_some()
    }

    pub(super) fn log_request(&mut self) -> Message {
        let start = self.log.as_mut().map_or(0, |reading| {
            reading.came = 0;
            reading.at
        });
        RequestLog { start, count: PAGE, newest_first: true, total: false }.encode()
    }

    /// One that is not older than all that came is none of the answer.
    pub(super) fn take_log_entry(&mut self, entry: &LoggedEntry) {
        let own = self.credential.authorization_id;
        let Some(reading) = &mut self.log else { return };
        if reading.at != 0 && entry.index >= reading.at {
            return;
        }
        reading.at = entry.index;
        reading.came += 1;
        reading.reached |= entry.index <= reading.after;
        if !reading.reached && reading.entries.len() < MOST {
            reading.entries.push(entry.tell(own));
        }
    }

    pub(super) fn log_page_done(&mut self) {
        let goes_on =
            |reading: &Reading| reading.came >= PAGE && !reading.reached && reading.entries.len() < MOST;
        if !self.log.as_ref().is_some_and(goes_on)
            && let Some(mut reading) = self.log.take()
        {
            reading.entries.reverse();
            self.events.push_back(LockEvent::Log(reading.entries));
        }
    }

    /// Half a log is none: whoever counts on what came would never ask for the older half.
    pub(super) fn log_refused(&mut self) {
        if self.log.take().is_some() {
            self.events.push_back(LockEvent::Log(Vec::new()));
        }
    }

    /// Answers every question for a log that is open.
    pub(super) fn end_logs(&mut self) {
        self.log_refused();
        let unread = self.logs_wanted.drain(..).map(|_| LockEvent::Log(Vec::new()));
        self.events.extend(unread);
    }
}
