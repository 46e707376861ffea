//! Keys that are taken away at once: the phone is told within a second, wipes, and confirms.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use terskel_api::event::EventReceipts;
use terskel_api::problem::code;
use terskel_api::team::{TeamPhone, TeamPhones};
use terskel_api::withdrawal::{PhoneWithdrawal, TeamShifts, Withdrawal, Withdrawals};
use terskel_api::{Bytes, path};
use terskel_keys::event::session_name;
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::trusted_time::ClockQuality;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PhoneId, SessionId, ShiftId, TeamId, WithdrawalId, WorkerId};

use crate::support::{House, Listener, Phone, Worker, give, kari, keys, liv, permanent, take_away};

/// The phone wipes what it was told to.
fn wiped(house: &House, phone: &mut Phone, order: WithdrawalId) -> PhoneEvent {
    PhoneEvent { withdrawal: Some(order), ..phone.record_elsewhere(house, EventKind::KeysWiped) }
}

async fn phones(house: &House, lead: &str) -> Vec<TeamPhone> {
    house.get(path::PHONES, lead).await.is::<TeamPhones>(200).phones
}

async fn seen(house: &House, lead: &str) -> Vec<PhoneWithdrawal> {
    house.get(path::WITHDRAWALS, lead).await.is::<Withdrawals>(200).phones
}

async fn of_session(house: &House, session: SessionId) -> Withdrawal {
    let path = path::SESSION_WITHDRAWAL.replace("{id}", &session.to_string());
    house.get(&path, "").await.is(200)
}

/// Sends an event without a session.
async fn part(house: &House, phone: &mut Phone, event: &PhoneEvent) -> Option<String> {
    let signed = phone.sign(event);
    let answer = house.post(path::PARTING_EVENTS, "", &json!({"events": [Bytes(signed)]})).await;
    answer.is::<EventReceipts>(200).receipts.remove(0).refused
}

async fn post(house: &House, path: &str, id: impl ToString, token: &str) -> Vec<PhoneWithdrawal> {
    let answer = house.send(Method::POST, &path.replace("{id}", &id.to_string()), token, "").await;
    answer.is::<Withdrawals>(200).phones
}

async fn shift_of(house: &House, lead: &str, worker: &Worker) -> ShiftId {
    let shifts = house.get(path::SHIFTS, lead).await.is::<TeamShifts>(200).shifts;
    shifts.iter().find(|shift| shift.worker == worker.id()).unwrap().id
}

