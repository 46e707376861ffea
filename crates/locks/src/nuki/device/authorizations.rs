//! Who may come in, and who manages them (8.9).

use terskel_model::Uptime;

use super::{Known, SimulatedLock};
use crate::device::DeviceTime;
use crate::nuki::crypto::SharedKey;
use crate::nuki::message::{
    DateTime, Entry, Invite, Invited, Limits, RemoveEntry, RequestEntries, Status, UpdateEntry, code, count,
};

/// Types of authorizations that a phone may make: app, bridge, fob, keypad.
pub(super) const LAST_KIND: u8 = 3;

/// One of them.
pub(super) struct Authorization {
    pub(super) id: u32,
    pub(super) key: SharedKey,
    pub(super) kind: u8,
    pub(super) app_id: u32,
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) remote: bool,
    pub(super) created: DateTime,
    pub(super) last_active: DateTime,
    pub(super) lock_count: u16,
    pub(super) limits: Option<Limits>,
    /// The outstanding challenge, and since when.
    pub(super) challenge: Option<([u8; 32], Uptime)>,
}

impl Authorization {
    pub(super) fn new(id: u32, key: SharedKey, name: String, created: DateTime) -> Self {
        Self {
            id,
            key,
            kind: 0,
            app_id: 0,
            name,
            enabled: true,
            remote: true,
            created,
            last_active: DateTime::NONE,
            lock_count: 0,
            limits: None,
            challenge: None,
        }
    }

    fn entry(&self) -> Entry {
        Entry {
            id: self.id,
            kind: self.kind,
            name: self.name.clone(),
            enabled: self.enabled,
            remote: self.remote,
            created: self.created,
            last_active: self.last_active,
            lock_count: self.lock_count,
            limits: self.limits,
        }
    }
}

impl From<Known> for Authorization {
    fn from(known: Known) -> Self {
        let Known { credential, name } = known;
        let key = SharedKey::new(&credential.shared_key);
        let new = Self::new(credential.authorization_id, key, name, DateTime::NONE);
        Self { app_id: credential.app_id, ..new }
    }
}

impl SimulatedLock {
    /// The ids of those who may come in, in the order they were let in.
    pub fn authorization_ids(&self) -> impl Iterator<Item = u32> {
        self.authorizations.iter().map(|known| known.id)
    }

    pub(super) fn authorization(&self, id: u32) -> Option<&Authorization> {
        self.authorizations.iter().find(|known| known.id == id)
    }

    pub(super) fn authorization_mut(&mut self, id: u32) -> Option<&mut Authorization> {
        self.authorizations.iter_mut().find(|known| known.id == id)
    }

    pub(super) fn name_of(&self, id: u32) -> String {
        self.authorization(id).map(|known| known.name.clone()).unwrap_or_default()
    }

    /// One of which all bytes differ, so that a mistaken byte order shows (13 rule 3).
    pub(super) fn free_id(&self) -> u32 {
        let first = self.config.first_id;
        let differ = |id: &u32| {
            let mut bytes = id.to_le_bytes();
            bytes.sort_unstable();
            *id == first || bytes.windows(2).all(|pair| pair[0] != pair[1])
        };
        (first..).filter(differ).find(|id| self.authorization(*id).is_none()).unwrap_or(first)
    }

    /// Takes somebody in, in place of whoever had the same App-ID; 0 is nobody's (6.1).
    pub(super) fn admit(&mut self, new: Authorization) {
        self.authorizations.retain(|known| new.app_id == 0 || known.app_id != new.app_id);
        self.authorizations.push(new);
    }

    pub(super) fn has_room_for(&self, app_id: u32) -> bool {
        let replaces = app_id != 0 && self.authorizations.iter().any(|known| known.app_id == app_id);
        replaces || self.authorizations.len() < self.config.room
    }

    pub(super) fn invite(&mut self, from: u32, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let invite = Invite::decode(body).ok_or(code::BAD_LENGTH)?;
        if invite.kind > LAST_KIND {
            return Err(code::BAD_PARAMETER);
        }
        if !self.has_room_for(0) {
            return Err(code::TOO_MANY_ENTRIES);
        }
        let (id, created) = (self.free_id(), self.told_time(now));
        self.admit(Authorization {
            kind: invite.kind,
            remote: invite.remote,
            limits: invite.limits,
            ..Authorization::new(id, invite.key, invite.name, created)
        });
        self.reply(from, &Invited { id, created }.encode(), now);
        Ok(())
    }

    pub(super) fn update_entry(&mut self, body: &[u8]) -> Result<(), u8> {
        let new = UpdateEntry::decode(body).ok_or(code::BAD_LENGTH)?;
        let known = self.authorization_mut(new.id).ok_or(code::INVALID_AUTH_ID)?;
        known.name = new.name;
        known.enabled = new.enabled;
        known.remote = new.remote;
        known.limits = new.limits;
        Ok(())
    }

    /// Answers first: whoever removes their own entry has no key to be answered with afterwards.
    pub(super) fn remove_entry(&mut self, from: u32, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let RemoveEntry(id) = RemoveEntry::decode(body).ok_or(code::BAD_LENGTH)?;
        self.authorization(id).ok_or(code::INVALID_AUTH_ID)?;
        self.reply(from, &Status::COMPLETE.encode(), now);
        self.authorizations.retain(|known| known.id != id);
        Ok(())
    }

    /// The requester's own comes first.
    pub(super) fn tell_entries(&mut self, to: u32, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let asked = RequestEntries::decode(body).ok_or(code::BAD_LENGTH)?;
        let wanted = |known: &&Authorization| asked.kind.is_none_or(|kind| known.kind == kind);
        let (own, others): (Vec<_>, Vec<_>) =
            self.authorizations.iter().filter(wanted).partition(|known| known.id == to);
        let all: Vec<_> = own.into_iter().chain(others).map(Authorization::entry).collect();
        self.reply(to, &count(u16::try_from(all.len()).unwrap_or(u16::MAX)), now);
        let page = all.iter().skip(asked.offset.into()).take(asked.count.into());
        page.for_each(|entry| self.reply(to, &entry.encode(), now));
        Ok(())
    }
}
