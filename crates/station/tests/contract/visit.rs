//! The main job, from the alarm to the closed visit.

use terskel_api::audit::AuditTrail;
use terskel_api::path;
use terskel_keys::digital_key;
use terskel_keys::receipt::Direction;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, Proof};

use crate::support::{Listener, Worker};

stories! {
    async fn kari_falls_and_ada_comes(house) {
        let (mut ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let mut adas_stream = Listener::open(&house, &ada, None).await;
        let mut bos_stream = Listener::open(&house, &bo, None).await;

        let dispatch = house.dispatch("C-1").await;
        for stream in [&mut adas_stream, &mut bos_stream] {
            let alert = stream.expect().await;
            let details = alert.details.expect("everybody on shift may read it");
            assert_eq!((alert.id, alert.phase, alert.mine), (dispatch, DispatchPhase::Open, false));
            assert_eq!((details.resident.first_name.as_str(), details.resident.town.as_str()), ("Kari", "Bergen"));
            assert_eq!(details.doors.len(), 2);
        }
        for phone in [&mut ada, &mut bo] {
            let event = phone.record(&house, EventKind::AlertDelivered, dispatch);
            assert_eq!(phone.send(&house, &event).await, None);
        }
        bo.decline(&house, dispatch, "busy").await.done();
        assert!(bos_stream.expect().await.declined);
        assert!(!adas_stream.expect().await.declined);

        let accepted = ada.accept(&house, dispatch).await;
        assert!(accepted.dispatch.mine && accepted.dispatch.details.is_some());
        let taken = bos_stream.expect().await;
        assert_eq!((taken.accepted_by.as_deref(), taken.details), (Some("Ada Berg"), None));
        assert!(adas_stream.expect().await.mine);

        for key in &accepted.keys {
            let verified = digital_key::verify(&key.key.0, &ada.authority, &ada.identity.public()).unwrap();
            verified.check(key.lock, &Operation::Open, house.now()).unwrap();
            let credential = verified.open_credential(&ada.identity).unwrap();
            assert_eq!(credential.len(), 36);
            assert_eq!(verified.claims().expires, house.now() + terskel_model::rules::DISPATCH_KEY_LIFETIME);
            let mut opened = ada.record(&house, EventKind::DoorOperated, dispatch);
            opened.door = Some(key.door);
            opened.operation = Some(Operation::Open);
            opened.outcome = Some(DoorOutcome::Opened);
            opened.key = Some(key.id);
            assert_eq!(ada.send(&house, &opened).await, None);
        }

        house.forward_minutes(10);
        let at = house.now();
        for (counter, kind, direction) in
            [(1, EventKind::CheckedIn, Direction::In), (2, EventKind::CheckedOut, Direction::Out)]
        {
            let mut event = ada.record(&house, kind, dispatch);
            event.receipt = Some(house.home.signed(&house.home.receipt(&ada, dispatch, direction, at, counter)));
            assert_eq!(ada.send(&house, &event).await, None);
        }
        assert_eq!(adas_stream.expect().await.arrived_at, Some(at));
        let event = ada.record(&house, EventKind::VisitClosed, dispatch);
        assert_eq!(ada.send(&house, &event).await, None);
        assert_eq!(adas_stream.expect().await.phase, DispatchPhase::Closed);

        let seen = house.centre_sees(dispatch).await;
        assert_eq!((seen.phase, seen.delivered, seen.declined), (DispatchPhase::Closed, 2, 1));
        assert_eq!((seen.arrived_at, seen.overdue_since), (Some(at), None));

        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(&house, Some(house.vest)).await;
        let token = lead.lead_session(&house).await;
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &token).await.is(200);
        let told: Vec<(EventKind, Proof)> = trail.entries.iter().map(|e| (e.kind.clone(), e.proof.clone())).collect();
        assert_eq!(told, [
            (EventKind::DispatchReceived, Proof::CentreToken),
            (EventKind::AlertDelivered, Proof::PhoneSignature),
            (EventKind::AlertDelivered, Proof::PhoneSignature),
            (EventKind::DispatchDeclined, Proof::Station),
            (EventKind::DispatchAccepted, Proof::Station),
            (EventKind::KeyIssued, Proof::Station),
            (EventKind::KeyIssued, Proof::Station),
            (EventKind::DoorOperated, Proof::DigitalKey),
            (EventKind::DoorOperated, Proof::DigitalKey),
            (EventKind::CheckedIn, Proof::HubReceipt),
            (EventKind::CheckedOut, Proof::HubReceipt),
            (EventKind::VisitClosed, Proof::PhoneSignature),
        ]);
        let opened = &trail.entries[7];
        assert_eq!((opened.worker_name.as_deref(), opened.door_name.as_deref()), (Some("Ada Berg"), Some("Oppgang B")));
        assert_eq!((opened.outcome.as_ref(), opened.key), (Some(&DoorOutcome::Opened), Some(accepted.keys[0].id)));
    }
}
