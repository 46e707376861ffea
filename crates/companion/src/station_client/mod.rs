//! The station as the phone sees it: one call for each thing asked, every call within its own time limit.

mod answer;
mod error;
mod http;
mod lead;
mod url;

pub(crate) use error::StationError;
pub(crate) use http::HttpStations;
pub(crate) use lead::LeadStation;
pub(crate) use url::station_url;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use terskel_api::Secret;
use terskel_api::authority::KeySet;
use terskel_api::break_glass::{BreakGlass, GlassBroken};
use terskel_api::dispatch::{Accepted, Decline};
use terskel_api::event::{EventBatch, EventReceipts};
use terskel_api::installation::Installation;
use terskel_api::key::KeyBundle;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::roster::RosterPage;
use terskel_api::session::{Refreshed, SignIn, SignedIn};
use terskel_api::withdrawal::Withdrawal;
use terskel_keys::PhoneIdentity;
use terskel_model::{DispatchId, SessionId};

/// An answer that takes its time.
pub(crate) type Answer<'a, T> = BoxFuture<'a, Result<T, StationError>>;
/// The bytes of the live stream, until it breaks.
pub(crate) type ByteStream = BoxStream<'static, Result<Vec<u8>, StationError>>;

/// What a worker's request is made with: a token, and the phone that proves each request.
pub(crate) struct Credential {
    pub(crate) token: Secret,
    pub(crate) phone: Arc<PhoneIdentity>,
}

/// What a phone asks of its station (`terskel_api::path`).
pub(crate) trait Station: LeadStation {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled>;
    /// What its proofs are signed with.
    fn authority_keys(&self) -> Answer<'_, KeySet>;
    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn>;
    /// `credential` has the refresh token.
    fn refresh<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Refreshed>;
    fn sign_out<'a>(&'a self, credential: &'a Credential) -> Answer<'a, ()>;
    fn accept<'a>(&'a self, credential: &'a Credential, dispatch: DispatchId) -> Answer<'a, Accepted>;
    fn decline<'a>(
        &'a self,
        credential: &'a Credential,
        dispatch: DispatchId,
        body: Decline,
    ) -> Answer<'a, ()>;
    fn send_events<'a>(&'a self, credential: &'a Credential, batch: EventBatch) -> Answer<'a, EventReceipts>;
    /// All that the shift needs, with keys for all doors that the worker may open now. `None`: nothing differs from the
    /// version that is `known`.
    fn keys<'a>(&'a self, credential: &'a Credential, known: String) -> Answer<'a, Option<KeyBundle>>;
    /// The homes of the team on shift that have changed since the cursor. `None`: the station knows of no such thing.
    fn roster<'a>(
        &'a self,
        credential: &'a Credential,
        after: Option<String>,
    ) -> Answer<'a, Option<RosterPage>>;
    /// A lock that the phone was let into, with its secret.
    fn install<'a>(&'a self, credential: &'a Credential, body: Installation) -> Answer<'a, ()>;
    fn break_glass<'a>(&'a self, credential: &'a Credential, body: BreakGlass) -> Answer<'a, GlassBroken>;
    /// The order by which a session was taken away.
    fn withdrawal(&self, session: SessionId) -> Answer<'_, Withdrawal>;
    /// What is left to tell after that.
    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts>;
    /// The stream from `cursor` on; ends within 10 s if the station does not begin to answer.
    fn stream<'a>(&'a self, credential: &'a Credential, cursor: Option<String>) -> Answer<'a, ByteStream>;
}

/// How a station is reached by its address.
pub(crate) trait Stations: Send + Sync {
    fn at(&self, url: &str) -> Result<Arc<dyn Station>, StationError>;
}
