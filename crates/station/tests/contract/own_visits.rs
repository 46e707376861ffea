//! Visits that nobody was dispatched to: who was inside is proven all the same.

use chrono::TimeDelta;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::Presence;
use terskel_keys::receipt::Direction;
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{DispatchId, ResidentId};

use crate::support::{House, Phone, give, kari, keys, liv, permanent};

fn begun(house: &House, phone: &mut Phone, visit: DispatchId, resident: ResidentId) -> PhoneEvent {
    PhoneEvent {
        visit: Some(visit),
        resident: Some(resident),
        reason: Some("no_alarm".into()),
        ..phone.record_elsewhere(house, EventKind::VisitBegun)
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
}
