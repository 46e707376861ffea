//! The station over HTTP. What a worker asks goes with a proof by the phone, new for each try (RFC 9449).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, RequestBuilder, Response, StatusCode, Url, redirect};
use terskel_api::authority::KeySet;
use terskel_api::break_glass::{BreakGlass, GlassBroken};
use terskel_api::dispatch::{Accepted, Decline};
use terskel_api::event::{EventBatch, EventReceipts};
use terskel_api::installation::Installation;
use terskel_api::key::KeyBundle;
use terskel_api::path;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::problem::code;
use terskel_api::roster::RosterPage;
use terskel_api::session::{Refreshed, SignIn, SignedIn};
use terskel_api::withdrawal::Withdrawal;
use terskel_keys::dpop;
use terskel_model::{DispatchId, SessionId, World};

use super::answer::{WHOLE, check, events, json, lost, nothing};
use super::{Answer, ByteStream, Credential, Station, StationError, Stations};

const CONNECT: Duration = Duration::from_secs(5);
/// Everything for a shift may be half a megabyte, and the network slow: nobody waits for it at a door.
const BUNDLE: Duration = Duration::from_secs(300);

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Reaches stations by the system's network.
pub(crate) struct HttpStations {
    world: Arc<dyn World>,
}

impl HttpStations {
    /// `world`: of the phone, for its proofs.
    pub(crate) fn new(world: Arc<dyn World>) -> Self {
        Self { world }
    }
}

impl Stations for HttpStations {
    fn at(&self, url: &str) -> Result<Arc<dyn Station>, StationError> {
        let parsed = Url::parse(url).map_err(|_| StationError::NoNetwork)?;
        // Redirects would carry the token to wherever they point.
        let mut client = Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none());
        if super::url::is_loopback(&parsed) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| StationError::NoNetwork)?;
        let (base, world) = (url.to_owned(), self.world.clone());
        Ok(Arc::new(HttpStation { client, base, world, nonce: Mutex::default() }))
    }
}

struct HttpStation {
    client: Client,
    base: String,
    world: Arc<dyn World>,
    /// The last that the station gave: it tells how old a proof is, whatever the phone's clock says.
    nonce: Mutex<Option<HeaderValue>>,
}

impl HttpStation {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    fn dispatch(&self, path: &str, dispatch: DispatchId) -> RequestBuilder {
        self.request(Method::POST, &path.replace("{id}", &dispatch.to_string()))
    }

    /// Without a proof: before there is a session.
    async fn send(&self, request: RequestBuilder) -> Result<Response, StationError> {
        self.execute(request.timeout(WHOLE).build().map_err(|e| lost(&e))?).await
    }

    /// With a proof; once more where the station wants its newest nonce in it.
    async fn prove(
        &self,
        credential: &Credential,
        request: RequestBuilder,
    ) -> Result<Response, StationError> {
        let request = request.build().map_err(|e| lost(&e))?;
        let again = request.try_clone();
        match (self.prove_once(credential, request).await, again) {
            (Err(error), Some(again)) if error.code() == Some(code::USE_NONCE) => {
                self.prove_once(credential, again).await
            }
            (answer, _) => answer,
        }
    }

    async fn prove_once(
        &self,
        credential: &Credential,
        mut request: Request,
    ) -> Result<Response, StationError> {
        let headers = self.proof(credential, &request).ok_or(StationError::NoNetwork)?;
        request.headers_mut().extend(headers);
        self.execute(request).await
    }

    fn proof(&self, credential: &Credential, request: &Request) -> Option<HeaderMap> {
        let token = credential.token.expose();
        let nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = dpop::Request { method: request.method().as_str(), url: request.url().as_str(), token };
        let nonce = nonce.as_ref().and_then(|nonce| nonce.to_str().ok());
        let proof = dpop::make(&credential.phone, &request, nonce, &*self.world).ok()?;
        let mut shown = HeaderValue::try_from(format!("DPoP {token}")).ok()?;
        shown.set_sensitive(true);
        Some(HeaderMap::from_iter([(AUTHORIZATION, shown), (DPOP, HeaderValue::try_from(proof).ok()?)]))
    }

    async fn execute(&self, request: Request) -> Result<Response, StationError> {
        let response = self.client.execute(request).await.map_err(|e| lost(&e))?;
        if let Some(nonce) = response.headers().get(DPOP_NONCE) {
            *self.nonce.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce.clone());
        }
        check(response).await
    }
}

impl Station for HttpStation {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled> {
        let request = self.request(Method::POST, path::PHONES).json(&body);
        async move { json(self.send(request).await?).await }.boxed()
    }

