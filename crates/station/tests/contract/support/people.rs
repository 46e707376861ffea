//! Workers, and Kari's home.

use chrono::TimeDelta;
use serde_json::{Value, json};
use terskel_api::session::LeadSignedIn;
use terskel_api::{Bytes, path};
use terskel_keys::receipt::{self, Direction, HubKey, Receipt};
use terskel_model::{DispatchId, DoorId, HubId, LockId, OrganisationId, TeamId, Timestamp, WorkerId, World};

use super::{House, Phone};

/// A worker.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) pin: String,
    id: Option<WorkerId>,
}

impl Worker {
    pub(crate) fn new(number: &str, name: &str, pin: &str) -> Self {
        Self { number: number.into(), name: name.into(), pin: pin.into(), id: None }
    }

    pub(crate) fn id(&self) -> WorkerId {
        self.id.expect("the worker is hired")
    }

    pub(crate) async fn hire(&mut self, house: &House, leads: Option<TeamId>) {
        let mut body = json!({"staff_number": self.number, "name": self.name, "pin": self.pin});
        if let Some(team) = leads {
            body["leads"] = json!(team);
        }
        self.id = Some(WorkerId(house.make(path::WORKERS, &body).await));
    }

    pub(crate) async fn hire_of(&mut self, house: &House, organisation: OrganisationId) {
        let body = json!({"staff_number": self.number, "name": self.name, "pin": self.pin,
            "organisation": organisation});
        self.id = Some(WorkerId(house.make(path::WORKERS, &body).await));
    }

    /// An eight-hour shift, begun an hour ago.
    pub(crate) async fn on_shift(&self, house: &House, team: TeamId) {
        self.on_shift_as(house, team, "carer").await;
    }

    pub(crate) async fn on_shift_as(&self, house: &House, team: TeamId, role: &str) {
        let (starts_at, ends_at) = (house.now() - TimeDelta::hours(1), house.now() + TimeDelta::hours(7));
        let body = json!({"worker": self.id(), "team": team, "role": role, "starts_at": starts_at, "ends_at": ends_at});
        house.make(path::SHIFTS, &body).await;
    }

    /// Signs in without a phone, as a lead; gives the token.
    pub(crate) async fn lead_session(&self, house: &House) -> String {
        let body = json!({"staff_number": self.number, "pin": self.pin});
        let signed_in: LeadSignedIn = house.post(path::LEAD_SESSION, "", &body).await.is(200);
        signed_in.token.expose().to_owned()
    }
}

/// Kari's home: a stairwell door, a flat door, a hub.
pub(crate) struct Home {
    pub(crate) stairwell: DoorId,
    pub(crate) flat: DoorId,
    pub(crate) stairwell_lock: LockId,
    pub(crate) flat_lock: LockId,
    pub(crate) hub: HubId,
    pub(crate) hub_key: HubKey,
}

impl Home {
    pub(crate) fn new(world: &dyn World) -> Self {
        Self {
            stairwell: DoorId::new(world),
            flat: DoorId::new(world),
            stairwell_lock: LockId::new(world),
            flat_lock: LockId::new(world),
            hub: HubId::new(world),
            hub_key: HubKey::from_seed(&[9; 32]),
        }
    }

    pub(crate) fn lock(id: LockId, byte: u8) -> Value {
        json!({
            "id": id, "family": "dkey", "address": format!("C0:FF:EE:00:00:{byte:02X}"),
            "device_id": format!("000000{byte:02x}"), "credential": format!("{byte:02x}").repeat(36)
        })
    }

    pub(crate) fn doors(&self) -> Value {
        json!([
            {"id": self.stairwell, "kind": "stairwell", "name": "Oppgang B",
                "lock": Self::lock(self.stairwell_lock, 1)},
            {"id": self.flat, "kind": "flat", "name": "Leilighet 4", "lock": Self::lock(self.flat_lock, 2)},
        ])
    }

    pub(crate) fn resident(&self, number: &str, team: TeamId) -> Value {
        json!({
            "number": number, "team": team, "first_name": "Kari", "last_name": "Nordmann", "birth_year": 1941,
            "address": "Storgata 1B", "town": "Bergen", "phone_number": "+47 55 00 00 84",
            "way_in": "Safety chain is off. Cat.", "doors": self.doors(),
            "hub": {"id": self.hub, "address": "C0:FF:EE:00:00:10",
                "public_key": Bytes(self.hub_key.public_key().to_vec())}
        })
    }

    /// What the hub signs for whoever stands in front of it.
    pub(crate) fn receipt(
        &self,
        phone: &Phone,
        visit: DispatchId,
        direction: Direction,
        at: Timestamp,
        counter: u64,
    ) -> Receipt {
        Receipt { hub: self.hub, worker: phone.worker(), phone: phone.id, visit, direction, at, counter }
    }

    pub(crate) fn signed(&self, receipt: &Receipt) -> String {
        hex(&receipt::sign(&self.hub_key, receipt))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
