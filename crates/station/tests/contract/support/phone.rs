//! A worker's phone, as far as the station can tell.

use serde_json::{Value, json};
use terskel_api::admin::EnrolmentCode;
use terskel_api::dispatch::Accepted;
use terskel_api::event::{EventReceipt, EventReceipts};
use terskel_api::phone::Enrolled;
use terskel_api::session::SignedIn;
use terskel_api::{Bytes, path};
use terskel_keys::event::{chain_hash, sign};
use terskel_keys::{AuthorityKey, AuthorityKeys, PhoneIdentity, sign_in};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::world::random;
use terskel_model::{DispatchId, EventId, PhoneId, Timestamp, WorkerId};

use super::{Answer, House, Worker, of};

pub(crate) struct Phone {
    pub(crate) id: PhoneId,
    pub(crate) identity: PhoneIdentity,
    pub(crate) authority: AuthorityKeys,
    pub(crate) session: Option<SignedIn>,
    sequence: u64,
    previous: [u8; 32],
}

impl Phone {
    /// A phone with a code from the administrator.
    pub(crate) async fn enrol(house: &House) -> Self {
        let code: EnrolmentCode =
            house.post(path::ENROLMENTS, &house.admin, &json!({"note": "Vest 1"})).await.is(201);
        let identity = PhoneIdentity::generate(&*house.world);
        let body = Self::introduction(code.code.expose(), &identity);
        let enrolled: Enrolled = house.post(path::ENROL, "", &body).await.is(201);
        let authority = enrolled.authority.ed25519().map(AuthorityKey).collect();
        Self { id: enrolled.phone, identity, authority, session: None, sequence: 0, previous: [0; 32] }
    }

    pub(crate) fn introduction(code: &str, identity: &PhoneIdentity) -> Value {
        let public = identity.public();
        json!({"code": code, "name": "Ada's phone", "signing_key": Bytes(public.signing.to_vec()),
            "sealing_key": Bytes(public.sealing.to_vec())})
    }

    /// A sign-in as the phone sends it.
    pub(crate) fn sign_in_request(&self, house: &House, number: &str, pin: &str, at: Timestamp) -> Value {
        let nonce: [u8; 16] = random(&*house.world);
        let proof = self.identity.sign(&sign_in::message(self.id, number, at, &nonce));
        json!({"staff_number": number, "pin": pin, "phone": self.id, "at": at, "nonce": Bytes(nonce.to_vec()),
            "proof": Bytes(proof.to_vec())})
    }

    pub(crate) async fn try_sign_in(&self, house: &House, number: &str, pin: &str) -> Answer {
        house.post(path::SESSION, "", &self.sign_in_request(house, number, pin, house.now())).await
    }

    pub(crate) async fn sign_in(&mut self, house: &House, worker: &Worker) {
        self.session = Some(self.try_sign_in(house, &worker.number, &worker.pin).await.is(200));
    }

    pub(crate) fn token(&self) -> &str {
        self.session.as_ref().expect("the worker is signed in").token.expose()
    }

    pub(crate) fn worker(&self) -> WorkerId {
        self.session.as_ref().expect("the worker is signed in").worker
    }

    pub(crate) async fn try_accept(&self, house: &House, dispatch: DispatchId) -> Answer {
        house.send(reqwest::Method::POST, &of(path::ACCEPT, dispatch), self.token(), "").await
    }

    pub(crate) async fn accept(&self, house: &House, dispatch: DispatchId) -> Accepted {
        self.try_accept(house, dispatch).await.is(200)
    }

    pub(crate) async fn decline(&self, house: &House, dispatch: DispatchId, reason: &str) -> Answer {
        house.post(&of(path::DECLINE, dispatch), self.token(), &json!({"reason": reason})).await
    }

    /// The next event of this phone, not yet signed.
    pub(crate) fn record(&mut self, house: &House, kind: EventKind, dispatch: DispatchId) -> PhoneEvent {
        PhoneEvent { dispatch: Some(dispatch), ..self.record_elsewhere(house, kind) }
    }

    /// As [`Self::record`], of no dispatch.
    pub(crate) fn record_elsewhere(&mut self, house: &House, kind: EventKind) -> PhoneEvent {
        self.sequence += 1;
        PhoneEvent {
            id: EventId::new(&*house.world),
            phone: self.id,
            sequence: self.sequence,
            previous: self.previous,
            at: house.now(),
            worker: self.worker(),
            kind,
            dispatch: None,
            door: None,
            operation: None,
            outcome: None,
            reason: None,
            key: None,
            receipt: None,
            withdrawal: None,
            lock: None,
        }
    }

    /// Signs an event into this phone's chain.
    pub(crate) fn sign(&mut self, event: &PhoneEvent) -> Vec<u8> {
        let signed = sign(event, &self.identity).unwrap();
        self.previous = chain_hash(&signed);
        signed
    }

    pub(crate) async fn send_signed(&self, house: &House, events: Vec<Vec<u8>>) -> Vec<EventReceipt> {
        let events: Vec<Bytes> = events.into_iter().map(Bytes).collect();
        let answer = house.post(path::EVENTS, self.token(), &json!({"events": events})).await;
        answer.is::<EventReceipts>(200).receipts
    }

    /// Signs and sends one event; gives the code it was refused with.
    pub(crate) async fn send(&mut self, house: &House, event: &PhoneEvent) -> Option<String> {
        let signed = self.sign(event);
        let mut receipts = self.send_signed(house, vec![signed]).await;
        assert_eq!((receipts.len(), receipts[0].id), (1, Some(event.id)));
        receipts.remove(0).refused
    }
}