    fn authority_keys(&self) -> Answer<'_, KeySet> {
        let request = self.request(Method::GET, path::AUTHORITY_KEYS);
        async move { json(self.send(request).await?).await }.boxed()
    }

    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn> {
        let request = self.request(Method::POST, path::SESSION).json(&body);
        async move { json(self.send(request).await?).await }.boxed()
    }

    fn refresh<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Refreshed> {
        let request = self.request(Method::POST, path::REFRESH).timeout(WHOLE);
        async move { json(self.prove(credential, request).await?).await }.boxed()
    }

    fn sign_out<'a>(&'a self, credential: &'a Credential) -> Answer<'a, ()> {
        let request = self.request(Method::DELETE, path::SESSION).timeout(WHOLE);
        async move { nothing(&self.prove(credential, request).await?) }.boxed()
    }

    fn accept<'a>(&'a self, credential: &'a Credential, dispatch: DispatchId) -> Answer<'a, Accepted> {
        let request = self.dispatch(path::ACCEPT, dispatch).timeout(WHOLE);
        async move { json(self.prove(credential, request).await?).await }.boxed()
    }

    fn decline<'a>(
        &'a self,
        credential: &'a Credential,
        dispatch: DispatchId,
        body: Decline,
    ) -> Answer<'a, ()> {
        let request = self.dispatch(path::DECLINE, dispatch).json(&body).timeout(WHOLE);
        async move { nothing(&self.prove(credential, request).await?) }.boxed()
    }

    fn send_events<'a>(&'a self, credential: &'a Credential, batch: EventBatch) -> Answer<'a, EventReceipts> {
        let request = self.request(Method::POST, path::EVENTS).json(&batch).timeout(WHOLE);
        async move { json(self.prove(credential, request).await?).await }.boxed()
    }

    fn keys<'a>(&'a self, credential: &'a Credential, known: String) -> Answer<'a, Option<KeyBundle>> {
        // The version is the station's own word, and part of an address: a word it must be.
        let known = Some(known).filter(|known| known.bytes().all(|b| b.is_ascii_alphanumeric()));
        let path = format!("{}?known={}", path::KEYS, known.unwrap_or_default());
        let request = self.request(Method::POST, &path).timeout(BUNDLE);
        async move {
            let answer = self.prove(credential, request).await?;
            if answer.status() == StatusCode::NO_CONTENT { Ok(None) } else { json(answer).await.map(Some) }
        }
        .boxed()
    }

    fn roster<'a>(
        &'a self,
        credential: &'a Credential,
        after: Option<String>,
    ) -> Answer<'a, Option<RosterPage>> {
        let word = |cursor: &String| cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        let path = format!("{}?after={}", path::ROSTER, after.filter(word).unwrap_or_default());
        let request = self.request(Method::GET, &path).timeout(BUNDLE);
        async move {
            match self.prove(credential, request).await {
                Ok(answer) => json(answer).await.map(Some),
                Err(error) if error.code() == Some(code::NOT_FOUND) => Ok(None),
                Err(error) => Err(error),
            }
        }
        .boxed()
    }

    fn install<'a>(&'a self, credential: &'a Credential, body: Installation) -> Answer<'a, ()> {
        let request = self.request(Method::POST, path::INSTALLATIONS).json(&body).timeout(WHOLE);
        async move { nothing(&self.prove(credential, request).await?) }.boxed()
    }

    fn break_glass<'a>(&'a self, credential: &'a Credential, body: BreakGlass) -> Answer<'a, GlassBroken> {
        let request = self.request(Method::POST, path::BREAK_GLASS).json(&body).timeout(WHOLE);
        async move { json(self.prove(credential, request).await?).await }.boxed()
    }

    fn withdrawal(&self, session: SessionId) -> Answer<'_, Withdrawal> {
        let path = path::SESSION_WITHDRAWAL.replace("{id}", &session.to_string());
        let request = self.request(Method::GET, &path);
        async move { json(self.send(request).await?).await }.boxed()
    }

    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts> {
        let request = self.request(Method::POST, path::PARTING_EVENTS).json(&batch);
        async move { json(self.send(request).await?).await }.boxed()
    }

    fn stream<'a>(&'a self, credential: &'a Credential, cursor: Option<String>) -> Answer<'a, ByteStream> {
        let mut request = self.request(Method::GET, path::STREAM).header("accept", "text/event-stream");
        if let Some(cursor) = cursor {
            request = request.header("last-event-id", cursor);
        }
        // The stream has no end: the limit is for its beginning only.
        async move {
            let begun = tokio::time::timeout(WHOLE, self.prove(credential, request)).await;
            let bytes = events(begun.map_err(|_| StationError::NoNetwork)??)?.bytes_stream();
            Ok(bytes.map(|chunk| chunk.map(|b| b.to_vec()).map_err(|e| lost(&e))).boxed())
        }
        .boxed()
    }
}

mod lead;
#[cfg(test)]
mod tests;
