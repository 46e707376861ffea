//! Visits that nobody was dispatched to: who was inside is proven all the same.

use chrono::TimeDelta;
use terskel_api::audit::AuditTrail;
use terskel_api::dispatch::Dispatch;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::Presence;
use terskel_keys::receipt::Direction;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{DispatchId, ResidentId};

use crate::support::{House, Listener, Phone, give, kari, keys, liv, permanent};

fn begun(house: &House, phone: &mut Phone, visit: DispatchId, resident: ResidentId) -> PhoneEvent {
    PhoneEvent {
        visit: Some(visit),
        resident: Some(resident),
        reason: Some("no_alarm".into()),
        ..phone.record_elsewhere(house, EventKind::VisitBegun)
    }
}

/// A neighbour has telephoned.
fn called(house: &House, phone: &mut Phone, visit: DispatchId, resident: ResidentId) -> PhoneEvent {
    PhoneEvent { reason: Some("called".into()), ..begun(house, phone, visit, resident) }
}

/// What a phone is told next of a dispatch, whatever else goes on.
async fn told_of(dispatch: DispatchId, stream: &mut Listener) -> Dispatch {
    loop {
        let told = stream.expect().await;
        if told.id == dispatch {
            return told;
        }
    }
}

/// At Kari's hub; gives the code it was refused with.
async fn at_hub(
    house: &House,
    phone: &mut Phone,
    visit: DispatchId,
    (direction, counter): (Direction, u64),
) -> Option<String> {
    let kind = if direction == Direction::In { EventKind::CheckedIn } else { EventKind::CheckedOut };
    let receipt = house.home.receipt(phone, visit, direction, house.now(), counter);
    let mut event = PhoneEvent { visit: Some(visit), ..phone.record_elsewhere(house, kind) };
    event.receipt = Some(house.home.signed(&receipt));
    phone.send(house, &event).await
}