stories! {
    async fn a_phone_that_had_no_answer_to_its_last_sign_in_is_told_by_the_one_before(house) {
        let lead = liv(&house).await;
        let mut ada = house.phone_of(&house.ada).await;
        let known = ada.session.as_ref().unwrap().session;
        house.world.forward(Duration::from_secs(60));
        ada.sign_in(&house, &house.ada).await;
        let order = post(&house, path::PHONE_LOSS, ada.id, &lead).await.remove(0);
        let told = of_session(&house, known).await;
        assert_eq!((told.id, told.everything), (order.id, true));
        let confirmed = wiped(&house, &mut ada, order.id);
        assert_eq!(part(&house, &mut ada, &confirmed).await, None);
        let path = path::SESSION_WITHDRAWAL.replace("{id}", &known.to_string());
        house.get(&path, "").await.refused(404, code::NOT_FOUND);
    }

    async fn a_phone_is_told_within_a_second_and_the_lead_sees_when_it_has_wiped(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect_keys().await;
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        // The phone hears that there are new keys to be had.
        stream.expect_keys().await;
        let held = keys(&house, &ada).await;

        let taken = take_away(&house, &lead, given.id).await;
        let order = stream.expect_withdrawal().await;
        assert_eq!((order.id, order.everything), (taken.phones[0].id, false));
        let mut ids: Vec<_> = held.iter().map(|key| key.id).collect();
        ids.sort();
        assert_eq!((order.keys.clone(), order.reason.clone()), (ids, WithdrawalReason::PermissionTakenAway));
        let waits = seen(&house, &lead).await.remove(0);
        assert_eq!((waits.keys, waits.confirmed_at), (2, None));
        assert_eq!(waits.keys_until, Some(house.now() + TimeDelta::hours(7)));

        let event = wiped(&house, &mut ada, order.id);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(seen(&house, &lead).await[0].confirmed_at, Some(house.now()));
        // The session goes on, and nothing is told twice.
        let mut again = Listener::open(&house, &ada, stream.cursor.as_deref()).await;
        let next = house.dispatch("C-2").await;
        assert_eq!(again.expect().await.id, next);
    }

    async fn after_a_phone_has_wiped_itself_nothing_of_that_session_is_good_however_late_it_tells(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut phone = house.phone_of(&house.ada).await;
        give(&house, &lead, &permanent(&house, resident)).await;
        assert_eq!(keys(&house, &phone).await.len(), 2);
        // It cannot sign out after that.
        let event = phone.record_elsewhere(&house, EventKind::PhoneWiped);
        assert_eq!(phone.send(&house, &event).await, None);
        phone.request(&house, Method::POST, path::KEYS, b"").await.refused(401, code::UNAUTHENTICATED);
        phone.refresh(&house).await.refused(401, code::UNAUTHENTICATED);
        let open = "SELECT COUNT(*) FROM issued_keys WHERE withdrawn_ms IS NULL";
        assert_eq!(house.count(open).await, 0);

        // The next time it has no network, its keys are taken away meanwhile, and the worker signs in before it tells.
        house.forward_minutes(1);
        phone.sign_in(&house, &house.ada).await;
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        assert!(!keys(&house, &phone).await.is_empty());
        take_away(&house, &lead, given.id).await;
        house.forward_minutes(1);
        let late = phone.record_elsewhere(&house, EventKind::PhoneWiped);
        house.forward_minutes(1);
        phone.sign_in(&house, &house.ada).await;
        assert_eq!(keys(&house, &phone).await.len(), 2);
        assert_eq!(phone.send(&house, &late).await, None);
        assert!(seen(&house, &lead).await.iter().all(|order| order.confirmed_at.is_some()));
        assert_eq!(keys(&house, &phone).await.len(), 2, "this session goes on");

        // It was started anew without network, and its clock is ahead: it says in which session it was.
        let before = session_name(phone.session.as_ref().unwrap().session);
        house.forward_minutes(1);
        phone.sign_in(&house, &house.ada).await;
        let told = |name: String, hours, event: PhoneEvent| PhoneEvent {
            session: Some(name),
            at: event.at + TimeDelta::hours(hours),
            clock: Some(ClockQuality::Phone),
            ..event
        };
        let ahead = told(before, 2, phone.record_elsewhere(&house, EventKind::PhoneWiped));
        assert_eq!(phone.send(&house, &ahead).await, None);
        assert_eq!(keys(&house, &phone).await.len(), 2, "this session goes on too");
        // Nor does a clock that is behind spare the session that it wiped.
        let this = session_name(phone.session.as_ref().unwrap().session);
        let behind = told(this, -2, phone.record_elsewhere(&house, EventKind::PhoneWiped));
        assert_eq!(phone.send(&house, &behind).await, None);
        phone.request(&house, Method::POST, path::KEYS, b"").await.refused(401, code::UNAUTHENTICATED);
    }

    async fn a_phone_that_was_offline_is_told_when_it_is_back(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect().await;
        let cursor = stream.cursor.clone();
        drop(stream);
        let given = give(&house, &lead, &permanent(&house, resident)).await;
        keys(&house, &ada).await;
        let taken = take_away(&house, &lead, given.id).await;
        for cursor in [cursor.as_deref(), None, Some("4711")] {
            let order = Listener::open(&house, &ada, cursor).await.expect_withdrawal().await;
            assert_eq!(order.id, taken.phones[0].id, "until it is confirmed");
        }
    }

    async fn a_shift_that_is_ended_ends_its_session_and_the_phone_confirms_without_one(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        give(&house, &lead, &permanent(&house, resident)).await;
        keys(&house, &ada).await;
        let session = ada.session.as_ref().unwrap().session;
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect_keys().await;

        let shift = shift_of(&house, &lead, &house.ada).await;
        let phones = post(&house, path::SHIFT_END, shift, &lead).await;
        let order = stream.expect_withdrawal().await;
        assert!(order.everything && phones.iter().any(|phone| phone.id == order.id));
        assert!(stream.next().await.is_none(), "the stream ends with the session");
        ada.request(&house, Method::POST, path::KEYS, b"").await.refused(401, code::UNAUTHENTICATED);
        assert_eq!(of_session(&house, session).await, order);

        // What else it had to tell comes too, each event by its signature.
        let battery = ada.record_elsewhere(&house, EventKind::Unknown("from_later".into()));
        assert_eq!(part(&house, &mut ada, &battery).await, None);
        let event = wiped(&house, &mut ada, order.id);
        assert_eq!(part(&house, &mut ada, &event).await, None);
        let confirmed = seen(&house, &lead).await;
        assert!(confirmed.iter().any(|phone| phone.id == order.id && phone.confirmed_at.is_some()));
        // Off duty: no new session either.
        let sign_in = ada.sign_in_request(&house, "1001", "4711", house.now());
        house.post(path::SESSION, "", &sign_in).await.refused(403, code::NOT_ON_SHIFT);
        assert_eq!(post(&house, path::SHIFT_END, shift, &lead).await, []);
    }

    async fn a_lost_phone_is_out_and_only_its_confirmation_is_heard(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let (mut ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        give(&house, &lead, &permanent(&house, resident)).await;
        keys(&house, &ada).await;
        let order = post(&house, path::PHONE_LOSS, ada.id, &lead).await.remove(0);
        assert_eq!((order.reason.clone(), order.keys, order.phone), (WithdrawalReason::PhoneLost, 2, ada.id));
        ada.request(&house, Method::POST, path::KEYS, b"").await.refused(401, code::UNAUTHENTICATED);
        let sign_in = ada.sign_in_request(&house, "1001", "4711", house.now());
        house.post(path::SESSION, "", &sign_in).await.refused(403, code::PHONE_UNKNOWN);

        let story = ada.record_elsewhere(&house, EventKind::Unknown("a_finders_story".into()));
        assert_eq!(part(&house, &mut ada, &story).await.as_deref(), Some(code::PHONE_UNKNOWN));
        // Another phone's word, and another phone's signature, confirm nothing.
        let foreign = wiped(&house, &mut bo, order.id);
        assert_eq!(bo.send(&house, &foreign).await.as_deref(), Some(code::NOT_FOUND));
        let forged = PhoneEvent { phone: ada.id, ..wiped(&house, &mut bo, order.id) };
        let signed = bo.sign(&forged);
        let answer = house.post(path::PARTING_EVENTS, "", &json!({"events": [Bytes(signed)]})).await;
        assert_eq!(answer.is::<EventReceipts>(200).receipts[0].refused.as_deref(), Some(code::BAD_PROOF));
        assert_eq!(seen(&house, &lead).await[0].confirmed_at, None);
        let event = wiped(&house, &mut ada, order.id);
        assert_eq!(part(&house, &mut ada, &event).await, None);
        assert_eq!(seen(&house, &lead).await[0].confirmed_at, Some(house.now()));
        // Who has not heard the answer asks again, and hears the same.
        let again = post(&house, path::PHONE_LOSS, ada.id, &lead).await;
        assert_eq!(again.iter().map(|phone| phone.id).collect::<Vec<_>>(), [order.id]);
    }

    async fn keys_that_a_session_has_left_behind_are_taken_away_too(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let (mut ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        for worker in [&house.ada, &house.bo] {
            let mut permission = permanent(&house, resident);
            permission["who"] = json!({"kind": "worker", "worker": worker.id()});
            give(&house, &lead, &permission).await;
        }
        assert_eq!((keys(&house, &ada).await.len(), keys(&house, &bo).await.len()), (2, 2));
        // Somebody has copied a token of Ada's phone: the station ends her session, and her phone hears nothing.
        let (session, copied) = (ada.session.as_ref().unwrap().session, ada.tokens().refresh_token);
        for _ in 0..2 {
            assert_eq!(ada.refresh(&house).await.status, 200);
        }
        let clone = ada.make_at(&house, Method::POST, house.url(path::REFRESH), copied.expose());
        clone.send(&house, "").await.refused(401, code::UNAUTHENTICATED);

        let order = post(&house, path::PHONE_LOSS, ada.id, &lead).await.remove(0);
        assert_eq!((order.keys, order.worker), (2, house.ada.id()));
        let told = of_session(&house, session).await;
        assert_eq!((told.id, told.everything, told.keys.len()), (order.id, true, 2));
        let event = wiped(&house, &mut ada, order.id);
        assert_eq!(part(&house, &mut ada, &event).await, None);
        assert_eq!(seen(&house, &lead).await[0].confirmed_at, Some(house.now()));

        // Bo has signed out. That his phone has wiped is more than the station knows.
        bo.sign_out(&house).await.done();
        let shift = shift_of(&house, &lead, &house.bo).await;
        let order = post(&house, path::SHIFT_END, shift, &lead).await.remove(0);
        assert_eq!((order.keys, order.phone), (2, bo.id));
        assert_eq!(post(&house, path::PHONE_LOSS, bo.id, &lead).await, [], "once is enough");
        assert_eq!(house.count("SELECT COUNT(*) FROM issued_keys WHERE withdrawn_ms IS NULL").await, 0);
    }

    async fn a_phone_that_nobody_is_signed_in_on_is_reported_lost_too(house) {
        let lead = liv(&house).await;
        let ada = house.phone_of(&house.ada).await;
        let listed = phones(&house, &lead).await;
        assert_eq!((listed.len(), listed[0].phone, listed[0].worker), (1, ada.id, house.ada.id()));
        assert_eq!((listed[0].signed_out_at, listed[0].lost_at), (None, None));
        ada.request(&house, Method::DELETE, path::SESSION, b"").await.done();

        let between_shifts = phones(&house, &lead).await.remove(0);
        assert_eq!((between_shifts.phone, between_shifts.signed_out_at), (ada.id, Some(house.now())));
        assert_eq!(post(&house, path::PHONE_LOSS, ada.id, &lead).await, [], "it has nothing to wipe");
        assert_eq!(phones(&house, &lead).await[0].lost_at, Some(house.now()));
        let sign_in = ada.sign_in_request(&house, "1001", "4711", house.now());
        house.post(path::SESSION, "", &sign_in).await.refused(403, code::PHONE_UNKNOWN);
        // Nobody of another team knows of it.
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(ost)).await;
        assert_eq!(phones(&house, &odd.lead_session(&house).await).await, []);
    }

    async fn a_dismissed_worker_signs_in_nowhere_and_leads_nothing(house) {
        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(&house, Some(house.vest)).await;
        lead.on_shift(&house, house.vest).await;
        let (desk, phone) = (lead.lead_session(&house).await, house.phone_of(&lead).await);
        let orders = post(&house, path::WORKER_DISMISSAL, lead.id(), &house.admin).await;
        assert_eq!((orders.len(), orders[0].reason.clone()), (1, WithdrawalReason::WorkerDismissed));
        house.get(path::PERMISSIONS, &desk).await.refused(401, code::UNAUTHENTICATED);
        phone.get(&house, path::PERMISSIONS).await.refused(401, code::UNAUTHENTICATED);
        let sign_in = phone.sign_in_request(&house, "2001", "135790", house.now());
        house.post(path::SESSION, "", &sign_in).await.refused(403, code::WRONG_PIN);
        let desk = json!({"staff_number": "2001", "pin": "135790"});
        house.post(path::LEAD_SESSION, "", &desk).await.refused(403, code::WRONG_PIN);
        assert_eq!(post(&house, path::WORKER_DISMISSAL, lead.id(), &house.admin).await, []);
    }

    async fn nobody_takes_away_from_another_unit(house) {
        let lead = liv(&house).await;
        let ada = house.phone_of(&house.ada).await;
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(ost)).await;
        let stranger = odd.lead_session(&house).await;
        let shift = shift_of(&house, &lead, &house.ada).await;
        let at = |path: &str, id: String| path.replace("{id}", &id);
        for path in [at(path::SHIFT_END, shift.to_string()), at(path::PHONE_LOSS, ada.id.to_string())] {
            house.send(Method::POST, &path, &stranger, "").await.refused(404, code::NOT_FOUND);
            ada.request(&house, Method::POST, &path, b"").await.refused(403, code::FORBIDDEN);
            house.send(Method::POST, &path, &house.centre, "").await.refused(403, code::FORBIDDEN);
        }
        let dismissal = at(path::WORKER_DISMISSAL, house.ada.id().to_string());
        house.send(Method::POST, &dismissal, &lead, "").await.refused(403, code::FORBIDDEN);
        for (path, id) in [
            (path::SHIFT_END, ShiftId::new(&*house.world).to_string()),
            (path::PHONE_LOSS, PhoneId::new(&*house.world).to_string()),
        ] {
            house.send(Method::POST, &at(path, id), &lead, "").await.refused(404, code::NOT_FOUND);
        }
        let nobody = at(path::WORKER_DISMISSAL, WorkerId::new(&*house.world).to_string());
        house.send(Method::POST, &nobody, &house.admin, "").await.refused(404, code::NOT_FOUND);
        let unknown = at(path::SESSION_WITHDRAWAL, ada.session.as_ref().unwrap().session.to_string());
        house.get(&unknown, "").await.refused(404, code::NOT_FOUND);
        assert_eq!(seen(&house, &stranger).await, []);
        assert_eq!(keys(&house, &ada).await, []);
    }
}
