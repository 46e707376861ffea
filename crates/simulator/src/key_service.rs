//! The simulated vendor's key service: where login tokens of Danalock locks are had, with the HTTP face that was
//! gathered of the real one (chapter 8 of the collection that `locks::danalock` is built from). On the loopback
//! interface only.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /oauth2/token`, form: `grant_type=password`, `username`, `password`, `client_id` | access and refresh token |
//! | `POST /oauth2/token`, form: `grant_type=refresh_token`, `refresh_token`, `client_id` | the same, anew |
//! | `GET /devices/v1/login_tokens` | an array of entries |
//! | `GET /devices/v1/{serial}/login_token`, serial `xx:xx:xx:xx:xx:xx` | one entry |

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use terskel_locks::danalock::Serial;
use terskel_locks::danalock::vendor::Vendor;
use terskel_model::Entropy;
use terskel_model::world::random;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::hex;
use crate::street::{Lock, Secret, Street};

/// How long an access token lasts, seconds; it is told, and nobody is thrown out.
const LASTS_S: u64 = 3600;
/// What clients of the real service call themselves.
const CLIENT: &str = "danalock-android";
const FAMILY: &str = "danalock";

struct KeyService {
    account: (String, Secret<String>),
    /// Serial as in URLs, and what is told of the lock.
    entries: Vec<(String, Value)>,
    entropy: Arc<dyn Entropy>,
    issued: Mutex<HashSet<String>>,
}

/// Serves the keys of a street's Danalock locks; `None` where the street has no vendor's account.
pub(crate) async fn serve(
    street: &Street,
    entropy: Arc<dyn Entropy>,
) -> anyhow::Result<Option<(SocketAddr, JoinHandle<()>)>> {
    let Some(account) = street.vendor_account.clone() else { return Ok(None) };
    let locks = street.locks().into_iter().filter(|lock| lock.family.as_str() == FAMILY);
    let entries = locks.filter_map(entry).collect();
    let service = Arc::new(KeyService { account, entries, entropy, issued: Mutex::default() });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router(service)).await {
            tracing::error!(%error, "the key service has stopped");
        }
    });
    Ok(Some((address, task)))
}

fn router(service: Arc<KeyService>) -> Router {
    Router::new()
        .route("/oauth2/token", post(token))
        .route("/devices/v1/login_tokens", get(all))
        .route("/devices/v1/{serial}/login_token", get(one))
        .with_state(service)
}

fn entry(lock: &Lock) -> Option<(String, Value)> {
    let serial = Serial::parse(&lock.device_id)?;
    let keys = Vendor::new(lock.seed.as_ref()?.expose())?.lock(serial)?;
    let in_urls = serial.0.map(|byte| format!("{byte:02x}")).join(":");
    let told = json!({
        "device": {
            "serial_number": in_urls,
            "name": lock.name,
            "timezone": "Europe/Oslo",
            "device_type": "danalockv3",
        },
        "blob": STANDARD.encode(keys.login_token.as_slice()),
        "broadcast_key": STANDARD.encode(keys.broadcast_key.as_slice()),
        "metadata": { "valid_from": null, "valid_to": null, "permissions": [] },
    });
    Some((in_urls, told))
}

#[derive(Deserialize)]
struct Grant {
    grant_type: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    refresh_token: String,
    client_id: String,
}

type Answer = Result<Json<Value>, StatusCode>;

async fn token(State(service): State<Arc<KeyService>>, Form(grant): Form<Grant>) -> Answer {
    let known = match grant.grant_type.as_str() {
        "password" => {
            let (name, password) = &service.account;
            grant.username == *name && grant.password == *password.expose()
        }
        "refresh_token" => service.issued().contains(&grant.refresh_token),
        _ => false,
    };
    if !known || grant.client_id != CLIENT {
        return Err(StatusCode::BAD_REQUEST);
    }
    let (access, refresh) = (service.issue(), service.issue());
    Ok(Json(json!({ "access_token": access, "refresh_token": refresh, "expires_in": LASTS_S })))
}

async fn all(State(service): State<Arc<KeyService>>, headers: HeaderMap) -> Answer {
    service.authorised(&headers)?;
    Ok(Json(service.entries.iter().map(|(_, entry)| entry.clone()).collect()))
}

/// A serial that is none as the service writes them is 422, a device that it does not know 404.
async fn one(
    State(service): State<Arc<KeyService>>,
    headers: HeaderMap,
    Path(serial): Path<String>,
) -> Answer {
    service.authorised(&headers)?;
    let pairs: Vec<&str> = serial.split(':').collect();
    let digits =
        |pair: &&str| pair.len() == 2 && pair.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if pairs.len() != 6 || !pairs.iter().all(digits) {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let found = service.entries.iter().find(|(known, _)| *known == serial);
    found.map(|(_, entry)| Json(entry.clone())).ok_or(StatusCode::NOT_FOUND)
}

impl KeyService {
    fn issue(&self) -> String {
        let token = hex::encode(&random::<16>(&*self.entropy)).to_string();
        self.issued().insert(token.clone());
        token
    }

    fn issued(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn authorised(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        match token.filter(|token| self.issued().contains(*token)) {
            Some(_) => Ok(()),
            None => Err(StatusCode::UNAUTHORIZED),
        }
    }
}
