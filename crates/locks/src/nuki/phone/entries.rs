//! The lock's list of authorizations is brought to what the errands say (8.9). Listed first, so that what was done before,
//! or was interrupted, is not done twice.

use std::collections::VecDeque;

use super::LockSession;
use super::next::What;
use super::session::Stage;
use crate::lock::{KeptEntry, LockEvent};
use crate::nuki::crypto::SharedKey;
use crate::nuki::errand::{Errand, Wanted};
use crate::nuki::frame::Message;
use crate::nuki::message::{Entry, Invite, Invited, RemoveEntry, RequestEntries, UpdateEntry, id};

/// More than any lock keeps.
const ALL: u16 = 500;

/// Entries that are being seen to.
pub(super) struct Keeping {
    /// All there are, once the lock has told them.
    listed: bool,
    entries: Vec<Entry>,
    errands: VecDeque<Errand>,
    kept: Vec<KeptEntry>,
}

impl LockSession {
    /// With what is to be done besides opening.
    #[must_use]
    pub fn with_errands(mut self, errands: Vec<Errand>) -> Self {
        self.errands = errands;
        self
    }

    /// Without PIN, nothing (7.3).
    pub(super) fn keep_entries(&mut self) {
        let able = self.credential.pin.is_some() && self.stage != Stage::Over && self.keeping.is_none();
        if !able || self.errands.is_empty() {
            self.events.push_back(LockEvent::Entries(Vec::new()));
            return;
        }
        let errands = self.errands.iter().cloned().collect();
        self.keeping = Some(Keeping { listed: false, entries: Vec::new(), errands, kept: Vec::new() });
    }

    /// The command that is next; what needs none is done on the way.
    pub(super) fn next_entry(&mut self) -> Option<What> {
        let keeping = self.keeping.as_mut()?;
        if !keeping.listed {
            keeping.entries.clear();
            return Some(What::Entries(id::REQUEST_ENTRIES));
        }
        while let Some(errand) = keeping.errands.front() {
            let entry = keeping.entries.iter().find(|entry| entry.name == errand.name);
            let command = match (&errand.wanted, entry) {
                (None, None) => None,
                (None, Some(_)) => Some(id::REMOVE_ENTRY),
                (Some(_), None) => Some(id::INVITE),
                (Some(wanted), Some(entry)) => (!is_as(entry, wanted)).then_some(id::UPDATE_ENTRY),
            };
            if let Some(command) = command {
                return Some(What::Entries(command));
            }
            let known = entry.map(|entry| entry.id);
            keeping.done(known);
        }
        self.end_entries();
        None
    }

    pub(super) fn entry_request(&self) -> Message {
        let list = RequestEntries { offset: 0, count: ALL, kind: None }.encode();
        let Some(keeping) = self.keeping.as_ref().filter(|keeping| keeping.listed) else { return list };
        let Some(errand) = keeping.errands.front() else { return list };
        let entry = keeping.entries.iter().find(|entry| entry.name == errand.name);
        match (&errand.wanted, entry) {
            (None, entry) => RemoveEntry(entry.map_or(0, |entry| entry.id)).encode(),
            (Some(wanted), Some(entry)) => UpdateEntry {
                id: entry.id,
                name: errand.name.clone(),
                enabled: true,
                remote: false,
                limits: Some(wanted.limits()),
            }
            .encode(),
            (Some(wanted), None) => Invite {
                name: errand.name.clone(),
                kind: 0,
                key: SharedKey::new(&wanted.shared_key),
                remote: false,
                limits: Some(wanted.limits()),
            }
            .encode(),
        }
    }

    pub(super) fn take_entry(&mut self, body: &[u8]) {
        if let Some(keeping) = self.keeping.as_mut().filter(|keeping| keeping.entries.len() < ALL.into()) {
            keeping.entries.extend(Entry::decode(body));
        }
    }

    /// The lock has let somebody in.
    pub(super) fn entry_invited(&mut self, body: &[u8]) {
        match (Invited::decode(body), self.keeping.as_mut()) {
            (Some(invited), Some(keeping)) => keeping.done(Some(invited.id)),
            _ => self.end_entries(),
        }
    }

    /// The list is complete, or an entry is as it should be.
    pub(super) fn entry_completed(&mut self) {
        let Some(keeping) = &mut self.keeping else { return };
        if !std::mem::replace(&mut keeping.listed, true) {
            return;
        }
        let Some(errand) = keeping.errands.front() else { return };
        let entry = keeping.entries.iter().find(|entry| entry.name == errand.name);
        let known = entry.filter(|_| errand.wanted.is_some()).map(|entry| entry.id);
        keeping.done(known);
    }

    /// Tells what is done so far, and leaves the rest for another visit.
    pub(super) fn end_entries(&mut self) {
        if let Some(keeping) = self.keeping.take() {
            self.events.push_back(LockEvent::Entries(keeping.kept));
        }
    }
}

impl Keeping {
    fn done(&mut self, known: Option<u32>) {
        if let Some(errand) = self.errands.pop_front() {
            let until = errand.wanted.map(|wanted| wanted.until);
            self.kept.push(KeptEntry { name: errand.name, id: known, until });
        }
    }
}

fn is_as(entry: &Entry, wanted: &Wanted) -> bool {
    entry.enabled && !entry.remote && entry.limits == Some(wanted.limits())
}
