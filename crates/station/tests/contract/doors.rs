//! Doors are opened with keys that the station issued to this phone.

use terskel_api::problem::code;
use terskel_keys::digital_key;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{DispatchId, DoorId, KeyId};

use crate::support::{House, Phone};

fn opened(
    house: &House,
    phone: &mut Phone,
    dispatch: DispatchId,
    door: DoorId,
    key: Option<KeyId>,
) -> PhoneEvent {
    let mut event = phone.record(house, EventKind::DoorOperated, dispatch);
    event.door = Some(door);
    event.operation = Some(Operation::Open);
    event.outcome = Some(DoorOutcome::Opened);
    event.key = key;
    event
}

stories! {
    async fn another_phones_key_neither_opens_nor_counts(house) {
        let (ada, mut bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
        let dispatch = house.dispatch("C-1").await;
        let key = ada.accept(&house, dispatch).await.keys.remove(1);
        assert!(digital_key::verify(&key.key.0, &bo.authority, &bo.identity.public()).is_err());
        let event = opened(&house, &mut bo, dispatch, key.door, Some(key.id));
        assert_eq!(bo.send(&house, &event).await.as_deref(), Some(code::BAD_PROOF));
    }

    async fn a_door_event_tells_of_its_own_key_and_door(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let (dispatch, other) = (house.dispatch("C-1").await, house.dispatch("C-2").await);
        let keys = ada.accept(&house, dispatch).await.keys;
        let cases = [
            (dispatch, keys[0].door, Some(keys[0].id), None),
            (dispatch, keys[1].door, Some(keys[0].id), Some(code::BAD_PROOF)),
            (other, keys[0].door, Some(keys[0].id), Some(code::BAD_PROOF)),
            (dispatch, keys[0].door, Some(KeyId::new(&*house.world)), Some(code::BAD_PROOF)),
            (dispatch, keys[0].door, None, Some(code::BAD_PROOF)),
        ];
        for (dispatch, door, key, refused) in cases {
            let event = opened(&house, &mut ada, dispatch, door, key);
            assert_eq!(ada.send(&house, &event).await.as_deref(), refused, "{door} {key:?}");
        }
    }

    async fn a_refusal_without_a_key_is_still_told(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let mut event = opened(&house, &mut ada, dispatch, house.home.flat, None);
        event.outcome = Some(DoorOutcome::Refused);
        event.reason = Some("no_key".into());
        assert_eq!(ada.send(&house, &event).await, None);
    }

    async fn a_long_visit_gets_new_keys_by_accepting_again_before_the_old_ones_end(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let first = ada.accept(&house, dispatch).await.keys;
        house.forward_minutes(49);
        assert_eq!(ada.accept(&house, dispatch).await.keys, first);
        // The phone asks when less than five minutes are left, and may have to ask again.
        house.forward_minutes(2);
        let second = ada.accept(&house, dispatch).await.keys;
        assert_eq!(second.len(), 2);
        assert!(second.iter().all(|key| first.iter().all(|old| old.id != key.id)));
        house.forward_minutes(49);
        assert_eq!(ada.accept(&house, dispatch).await.keys, second, "they last as long as the first did");
    }

    async fn credentials_are_sealed_at_rest(house) {
        house.stop().await;
        if house.config.database_url.is_none() {
            let secret = [2u8; 36];
            for entry in std::fs::read_dir(&house.config.data).unwrap() {
                let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                assert!(!bytes.windows(36).any(|window| window == secret));
                assert!(!bytes.windows(72).any(|window| window == "02".repeat(36).as_bytes()));
            }
        }
    }

    async fn looking_at_a_doors_code_is_told_by_whoever_is_on_the_way(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let door = ada.accept(&house, dispatch).await.keys[0].door;
        let looked = PhoneEvent { door: Some(door), ..ada.record(&house, EventKind::DoorCodeShown, dispatch) };
        assert_eq!(ada.send(&house, &looked).await, None);
        let elsewhere = Some(DoorId::new(&*house.world));
        let looked = PhoneEvent { door: elsewhere, ..ada.record(&house, EventKind::DoorCodeShown, dispatch) };
        assert_eq!(ada.send(&house, &looked).await.as_deref(), Some(code::NOT_FOUND));
        let nowhere = ada.record(&house, EventKind::DoorCodeShown, dispatch);
        assert_eq!(ada.send(&house, &nowhere).await.as_deref(), Some(code::INVALID));
    }
}
