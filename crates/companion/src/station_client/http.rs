//! The station over HTTP.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, header, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use terskel_api::authority::KeySet;
use terskel_api::dispatch::{Accepted, Decline};
use terskel_api::event::{EventBatch, EventReceipts};
use terskel_api::key::KeyBundle;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::session::{SignIn, SignedIn};
use terskel_api::withdrawal::Withdrawal;
use terskel_api::{Secret, path};
use terskel_model::{DispatchId, SessionId};

use super::{Answer, ByteStream, Station, StationError, Stations};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);

/// Reaches stations by the system's network.
#[derive(Debug, Default)]
pub(crate) struct HttpStations;

impl Stations for HttpStations {
    fn at(&self, url: &str) -> Result<Arc<dyn Station>, StationError> {
        let parsed = Url::parse(url).map_err(|_| StationError::NoNetwork)?;
        // Redirects would carry the token to wherever they point.
        let mut client = Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none());
        if super::url::is_loopback(&parsed) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| StationError::NoNetwork)?;
        Ok(Arc::new(HttpStation { client, base: url.to_owned() }))
    }
}

struct HttpStation {
    client: Client,
    base: String,
}

impl HttpStation {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    fn dispatch(&self, path: &str, dispatch: DispatchId, token: &Secret) -> RequestBuilder {
        self.request(Method::POST, &path.replace("{id}", &dispatch.to_string())).bearer_auth(token.expose())
    }
}

impl Station for HttpStation {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled> {
        json(with(self.request(Method::POST, path::ENROL), &body)).boxed()
    }

    fn authority_keys(&self) -> Answer<'_, KeySet> {
        json(self.request(Method::GET, path::AUTHORITY_KEYS)).boxed()
    }

    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn> {
        json(with(self.request(Method::POST, path::SESSION), &body)).boxed()
    }

    fn sign_out<'a>(&'a self, token: &'a Secret) -> Answer<'a, ()> {
        nothing(self.request(Method::DELETE, path::SESSION).bearer_auth(token.expose())).boxed()
    }

    fn accept<'a>(&'a self, token: &'a Secret, dispatch: DispatchId) -> Answer<'a, Accepted> {
        json(self.dispatch(path::ACCEPT, dispatch, token)).boxed()
    }

    fn decline<'a>(&'a self, token: &'a Secret, dispatch: DispatchId, body: Decline) -> Answer<'a, ()> {
        nothing(with(self.dispatch(path::DECLINE, dispatch, token), &body)).boxed()
    }

    fn send_events<'a>(&'a self, token: &'a Secret, batch: EventBatch) -> Answer<'a, EventReceipts> {
        json(with(self.request(Method::POST, path::EVENTS).bearer_auth(token.expose()), &batch)).boxed()
    }

    fn keys<'a>(&'a self, token: &'a Secret) -> Answer<'a, KeyBundle> {
        json(self.request(Method::POST, path::KEYS).bearer_auth(token.expose())).boxed()
    }

    fn withdrawal(&self, session: SessionId) -> Answer<'_, Withdrawal> {
        let path = path::SESSION_WITHDRAWAL.replace("{id}", &session.to_string());
        json(self.request(Method::GET, &path)).boxed()
    }

    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts> {
        json(with(self.request(Method::POST, path::PARTING_EVENTS), &batch)).boxed()
    }

    fn stream<'a>(&'a self, token: &'a Secret, cursor: Option<&'a str>) -> Answer<'a, ByteStream> {
        let mut request = self
            .request(Method::GET, path::STREAM)
            .bearer_auth(token.expose())
            .header("accept", "text/event-stream");
        if let Some(cursor) = cursor {
            request = request.header("last-event-id", cursor);
        }
        // The stream has no end: the limit is for its beginning only.
        async move {
            let begun = tokio::time::timeout(WHOLE, request.send()).await;
            let response = begun.map_err(|_| StationError::NoNetwork)?.map_err(|e| lost(&e))?;
            let bytes = events(check(response).await?)?.bytes_stream();
            Ok(bytes.map(|chunk| chunk.map(|b| b.to_vec()).map_err(|e| lost(&e))).boxed())
        }
        .boxed()
    }
}

