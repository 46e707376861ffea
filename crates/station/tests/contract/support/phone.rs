//! A worker's phone, as far as the station can tell.

use std::sync::Mutex;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use terskel_api::admin::EnrolmentCode;
use terskel_api::dispatch::Accepted;
use terskel_api::event::{EventReceipt, EventReceipts};
use terskel_api::phone::Enrolled;
use terskel_api::problem::code;
use terskel_api::session::{Refreshed, SignedIn};
use terskel_api::{Bytes, path};
use terskel_keys::event::{chain_hash, sign};
use terskel_keys::{AuthorityKey, AuthorityKeys, PhoneIdentity, sign_in};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::world::random;
use terskel_model::{DispatchId, EventId, PhoneId, Timestamp, WorkerId};

use super::{Answer, House, Signed, Worker, nonce, of};

pub(crate) struct Phone {
    pub(crate) id: PhoneId,
    pub(crate) identity: PhoneIdentity,
    pub(crate) authority: AuthorityKeys,
    pub(crate) session: Option<SignedIn>,
    /// The newest of the session.
    tokens: Mutex<Option<Refreshed>>,
    /// The newest that the station gave.
    nonce: Mutex<Option<String>>,
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
        let enrolled: Enrolled = house.post(path::PHONES, "", &body).await.is(201);
        let authority = enrolled.authority.ed25519().map(AuthorityKey).collect();
        Self {
            id: enrolled.phone,
            identity,
            authority,
            session: None,
            tokens: Mutex::default(),
            nonce: Mutex::default(),
            sequence: 0,
            previous: [0; 32],
        }
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

    /// Signs in with an app that says what it can do.
    pub(crate) async fn sign_in_with(&mut self, house: &House, worker: &Worker, capabilities: &Value) {
        let mut request = self.sign_in_request(house, &worker.number, &worker.pin, house.now());
        request["capabilities"] = capabilities.clone();
        self.begin(&house.post(path::SESSION, "", &request).await);
    }

    pub(crate) async fn sign_in(&mut self, house: &House, worker: &Worker) {
        let answer = self.try_sign_in(house, &worker.number, &worker.pin).await;
        self.begin(&answer);
    }

    fn begin(&mut self, answer: &Answer) {
        let session: SignedIn = answer.is(200);
        *self.nonce.get_mut().unwrap() = nonce(&answer.headers);
        *self.tokens.get_mut().unwrap() = Some(Refreshed {
            token: session.token.clone(),
            token_lasts_s: session.token_lasts_s,
            refresh_token: session.refresh_token.clone(),
        });
        self.session = Some(session);
    }

    pub(crate) fn tokens(&self) -> Refreshed {
        self.tokens.lock().unwrap().clone().expect("the worker is signed in")
    }

    pub(crate) fn nonce(&self) -> Option<String> {
        self.nonce.lock().unwrap().clone()
    }

    /// A request of this phone, made and not yet sent.
    pub(crate) fn make(&self, house: &House, method: Method, path: &str) -> Signed {
        self.make_at(house, method, house.url(path), self.tokens().token.expose())
    }

    pub(crate) fn make_at(&self, house: &House, method: Method, url: String, token: &str) -> Signed {
        Signed::new(house, &self.identity, method, url, (token, self.nonce().as_deref()))
    }

    /// Sends a request as a phone does: with a new nonce or a new token where the station asks for one.
    pub(crate) async fn request(&self, house: &House, method: Method, path: &str, body: &[u8]) -> Answer {
        let send = async || self.settled(house, || self.make(house, method.clone(), path), body).await;
        let answer = send().await;
        if !answer.says(code::UNAUTHENTICATED) || self.refresh(house).await.status != 200 {
            return answer;
        }
        send().await
    }

    /// Gets the next pair of tokens.
    pub(crate) async fn refresh(&self, house: &House) -> Answer {
        let refresh = self.tokens().refresh_token;
        let make = || self.make_at(house, Method::POST, house.url(path::REFRESH), refresh.expose());
        let answer = self.settled(house, make, b"").await;
        if answer.status == 200 {
            *self.tokens.lock().unwrap() = Some(answer.is(200));
        }
        answer
    }

    /// Sends what `make` makes; once more where the station gives a new nonce.
    pub(crate) async fn settled(&self, house: &House, make: impl Fn() -> Signed, body: &[u8]) -> Answer {
        let answer = make().send(house, body.to_vec()).await;
        if !self.takes_nonce(&answer.headers) || !answer.says(code::USE_NONCE) {
            return answer;
        }
        make().send(house, body.to_vec()).await
    }

    pub(crate) fn takes_nonce(&self, headers: &HeaderMap) -> bool {
        let Some(new) = nonce(headers) else { return false };
        self.nonce.lock().unwrap().replace(new.clone()) != Some(new)
    }

    pub(crate) async fn get(&self, house: &House, path: &str) -> Answer {
        self.request(house, Method::GET, path, b"").await
    }

    pub(crate) async fn post(&self, house: &House, path: &str, body: &Value) -> Answer {
        self.request(house, Method::POST, path, &serde_json::to_vec(body).unwrap()).await
    }

    pub(crate) async fn sign_out(&self, house: &House) -> Answer {
        self.request(house, Method::DELETE, path::SESSION, b"").await
    }

    pub(crate) fn worker(&self) -> WorkerId {
        self.session.as_ref().expect("the worker is signed in").worker
    }

    pub(crate) async fn try_accept(&self, house: &House, dispatch: DispatchId) -> Answer {
        self.request(house, Method::POST, &of(path::ACCEPT, dispatch), b"").await
    }

    pub(crate) async fn accept(&self, house: &House, dispatch: DispatchId) -> Accepted {
        self.try_accept(house, dispatch).await.is(200)
    }

    pub(crate) async fn decline(&self, house: &House, dispatch: DispatchId, reason: &str) -> Answer {
        self.post(house, &of(path::DECLINE, dispatch), &json!({"reason": reason})).await
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
            clock: None,
            worker: self.worker(),
            kind,
            dispatch: None,
            visit: None,
            resident: None,
            door: None,
            operation: None,
            outcome: None,
            reason: None,
            key: None,
            receipt: None,
            withdrawal: None,
            session: None,
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
        let answer = self.post(house, path::EVENTS, &json!({"events": events})).await;
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