stories! {
    async fn ada_visits_kari_as_planned_and_the_lead_sees_when_she_was_inside(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let mut ada = house.phone_of(&house.ada).await;
        give(&house, &lead, &permanent(&house, resident)).await;
        keys(&house, &ada).await;
        let visit = DispatchId::new(&*house.world);
        let event = begun(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        let inside = house.now();
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::In, 1)).await, None);
        house.forward_minutes(25);
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::Out, 2)).await, None);
        let done = PhoneEvent { visit: Some(visit), ..ada.record_elsewhere(&house, EventKind::VisitClosed) };
        assert_eq!(ada.send(&house, &done).await, None);
        assert_eq!(house.count("SELECT count(*) AS n FROM own_visits WHERE closed_ms IS NOT NULL AND arrived_ms IS NOT NULL").await, 1);

        let time = |at: terskel_model::Timestamp| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (from, to) = (inside - TimeDelta::hours(1), inside + TimeDelta::hours(1));
        let question = format!("{}?from={}&to={}", path::PRESENCE.replace("{id}", &resident.to_string()), time(from), time(to));
        let presence: Presence = house.get(&question, &lead).await.is(200);
        assert_eq!(presence.stays.len(), 1);
        let stay = &presence.stays[0];
        assert_eq!((stay.worker, stay.dispatch), (ada.worker(), None));
        assert_eq!((stay.checked_in_at, stay.checked_out_at), (Some(inside), Some(house.now())));
    }

    async fn nobody_tells_of_anothers_visit_or_of_a_stranger(house) {
        let resident = kari(&house).await;
        let (mut ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let visit = DispatchId::new(&*house.world);
        let stranger = begun(&house, &mut ada, visit, ResidentId::new(&*house.world));
        assert_eq!(ada.send(&house, &stranger).await.as_deref(), Some(code::NOT_FOUND));
        let nobody = PhoneEvent { resident: None, ..begun(&house, &mut ada, visit, resident) };
        assert_eq!(ada.send(&house, &nobody).await.as_deref(), Some(code::INVALID));
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::In, 1)).await.as_deref(), Some(code::NOT_FOUND));
        let event = begun(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        // Bo's phone says that it is his.
        let again = begun(&house, &mut bo, visit, resident);
        assert_eq!(bo.send(&house, &again).await.as_deref(), Some(code::CONFLICT));
        assert_eq!(at_hub(&house, &mut bo, visit, (Direction::In, 2)).await.as_deref(), Some(code::NOT_FOUND));
        // A visit is on a dispatch, or it is not.
        let dispatch = house.dispatch("C-1").await;
        let both = PhoneEvent { visit: Some(visit), ..ada.record(&house, EventKind::VisitClosed, dispatch) };
        assert_eq!(ada.send(&house, &both).await.as_deref(), Some(code::INVALID));
    }

    async fn who_was_called_by_telephone_is_on_the_dispatch_that_was_there_and_on_no_other(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let (mut ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        // Older than an hour, and planned: no answer to it.
        house.forward_minutes(61);
        let planned = begun(&house, &mut ada, DispatchId::new(&*house.world), resident);
        assert_eq!(ada.send(&house, &planned).await, None);
        let visit = DispatchId::new(&*house.world);
        let alarm = house.dispatch("C-1").await;
        let mut streams = [Listener::open(&house, &ada, None).await, Listener::open(&house, &bo, None).await];
        for stream in &mut streams {
            told_of(alarm, stream).await;
        }
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        let [hers, his] = &mut streams;
        let (mine, taken) = (told_of(alarm, hers).await, told_of(alarm, his).await);
        assert_eq!((mine.id, mine.mine, mine.visit), (alarm, true, Some(visit)));
        assert_eq!((taken.id, taken.mine, taken.visit), (alarm, false, None));
        assert_eq!(taken.accepted_by.as_deref(), Some("Ada Berg"));
        bo.try_accept(&house, alarm).await.refused(409, code::ALREADY_ACCEPTED);

        // What the visit proves counts for the dispatch: nobody is called because nobody came.
        house.forward_minutes(3);
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::In, 1)).await, None);
        house.forward_minutes(60);
        house.tick().await;
        let seen = house.centre_sees(alarm).await;
        assert_eq!((seen.phase, seen.overdue_since), (DispatchPhase::Arrived, None));
        let done = PhoneEvent { visit: Some(visit), ..ada.record_elsewhere(&house, EventKind::VisitClosed) };
        assert_eq!(ada.send(&house, &done).await, None);
        assert_eq!(house.centre_sees(alarm).await.phase, DispatchPhase::Closed);
        let trail: AuditTrail = house.get(&format!("{}?dispatch={alarm}", path::AUDIT), &lead).await.is(200);
        let kinds: Vec<_> = trail.entries.into_iter().map(|entry| entry.kind).collect();
        for kind in [EventKind::VisitBegun, EventKind::DispatchAccepted, EventKind::CheckedIn, EventKind::VisitClosed] {
            assert_eq!(kinds.iter().filter(|told| **told == kind).count(), 1, "{kind:?} in {kinds:?}");
        }
        assert_eq!(house.count("SELECT count(*) FROM own_visits WHERE dispatch_id IS NOT NULL").await, 1);
        assert_eq!(house.count("SELECT count(*) FROM dispatches WHERE phase = 'open'").await, 1, "the old one");
    }

    async fn the_dispatch_that_comes_after_the_telephone_call_is_the_same_visit_unless_somebody_was_first(house) {
        let resident = kari(&house).await;
        house.forward_minutes(61);
        let (mut ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let visit = DispatchId::new(&*house.world);
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::In, 1)).await, None);
        let alarm = house.dispatch("C-1").await;
        // That Bo's phone shows it says nothing of Ada.
        let shown = bo.record(&house, EventKind::AlertDelivered, alarm);
        assert_eq!(bo.send(&house, &shown).await, None);
        assert_eq!(house.centre_sees(alarm).await.phase, DispatchPhase::Open);
        let shown = ada.record(&house, EventKind::AlertDelivered, alarm);
        assert_eq!(ada.send(&house, &shown).await, None);
        assert_eq!(house.centre_sees(alarm).await.phase, DispatchPhase::Arrived);
        assert_eq!(house.count("SELECT count(*) FROM own_visits WHERE dispatch_id IS NOT NULL").await, 1);
        // One visit is the answer to one alarm: the next is open.
        let next = house.dispatch("C-2").await;
        let shown = ada.record(&house, EventKind::AlertDelivered, next);
        assert_eq!(ada.send(&house, &shown).await, None);
        assert_eq!(house.centre_sees(next).await.phase, DispatchPhase::Open);

        // Bo is called too, but Ada was first: his visit is his, and the dispatch hers.
        ada.accept(&house, next).await;
        let mut stream = Listener::open(&house, &bo, None).await;
        assert_eq!(told_of(next, &mut stream).await.visit, None);
        let his = DispatchId::new(&*house.world);
        let event = called(&house, &mut bo, his, resident);
        assert_eq!(bo.send(&house, &event).await, None);
        // He is told in which of his visits somebody else is, and who; not what the alarm says.
        let told = told_of(next, &mut stream).await;
        assert_eq!((told.visit, told.mine, told.accepted_by.as_deref()), (Some(his), false, Some("Ada Berg")));
        assert!(told.details.is_none());
        assert_eq!(at_hub(&house, &mut bo, his, (Direction::In, 2)).await, None);
        assert_eq!(house.centre_sees(next).await.phase, DispatchPhase::Accepted);
        let whose = "SELECT w.name FROM dispatches d JOIN workers w ON w.id = d.worker_id WHERE d.reference = 'C-2'";
        assert_eq!(house.text(whose).await, "Ada Berg");
        // A phone that was offline tells late of a visit that was over when the alarm came: it stays open.
        let late = DispatchId::new(&*house.world);
        let event = called(&house, &mut bo, late, resident);
        let done = PhoneEvent { visit: Some(late), ..bo.record_elsewhere(&house, EventKind::VisitClosed) };
        house.forward_minutes(30);
        let alone = house.dispatch("C-3").await;
        let (first, second) = (bo.sign(&event), bo.sign(&done));
        assert!(bo.send_signed(&house, vec![first, second]).await.iter().all(|receipt| receipt.refused.is_none()));
        assert_eq!(house.centre_sees(alone).await.phase, DispatchPhase::Open);

        // Ada is on such a visit when it comes, accepts it without network, and so leaves the one for the other.
        let visit = DispatchId::new(&*house.world);
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(house.centre_sees(alone).await.phase, DispatchPhase::Accepted);
        let accepted = ada.record(&house, EventKind::AcceptedOffline, alone);
        assert_eq!(ada.send(&house, &accepted).await, None);
        let left = PhoneEvent { visit: Some(visit), ..ada.record_elsewhere(&house, EventKind::VisitClosed) };
        assert_eq!(ada.send(&house, &left).await, None);
        assert_eq!(house.centre_sees(alone).await.phase, DispatchPhase::Accepted, "she is on her way");
        let done = ada.record(&house, EventKind::VisitClosed, alone);
        assert_eq!(ada.send(&house, &done).await, None);
        assert_eq!(house.centre_sees(alone).await.phase, DispatchPhase::Closed);
    }

    async fn an_older_visit_takes_no_alarm_that_its_worker_accepted_declined_or_came_too_late_for(house) {
        let resident = kari(&house).await;
        house.forward_minutes(61);
        let mut ada = house.phone_of(&house.ada).await;
        let ended = |ada: &mut Phone, visit| PhoneEvent { visit: Some(visit), ..ada.record_elsewhere(&house, EventKind::VisitClosed) };
        let mut next = 0;
        let mut counter = || { next += 1; next };

        // She does not end her visit, and accepts the alarm that comes two hours later.
        let visit = DispatchId::new(&*house.world);
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(at_hub(&house, &mut ada, visit, (Direction::In, counter())).await, None);
        house.forward_minutes(120);
        ada.refresh(&house).await;
        let alarm = house.dispatch("C-1").await;
        let shown = ada.record(&house, EventKind::AlertDelivered, alarm);
        assert_eq!(ada.send(&house, &shown).await, None);
        ada.accept(&house, alarm).await;
        let event = ended(&mut ada, visit);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(house.centre_sees(alarm).await.phase, DispatchPhase::Accepted, "she is on her way");
        house.forward_minutes(31);
        house.tick().await;
        assert!(house.centre_sees(alarm).await.overdue_since.is_some(), "the clock goes on");

        // Her answer is faster than her outbox.
        let alarm = house.dispatch("C-2").await;
        let visit = DispatchId::new(&*house.world);
        let begins = called(&house, &mut ada, visit, resident);
        ada.accept(&house, alarm).await;
        let ends = ended(&mut ada, visit);
        let told = vec![ada.sign(&begins), ada.sign(&ends)];
        assert!(ada.send_signed(&house, told).await.iter().all(|receipt| receipt.refused.is_none()));
        let receipt = house.home.receipt(&ada, alarm, Direction::In, house.now(), counter());
        let mut arrived = ada.record(&house, EventKind::CheckedIn, alarm);
        arrived.receipt = Some(house.home.signed(&receipt));
        assert_eq!(ada.send(&house, &arrived).await, None);
        assert_eq!(house.centre_sees(alarm).await.phase, DispatchPhase::Arrived);

        // The hub has seen her leave; that she forgets to say so takes nothing that comes then.
        let visit = DispatchId::new(&*house.world);
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        for direction in [Direction::In, Direction::Out] {
            assert_eq!(at_hub(&house, &mut ada, visit, (direction, counter())).await, None);
        }
        house.forward_minutes(5);
        let left = house.dispatch("C-3").await;
        let shown = ada.record(&house, EventKind::AlertDelivered, left);
        assert_eq!(ada.send(&house, &shown).await, None);
        house.forward_minutes(1);
        let event = ended(&mut ada, visit);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(house.centre_sees(left).await.phase, DispatchPhase::Open);

        // Nor does a visit that is more than an hour old, where no hub saw her leave.
        house.forward_minutes(61);
        ada.refresh(&house).await;
        let visit = DispatchId::new(&*house.world);
        let event = called(&house, &mut ada, visit, resident);
        assert_eq!(ada.send(&house, &event).await, None);
        house.forward_minutes(61);
        ada.refresh(&house).await;
        let late = house.dispatch("C-4").await;
        house.forward_minutes(2);
        let event = ended(&mut ada, visit);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(house.centre_sees(late).await.phase, DispatchPhase::Open);

        // What she has declined is for others, whatever she does then.
        ada.decline(&house, late, "busy").await.done();
        let visit = DispatchId::new(&*house.world);
        for event in [called(&house, &mut ada, visit, resident), ended(&mut ada, visit)] {
            assert_eq!(ada.send(&house, &event).await, None);
        }
        assert_eq!(house.centre_sees(late).await.phase, DispatchPhase::Open);
        assert_eq!(house.count("SELECT count(*) FROM own_visits WHERE dispatch_id IS NOT NULL").await, 0);
    }
}
