//! What a team lead does, and what comes of it on a phone.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::key::{KeyBundle, ShiftKey};
use terskel_api::path;
use terskel_api::permission::{GivenPermission, HomeAccess};
use terskel_api::withdrawal::TakenAway;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::EventKind;
use terskel_model::{PermissionId, ResidentId};

use super::{House, Listener, Phone, Worker};

/// Liv, who leads Vest, at a desk.
pub(crate) async fn liv(house: &House) -> String {
    let mut lead = Worker::new("2001", "Liv Lie", "135790");
    lead.hire(house, Some(house.vest)).await;
    lead.lead_session(house).await
}

pub(crate) async fn kari(house: &House) -> ResidentId {
    // The municipality's own number leads to the id by the alarm.
    let ada = house.phone_of(&house.ada).await;
    house.dispatch("to find the id").await;
    let alert = Listener::open(house, &ada, None).await.expect().await;
    alert.details.unwrap().resident.id
}

/// For Ada, at Kari's, as long as nobody takes it away.
pub(crate) fn permanent(house: &House, resident: ResidentId) -> Value {
    json!({"id": PermissionId::new(&*house.world), "who": {"kind": "worker", "worker": house.ada.id()},
        "what": {"kind": "residence", "resident": resident}, "when": {"term": {"kind": "permanent"}}})
}

pub(crate) fn term(house: &House, kind: &str, minutes: i64) -> Value {
    json!({"kind": kind, "from": house.now(), "until": house.now() + TimeDelta::minutes(minutes)})
}

pub(crate) async fn give(house: &House, lead: &str, permission: &Value) -> GivenPermission {
    house.post(path::PERMISSIONS, lead, permission).await.is(201)
}

pub(crate) async fn take_away(house: &House, lead: &str, id: PermissionId) -> TakenAway {
    house.send(Method::DELETE, &one(id), lead, "").await.is(200)
}

pub(crate) fn one(id: PermissionId) -> String {
    path::PERMISSION.replace("{id}", &id.to_string())
}

pub(crate) async fn keys(house: &House, phone: &Phone) -> Vec<ShiftKey> {
    phone.request(house, Method::POST, path::KEYS, b"").await.is::<KeyBundle>(200).keys
}

pub(crate) async fn access(house: &House, lead: &str, resident: ResidentId) -> HomeAccess {
    house.get(&path::HOME_ACCESS.replace("{id}", &resident.to_string()), lead).await.is(200)
}

pub(crate) async fn opens(house: &House, phone: &mut Phone, key: &ShiftKey) -> Option<String> {
    let mut event = phone.record_elsewhere(house, EventKind::DoorOperated);
    event.door = Some(key.door);
    event.operation = Some(Operation::Open);
    event.outcome = Some(DoorOutcome::Opened);
    event.key = Some(key.id);
    phone.send(house, &event).await
}
