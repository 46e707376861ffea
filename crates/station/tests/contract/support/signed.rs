//! A phone's request as it goes over the wire: what a thief can copy, and change.

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Body, Method, RequestBuilder};
use terskel_keys::PhoneIdentity;
use terskel_keys::dpop::{self, Request};

use super::{Answer, House};

/// Everything of a request but its body.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) method: Method,
    pub(crate) url: String,
    /// `Authorization`.
    pub(crate) authorization: String,
    /// `DPoP`, as often as it is sent.
    pub(crate) proofs: Vec<String>,
}

impl Signed {
    /// As a phone with this identity makes it.
    pub(crate) fn new(
        house: &House,
        identity: &PhoneIdentity,
        method: Method,
        url: String,
        (token, nonce): (&str, Option<&str>),
    ) -> Self {
        let request = Request { method: method.as_str(), url: &url, token };
        let proof = dpop::make(identity, &request, nonce, &*house.world).unwrap();
        Self { authorization: format!("DPoP {token}"), proofs: vec![proof], method, url }
    }

    pub(crate) fn request(&self, house: &House) -> RequestBuilder {
        let request = house.http.request(self.method.clone(), &self.url);
        let request = request.header(AUTHORIZATION, &self.authorization);
        self.proofs.iter().fold(request, |request, proof| request.header("DPoP", proof))
    }

    pub(crate) async fn send(&self, house: &House, body: impl Into<Body>) -> Answer {
        Answer::of(self.request(house).body(body)).await
    }
}

/// The nonce that an answer gives.
pub(crate) fn nonce(headers: &HeaderMap) -> Option<String> {
    headers.get("dpop-nonce").map(|nonce| nonce.to_str().unwrap().to_owned())
}