fn with(request: RequestBuilder, body: &impl Serialize) -> RequestBuilder {
    request.json(body)
}

async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, StationError> {
    let response = check(request.timeout(WHOLE).send().await.map_err(|e| lost(&e))?).await?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await.map_err(|e| lost(&e))?;
    serde_json::from_slice(&bytes).map_err(|_| StationError::Failed(status))
}

/// A page that a hotel's network puts in the way is a good answer too, but not without content.
async fn nothing(request: RequestBuilder) -> Result<(), StationError> {
    let response = check(request.timeout(WHOLE).send().await.map_err(|e| lost(&e))?).await?;
    match response.status() {
        StatusCode::NO_CONTENT => Ok(()),
        other => Err(StationError::Failed(other.as_u16())),
    }
}

/// The answer if it is a stream of events: any other is not the station's.
fn events(response: Response) -> Result<Response, StationError> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        Ok(response)
    } else {
        Err(StationError::Failed(response.status().as_u16()))
    }
}

/// The answer if it is a good one, else what the station says is wrong.
async fn check(response: Response) -> Result<Response, StationError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let problem = match tokio::time::timeout(WHOLE, response.bytes()).await {
        Ok(Ok(bytes)) => serde_json::from_slice::<ProblemDetails>(&bytes).ok(),
        Ok(Err(_)) | Err(_) => None,
    };
    Err(match problem {
        Some(problem) => StationError::Problem { problem: Box::new(problem) },
        None if status == StatusCode::UNAUTHORIZED => unauthenticated(),
        None => StationError::Failed(status.as_u16()),
    })
}

/// A 401 from something in front of the station.
fn unauthenticated() -> StationError {
    let problem = ProblemDetails {
        kind: format!("urn:terskel:problem:{}", code::UNAUTHENTICATED),
        title: "unauthenticated".into(),
        status: 401,
        code: code::UNAUTHENTICATED.into(),
        detail: None,
        field: None,
        retry_after_s: None,
        accepted_by: None,
    };
    StationError::Problem { problem: Box::new(problem) }
}

/// The error without its address, which may name people.
fn lost(error: &reqwest::Error) -> StationError {
    tracing::debug!(timeout = error.is_timeout(), connect = error.is_connect(), "no answer from the station");
    StationError::NoNetwork
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::world::ManualWorld;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// Something between phone and station that answers everything with `answer`.
    async fn answering(answer: &'static str) -> Arc<dyn Station> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 4096]).await;
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        HttpStations.at(&url).unwrap()
    }

    #[tokio::test]
    async fn a_page_of_a_hotels_network_is_never_the_stations_word() {
        let portal = answering(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>",
        )
        .await;
        let token = Secret::new("token");
        let dispatch = DispatchId::new(&ManualWorld::new(terskel_model::Timestamp::UNIX_EPOCH, 1));
        let failed = StationError::Failed(200);
        let batch = EventBatch { events: Vec::new() };
        assert_eq!(portal.stream(&token, None).await.err(), Some(failed.clone()));
        let decline = Decline { reason: terskel_model::dispatch::DeclineReason::Busy };
        assert_eq!(portal.decline(&token, dispatch, decline).await.err(), Some(failed.clone()));
        assert_eq!(portal.sign_out(&token).await.err(), Some(failed.clone()));
        assert_eq!(portal.send_events(&token, batch).await.err(), Some(failed));
    }

    #[tokio::test]
    async fn the_stations_own_answers_are_taken() {
        let token = Secret::new("token");
        let station = answering("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        assert_eq!(station.sign_out(&token).await, Ok(()));
        let station =
            answering("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n: hi\n\n")
                .await;
        assert!(station.stream(&token, None).await.is_ok());
    }
}
