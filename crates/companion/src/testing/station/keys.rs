//! Digital keys: of a dispatch, by permission, and taken away.

use terskel_api::continuity::{Contact, Continuity};
use terskel_api::dispatch::{Dispatch, IssuedKey};
use terskel_api::key::{KeyBundle, KeyHome, ShiftKey};
use terskel_api::withdrawal::Withdrawal;
use terskel_keys::digital_key::{self, Claims};
use terskel_locks::nuki::errand::{self, Errand};
use terskel_model::continuity::ContactRole;
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{LockFamily, Operation};
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{KeyId, WithdrawalId};

use super::{FakeStation, Flaw};

impl FakeStation {
    /// Keys for Nukis carry these errands from now on.
    pub(crate) fn send_with(&self, errands: Vec<Errand>) {
        self.state().errands = errands;
    }

    /// Keys that are issued on these grounds have this flaw from now on.
    pub(crate) fn spoil(&self, basis: KeyBasis, flaw: Flaw) {
        self.state().flaws.push((basis, flaw));
    }

    fn flaw(&self, basis: &KeyBasis) -> Option<Flaw> {
        self.state().flaws.iter().find(|(of, _)| of == basis).map(|(_, flaw)| flaw.clone())
    }

    fn with_errands(&self, family: &LockFamily, secret: &[u8]) -> Vec<u8> {
        let errands = self.state().errands.clone();
        if family.as_str() != "nuki" || errands.is_empty() {
            return secret.to_vec();
        }
        let (credential, _) = errand::read(secret).unwrap();
        errand::with_errands(&credential, &errands).to_vec()
    }

    /// A lead lets the worker into the home of this dispatch, `once` or as long as the shift lasts.
    pub(crate) fn permit(&self, of: &Dispatch, once: bool) {
        self.prepare(of, once);
        self.say("event: keys\ndata: {}\n\n");
    }

    /// The worker has keys of the shift, by permission or by an emergency.
    pub(crate) fn permits(&self) -> bool {
        self.state().permitted.is_some()
    }

    /// In an emergency the home of this dispatch is opened.
    pub(crate) fn behind_glass(&self, of: &Dispatch) {
        self.state().glass = Some(of.clone());
    }

    /// As [`Self::permit`], and nobody is told.
    pub(crate) fn prepare(&self, of: &Dispatch, once: bool) {
        let details = of.details.clone().unwrap();
        let keys = self.keys(of, KeyBasis::Shift);
        let mut state = self.state();
        state.shift_keys = keys
            .into_iter()
            .map(|IssuedKey { id, lock, door, key }| ShiftKey {
                id,
                lock,
                door,
                permission: None,
                dispatch: None,
                break_glass: None,
                once,
                key,
            })
            .collect();
        state.permitted =
            Some(KeyHome { resident: details.resident, doors: details.doors, hub: details.hub });
    }

    pub(super) fn bundle(&self) -> KeyBundle {
        let state = self.state();
        let keys = state.shift_keys.clone();
        let plan = format!("Ring {}", keys.len());
        let contact = Contact {
            role: ContactRole::ResponseCentre,
            name: "Responssenteret".into(),
            phone_number: "555 00 110".into(),
        };
        KeyBundle {
            version: format!("{:?}", keys.iter().map(|key| key.id).collect::<Vec<_>>()),
            continuity: Continuity { plan, contacts: vec![contact] },
            homes: state.permitted.iter().cloned().collect(),
            keys,
            without: Vec::new(),
        }
    }

    /// A lead takes away the permission, or, with `everything`, the shift. Whoever listens is told.
    pub(crate) fn take_away(&self, reason: WithdrawalReason, everything: bool) -> WithdrawalId {
        let id = WithdrawalId::new(&*self.world);
        let mut state = self.state();
        state.permitted = None;
        let keys = std::mem::take(&mut state.shift_keys).into_iter().map(|key| key.id).collect();
        let order = Withdrawal { id, reason, everything, keys };
        if everything {
            state.taken_away = Some(order.clone());
            state.tokens = None;
        }
        drop(state);
        self.say(&format!("event: withdrawal\ndata: {}\n\n", serde_json::to_string(&order).unwrap()));
        id
    }

    pub(super) fn keys(&self, dispatch: &Dispatch, basis: KeyBasis) -> Vec<IssuedKey> {
        let doors = dispatch.details.iter().flat_map(|d| &d.doors);
        let public = self.state().public.clone().unwrap();
        let flaw = self.flaw(&basis);
        let lifetime = if basis == KeyBasis::Shift { self.shift_key_lifetime } else { self.key_lifetime };
        let first = dispatch.details.iter().flat_map(|d| &d.doors).find_map(|door| door.lock.as_ref());
        doors
            .filter_map(|door| Some((door, door.lock.as_ref()?)))
            .map(|(door, lock)| {
                let now = self.world.true_time();
                let claims = Claims {
                    id: KeyId::new(&*self.world),
                    issuer: "station".into(),
                    worker: self.worker,
                    phone: self.phone,
                    lock: lock.id,
                    door: door.id,
                    family: lock.family.clone(),
                    dispatch: (basis == KeyBasis::Dispatch).then_some(dispatch.id),
                    basis: basis.clone(),
                    permission: None,
                    operations: match &flaw {
                        Some(Flaw::Only(operation)) => vec![operation.clone()],
                        _ => vec![Operation::Open, Operation::Lock],
                    },
                    not_before: now,
                    expires: now + lifetime,
                    issued_at: now,
                };
                let secret = &self.credentials.iter().find(|(id, _)| *id == lock.id).unwrap().1;
                let secret = match &flaw {
                    Some(Flaw::Foreign(other)) if first.is_some_and(|first| first.id == lock.id) => other,
                    _ => secret,
                };
                let secret = self.with_errands(&lock.family, secret);
                let key =
                    digital_key::issue(&self.authority(), &claims, &public, &secret, &*self.world).unwrap();
                IssuedKey { id: claims.id, lock: lock.id, door: door.id, key: terskel_api::Bytes(key) }
            })
            .collect()
    }
}
