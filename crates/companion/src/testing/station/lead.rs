//! What a lead asks of the station of a few lines.

use terskel_api::permission::{GivenPermission, HomeAccess, NewPermission};
use terskel_api::team::{OwnTeam, TeamPhone, TeamPhones, TeamWorker};
use terskel_api::withdrawal::{PhoneWithdrawal, TakenAway, Withdrawals};
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PermissionId, ResidentId, WithdrawalId};

use super::*;
use crate::station_client::LeadStation;

/// The team's people and phones, and what its lead has decided.
#[derive(Default)]
pub(super) struct Led {
    homes: Vec<ResidentId>,
    people: Vec<TeamWorker>,
    phones: Vec<TeamPhone>,
    given: Vec<NewPermission>,
    orders: Vec<PhoneWithdrawal>,
    reads: usize,
}

impl FakeStation {
    pub(crate) fn add_home(&self, resident: ResidentId) {
        self.state().led.homes.push(resident);
    }

    pub(crate) fn add_person(&self, person: TeamWorker) {
        self.state().led.people.push(person);
    }

    pub(crate) fn add_phone(&self, phone: TeamPhone) {
        self.state().led.phones.push(phone);
    }

    /// The permissions that stand.
    pub(crate) fn given(&self) -> Vec<NewPermission> {
        self.state().led.given.clone()
    }

    /// How often somebody has looked.
    pub(crate) fn reads(&self) -> usize {
        self.state().led.reads
    }

    /// Every phone does as it was told.
    pub(crate) fn phones_confirm(&self) {
        let now = self.world.true_time();
        for order in &mut self.state().led.orders {
            order.confirmed_at = Some(now);
        }
    }

    /// Done, whether the phone hears of it or not.
    fn done<T>(&self, answer: T) -> Result<T, StationError> {
        if self.state().mood == Mood::AnswersLost { Err(StationError::NoNetwork) } else { Ok(answer) }
    }

    fn as_lead<'a, T: Send + 'a>(
        &'a self,
        credential: &'a Credential,
        answer: impl FnOnce() -> Result<T, StationError> + Send + 'a,
    ) -> Answer<'a, T> {
        async move {
            self.check(credential)?;
            answer()
        }
        .boxed()
    }

    /// An order to a phone, once.
    fn order(&self, phone: &TeamPhone, reason: WithdrawalReason) -> Vec<PhoneWithdrawal> {
        let (id, now) = (WithdrawalId::new(&*self.world), self.world.true_time());
        let orders = &mut self.state().led.orders;
        if orders.iter().all(|order| order.phone != phone.phone || order.reason != reason) {
            orders.push(PhoneWithdrawal {
                id,
                reason: reason.clone(),
                phone: phone.phone,
                phone_name: phone.name.clone(),
                worker: phone.worker,
                worker_name: phone.worker_name.clone(),
                ordered_at: now,
                keys: 1,
                keys_until: Some(now + self.key_lifetime),
                confirmable: true,
                confirmed_at: None,
            });
        }
        orders.iter().filter(|order| order.phone == phone.phone && order.reason == reason).cloned().collect()
    }

    fn seen(&self, new: NewPermission) -> GivenPermission {
        GivenPermission {
            id: new.id,
            who: new.who,
            who_name: "Bo".into(),
            what: new.what,
            what_name: "Kari Nordmann".into(),
            when: new.when,
            condition: new.condition,
            operations: new.operations,
            note: new.note,
            given_at: self.world.true_time(),
            given_by: "Ada".into(),
            taken_away_at: None,
            taken_away_by: None,
        }
    }
}

impl LeadStation for Way {
    fn team<'a>(&'a self, credential: &'a Credential) -> Answer<'a, OwnTeam> {
        self.0.as_lead(credential, || {
            let workers = self.0.state().led.people.clone();
            Ok(OwnTeam {
                team: TeamId::new(&*self.0.world),
                name: String::new(),
                workers,
                organisations: vec![],
            })
        })
    }

    fn team_phones<'a>(&'a self, credential: &'a Credential) -> Answer<'a, TeamPhones> {
        self.0.as_lead(credential, || Ok(TeamPhones { phones: self.0.state().led.phones.clone() }))
    }

    fn home_access<'a>(&'a self, credential: &'a Credential, resident: ResidentId) -> Answer<'a, HomeAccess> {
        self.0.as_lead(credential, move || {
            self.0.state().led.reads += 1;
            if !self.0.state().led.homes.contains(&resident) {
                return Err(problem(404, code::NOT_FOUND));
            }
            let permissions = self.0.given().into_iter().map(|new| self.0.seen(new)).collect();
            Ok(HomeAccess {
                resident,
                time_zone: "Europe/Oslo".into(),
                now: vec![],
                not_now: vec![],
                keys: vec![],
                permissions,
            })
        })
    }

    fn give<'a>(&'a self, credential: &'a Credential, body: NewPermission) -> Answer<'a, GivenPermission> {
        self.0.as_lead(credential, move || {
            let before = self.0.given().into_iter().find(|given| given.id == body.id);
            match before {
                Some(before) if (before.when != body.when) | (before.who != body.who) => {
                    return Err(problem(409, code::CONFLICT));
                }
                Some(_) => {}
                None => self.0.state().led.given.push(body.clone()),
            }
            self.0.done(self.0.seen(body))
        })
    }

    fn take_away<'a>(&'a self, credential: &'a Credential, id: PermissionId) -> Answer<'a, TakenAway> {
        self.0.as_lead(credential, move || {
            let given = self.0.given().into_iter().find(|given| given.id == id);
            let given = given.ok_or_else(|| problem(404, code::NOT_FOUND))?;
            self.0.state().led.given.retain(|given| given.id != id);
            let phone = self.0.state().led.phones[0].clone();
            let phones = self.0.order(&phone, WithdrawalReason::PermissionTakenAway);
            self.0.done(TakenAway { permission: self.0.seen(given), phones })
        })
    }

    fn report_lost<'a>(&'a self, credential: &'a Credential, phone: PhoneId) -> Answer<'a, Withdrawals> {
        self.0.as_lead(credential, move || {
            let known = self.0.state().led.phones.iter().find(|known| known.phone == phone).cloned();
            let known = known.ok_or_else(|| problem(404, code::NOT_FOUND))?;
            let now = self.0.world.true_time();
            for known in self.0.state().led.phones.iter_mut().filter(|known| known.phone == phone) {
                known.lost_at = known.lost_at.or(Some(now));
            }
            let phones = self.0.order(&known, WithdrawalReason::PhoneLost);
            self.0.done(Withdrawals { phones })
        })
    }

    fn withdrawals<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Withdrawals> {
        self.0.as_lead(credential, || {
            Ok(Withdrawals { phones: self.0.state().led.orders.iter().rev().cloned().collect() })
        })
    }
}
