//! Hub receipts: only this hub's, for this worker, phone and visit, and only once.

use terskel_api::problem::code;
use terskel_keys::receipt::{self, Direction, HubKey, Receipt};
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, HubId};

use crate::support::{House, Phone, hex};

async fn check_in(house: &House, phone: &mut Phone, dispatch: DispatchId, receipt: String) -> Option<String> {
    let mut event = phone.record(house, EventKind::CheckedIn, dispatch);
    event.receipt = Some(receipt);
    phone.send(house, &event).await
}

stories! {
    async fn forged_foreign_and_replayed_receipts_are_refused(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let good = house.home.receipt(&ada, dispatch, Direction::In, house.now(), 1);
        let forged = hex(&receipt::sign(&HubKey::from_seed(&[66; 32]), &good));
        let wrong = [
            Receipt { hub: HubId::new(&*house.world), ..good.clone() },
            Receipt { visit: DispatchId::new(&*house.world), ..good.clone() },
            Receipt { worker: house.bo.id(), ..good.clone() },
            Receipt { phone: bo.id, ..good.clone() },
            Receipt { direction: Direction::Out, ..good.clone() },
        ]
        .map(|receipt| house.home.signed(&receipt));
        for receipt in wrong.into_iter().chain([forged, "00".into(), "ab".repeat(100)]) {
            assert_eq!(check_in(&house, &mut ada, dispatch, receipt).await.as_deref(), Some(code::BAD_PROOF));
        }
        assert_eq!(check_in(&house, &mut ada, dispatch, "zz".into()).await.as_deref(), Some(code::INVALID));
        let without = ada.record(&house, EventKind::CheckedIn, dispatch);
        assert_eq!(ada.send(&house, &without).await.as_deref(), Some(code::INVALID));
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Accepted);

        assert_eq!(check_in(&house, &mut ada, dispatch, house.home.signed(&good)).await, None);
        assert_eq!(house.centre_sees(dispatch).await.phase, DispatchPhase::Arrived);
        let replay = check_in(&house, &mut ada, dispatch, house.home.signed(&good)).await;
        assert_eq!(replay.as_deref(), Some(code::BAD_PROOF));
        let second = house.home.receipt(&ada, dispatch, Direction::In, house.now(), 2);
        assert_eq!(check_in(&house, &mut ada, dispatch, house.home.signed(&second)).await, None);
    }

    async fn who_has_not_accepted_cannot_check_in(house) {
        let mut bo = house.phone_of(&house.bo).await;
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let receipt = house.home.receipt(&bo, dispatch, Direction::In, house.now(), 1);
        let refused = check_in(&house, &mut bo, dispatch, house.home.signed(&receipt)).await;
        assert_eq!(refused.as_deref(), Some(code::CONFLICT));
        assert_eq!(house.centre_sees(dispatch).await.arrived_at, None);
    }
}
