//! Danalock: login tokens from the vendor's key service, over HTTPS.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /oauth2/token`, a form: `grant_type=password` with the account, or `grant_type=refresh_token` | an access token for some time, and what to refresh it with; 400: no |
//! | `GET /devices/v1/{serial}/login_token`, serial `xx:xx:xx:xx:xx:xx` | the lock's entry ([`entry`]); 401: a new access token is needed; 404: no such lock; 403: none that this account has to do with |

mod config;
mod entry;

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use terskel_api::Secret;
use terskel_locks::danalock::Serial;
use terskel_model::Timestamp;
use terskel_model::door::LockFamily;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Fetched, KeySource, SourceError};
use entry::{Entry, Token};

pub use config::{DanalockAccount, DanalockService, DanalockServiceError};

/// What clients of the service call themselves.
const CLIENT: &str = "danalock-android";
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// An access token with less than this left is refreshed first.
const LEFT_AT_LEAST: TimeDelta = TimeDelta::seconds(60);
/// Far more than any answer has.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The service, with the municipality's account there.
pub(crate) struct Danalock {
    http: Client,
    /// Without a slash at the end.
    url: String,
    username: String,
    password: Secret,
    /// What vouches for locks that nobody has vouched for yet, DER.
    lock_authority: Option<Vec<u8>>,
    access: Mutex<Option<Access>>,
}

struct Access {
    token: Secret,
    refresh: Option<Secret>,
    until: Timestamp,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    #[serde(default)]
    refresh_token: Option<Secret>,
    expires_in: u32,
}

impl Danalock {
    pub(crate) fn new(config: &DanalockService) -> Result<Self, DanalockServiceError> {
        let (username, password) = config.account.read()?;
        let builder = Client::builder()
            // Whoever it points to is not who the account is meant for.
            .redirect(Policy::none())
            .connect_timeout(CONNECT_WITHIN);
        let builder = match config.authorities()? {
            Some(authorities) => builder.tls_certs_only(authorities),
            None => builder,
        };
        Ok(Self {
            http: builder.build().map_err(|_| DanalockServiceError::Client)?,
            url: config.checked_url()?,
            username,
            password,
            lock_authority: config.lock_authority()?,
            access: Mutex::new(None),
        })
    }

    async fn token(&self, serial: Serial, now: Timestamp) -> Result<Token, SourceError> {
        let spelt = serial.0.map(|byte| format!("{byte:02x}")).join(":");
        let url = format!("{}/devices/v1/{spelt}/login_token", self.url);
        let ask = async |token: &Secret| sent(self.http.get(&url).bearer_auth(token.expose())).await;
        let token = self.access(None, now).await?;
        let mut answer = ask(&token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            let newer = self.access(Some(&token), now).await?;
            answer = ask(&newer).await?;
        }
        match answer.status() {
            StatusCode::OK => {
                let entry: Entry = read(answer).await?;
                entry.token(serial, self.lock_authority.as_deref()).ok_or(SourceError::Unknown)
            }
            StatusCode::UNAUTHORIZED => Err(SourceError::Refused),
            // The access token is good (RFC 9110 §15.5.4): what is forbidden is this lock.
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => {
                Err(SourceError::Unknown)
            }
            _ => Err(SourceError::Silent),
        }
    }

    /// An access token that lasts, and is not the one that was `refused`. Whoever comes meanwhile waits, and takes the same.
    async fn access(&self, refused: Option<&Secret>, now: Timestamp) -> Result<Secret, SourceError> {
        let mut access = self.access.lock().await;
        let usable = |held: &&Access| {
            held.until > now + LEFT_AT_LEAST && refused.is_none_or(|old| old.expose() != held.token.expose())
        };
        if let Some(held) = access.as_ref().filter(usable) {
            return Ok(held.token.clone());
        }
        let refresh = access.take().and_then(|held| held.refresh);
        let refreshed = match &refresh {
            Some(token) => {
                self.grant(&[("grant_type", "refresh_token"), ("refresh_token", token.expose())]).await
            }
            None => Err(SourceError::Refused),
        };
        let granted = match refreshed {
            Err(SourceError::Refused) => {
                let password = ("password", self.password.expose());
                self.grant(&[("grant_type", "password"), ("username", &self.username), password]).await?
            }
            granted => granted?,
        };
        let until = now + TimeDelta::seconds(granted.expires_in.into());
        let held = Access { token: granted.access_token, refresh: granted.refresh_token, until };
        Ok(access.insert(held).token.clone())
    }

    async fn grant(&self, fields: &[(&str, &str)]) -> Result<Granted, SourceError> {
        let form = [fields, &[("client_id", CLIENT)]].concat();
        let request = self.http.post(format!("{}/oauth2/token", self.url));
        let answer = sent(request.header("accept", "application/json").form(&form)).await?;
        match answer.status() {
            StatusCode::OK => read(answer).await,
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(SourceError::Refused)
            }
            _ => Err(SourceError::Silent),
        }
    }
}

impl KeySource for Danalock {
    fn family(&self) -> LockFamily {
        LockFamily::from("danalock")
    }

    fn fetch<'a>(
        &'a self,
        device_id: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Box<dyn Fetched>, SourceError>> {
        Box::pin(async move {
            let serial = Serial::parse(device_id).ok_or(SourceError::Unknown)?;
            Ok(Box::new(self.token(serial, now).await?) as Box<dyn Fetched>)
        })
    }
}

/// The error's own text can hold the URL, and says no more than this to who has to mend it.
async fn sent(request: RequestBuilder) -> Result<Response, SourceError> {
    request.send().await.map_err(|error| {
        tracing::debug!(
            connect = error.is_connect(),
            timeout = error.is_timeout(),
            "no answer of the key service"
        );
        SourceError::Silent
    })
}

async fn read<T: DeserializeOwned>(mut answer: Response) -> Result<T, SourceError> {
    // Of the final size from the start: growing would leave copies of secrets behind.
    let mut body = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER));
    while let Some(part) = answer.chunk().await.map_err(|_| SourceError::Silent)? {
        if body.len() + part.len() > LONGEST_ANSWER {
            return Err(SourceError::Silent);
        }
        body.extend_from_slice(&part);
    }
    serde_json::from_slice(&body).map_err(|_| SourceError::Silent)
}
