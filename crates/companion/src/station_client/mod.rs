//! The station as the phone sees it: one call for each thing asked, every call within its own time limit.

mod error;
mod http;
mod url;

pub(crate) use error::StationError;
pub(crate) use http::HttpStations;
pub(crate) use url::station_url;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use terskel_api::Secret;
use terskel_api::authority::KeySet;
use terskel_api::dispatch::{Accepted, Decline};
use terskel_api::event::{EventBatch, EventReceipts};
use terskel_api::key::KeyBundle;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::session::{SignIn, SignedIn};
use terskel_api::withdrawal::Withdrawal;
use terskel_model::{DispatchId, SessionId};

/// An answer that takes its time.
pub(crate) type Answer<'a, T> = BoxFuture<'a, Result<T, StationError>>;
/// The bytes of the live stream, until it breaks.
pub(crate) type ByteStream = BoxStream<'static, Result<Vec<u8>, StationError>>;

/// What a phone asks of its station (`terskel_api::path`).
pub(crate) trait Station: Send + Sync {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled>;
    /// What its proofs are signed with.
    fn authority_keys(&self) -> Answer<'_, KeySet>;
    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn>;
    fn sign_out<'a>(&'a self, token: &'a Secret) -> Answer<'a, ()>;
    fn accept<'a>(&'a self, token: &'a Secret, dispatch: DispatchId) -> Answer<'a, Accepted>;
    fn decline<'a>(&'a self, token: &'a Secret, dispatch: DispatchId, body: Decline) -> Answer<'a, ()>;
    fn send_events<'a>(&'a self, token: &'a Secret, batch: EventBatch) -> Answer<'a, EventReceipts>;
    fn keys<'a>(&'a self, token: &'a Secret) -> Answer<'a, KeyBundle>;
    /// The order by which a session was taken away.
    fn withdrawal(&self, session: SessionId) -> Answer<'_, Withdrawal>;
    /// What is left to tell after that.
    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts>;
    /// The stream from `cursor` on; ends within 10 s if the station does not begin to answer.
    fn stream<'a>(&'a self, token: &'a Secret, cursor: Option<&'a str>) -> Answer<'a, ByteStream>;
}

/// How a station is reached by its address.
pub(crate) trait Stations: Send + Sync {
    fn at(&self, url: &str) -> Result<Arc<dyn Station>, StationError>;
}
