//! Listens to the stream as a phone does.

use std::time::Duration;

use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use terskel_api::break_glass::{GlassReport, STREAM_GLASS};
use terskel_api::dispatch::{Dispatch, STREAM_DISPATCH, STREAM_TIME, StreamTime};
use terskel_api::path;
use terskel_api::roster::STREAM_ROSTER;
use terskel_api::session::STREAM_POLICY;
use terskel_api::withdrawal::{STREAM_KEYS, STREAM_WITHDRAWAL, Withdrawal};

use terskel_model::phone_policy::PhonePolicy;

use super::{House, Phone};

/// An open stream.
pub(crate) struct Listener {
    response: Response,
    buffer: String,
    /// What `Last-Event-ID` will be.
    pub(crate) cursor: Option<String>,
}

impl Listener {
    pub(crate) async fn open(house: &House, phone: &Phone, cursor: Option<&str>) -> Self {
        Self::open_at(house, &house.url(""), phone, cursor).await
    }

    /// At another node of the station.
    pub(crate) async fn open_at(house: &House, node: &str, phone: &Phone, cursor: Option<&str>) -> Self {
        let mut response = Self::ask(house, node, phone, cursor).await;
        if phone.takes_nonce(response.headers()) && response.status() == 401 {
            response = Self::ask(house, node, phone, cursor).await;
        }
        if response.status() == 401 {
            assert_eq!(phone.refresh(house).await.status, 200);
            response = Self::ask(house, node, phone, cursor).await;
        }
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, buffer: String::new(), cursor: cursor.map(str::to_owned) }
    }

    async fn ask(house: &House, node: &str, phone: &Phone, cursor: Option<&str>) -> Response {
        let url = format!("{node}{}", path::STREAM);
        let signed = phone.make_at(house, Method::GET, url, phone.tokens().token.expose());
        let request = signed.request(house);
        let request = cursor.into_iter().fold(request, |request, id| request.header("Last-Event-ID", id));
        request.send().await.unwrap()
    }

    /// The next dispatch; all else in between is taken in. `None`: the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Dispatch> {
        self.next_named(STREAM_DISPATCH).await
    }

    /// The next event of this name.
    async fn next_named<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        loop {
            let block = self.block().await?;
            let part = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            if let Some(id) = part("id: ") {
                self.cursor = Some(id);
            }
            if let Some(data) = part("data: ").filter(|_| part("event: ").as_deref() == Some(name)) {
                return Some(serde_json::from_str(&data).expect("what the contract says"));
            }
        }
    }

    /// The order to wipe, which must come within a second.
    pub(crate) async fn expect_withdrawal(&mut self) -> Withdrawal {
        let next = tokio::time::timeout(Duration::from_secs(1), self.next_named(STREAM_WITHDRAWAL)).await;
        next.expect("the order comes within a second").expect("the stream goes on")
    }

    /// The word of an emergency, for a lead, which must come.
    pub(crate) async fn expect_glass(&mut self) -> GlassReport {
        let next = tokio::time::timeout(Duration::from_secs(20), self.next_named(STREAM_GLASS)).await;
        next.expect("the word comes").expect("the stream goes on")
    }

    /// The word that there may be new keys, which must come.
    pub(crate) async fn expect_keys(&mut self) {
        let next = tokio::time::timeout(Duration::from_secs(20), self.next_named::<Value>(STREAM_KEYS)).await;
        next.expect("the word comes").expect("the stream goes on");
    }

    /// The word that a home of the team has changed, which must come.
    pub(crate) async fn expect_roster(&mut self) {
        let next =
            tokio::time::timeout(Duration::from_secs(20), self.next_named::<Value>(STREAM_ROSTER)).await;
        next.expect("the word comes").expect("the stream goes on");
    }

    /// The team's new policy for its phones, which must come within a second.
    pub(crate) async fn expect_policy(&mut self) -> PhonePolicy {
        let next = tokio::time::timeout(Duration::from_secs(1), self.next_named(STREAM_POLICY)).await;
        next.expect("the policy comes within a second").expect("the stream goes on")
    }

    /// What the stream says first.
    pub(crate) async fn expect_time(&mut self) -> StreamTime {
        self.next_named(STREAM_TIME).await.expect("the stream goes on")
    }

    /// The next dispatch, which must come.
    pub(crate) async fn expect(&mut self) -> Dispatch {
        let next = tokio::time::timeout(Duration::from_secs(20), self.next()).await;
        next.expect("the dispatch comes").expect("the stream goes on")
    }

    /// One block of lines. A test that waits here for ever is a test that fails.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                return Some(block);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.response.chunk()).await;
            let chunk = chunk.expect("the stream says something").ok().flatten()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}
