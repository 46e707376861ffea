//! A stand-in for the vendor's key service, over TLS, with a certificate that its CA file vouches for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path as InUrl, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::serve::Listener;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use terskel_api::Secret;
use terskel_model::Timestamp;
use terskel_station::{DanalockAccount, DanalockService};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, rustls};

type Answer = Result<Json<Value>, StatusCode>;

/// The service; ends with the test.
pub(crate) struct KeyService {
    url: String,
    pub(crate) desk: Arc<Desk>,
}

/// What it knows, and how it behaves.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Inside>);

#[derive(Default)]
pub(crate) struct Inside {
    /// By serial as in URLs: token, and until when.
    pub(crate) locks: HashMap<String, (Vec<u8>, Option<Timestamp>)>,
    pub(crate) mood: Mood,
    /// By serial: what is answered whenever this lock is asked for.
    pub(crate) odd: HashMap<String, StatusCode>,
    /// What was asked for, in order.
    pub(crate) asked: Vec<String>,
    good: Vec<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// Takes every request, and answers none.
    Hangs,
    Fails,
    /// Has forgotten all tokens that it gave.
    Forgets,
}

impl KeyService {
    pub(crate) async fn open() -> Self {
        let desk = Arc::new(Desk::default());
        let listener = Tls::bind().await;
        let url = format!("https://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/oauth2/token", post(token))
            .route("/devices/v1/{serial}/login_token", get(login_token))
            .with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, desk }
    }

    /// How a station is told of it.
    pub(crate) fn config(&self, password: &str) -> DanalockService {
        DanalockService {
            url: self.url.clone(),
            account: DanalockAccount::Told(Secret::new(format!("vest\n{password}"))),
            ca: Some(file("certificate.pem")),
            lock_ca: None,
        }
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.desk.0.lock().unwrap()
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/support/key_service").join(name)
}

/// Notes the request, and does as it feels.
async fn arrive(desk: &Desk, what: String) -> Result<(), StatusCode> {
    let mood = {
        let mut inside = desk.0.lock().unwrap();
        inside.asked.push(what);
        inside.mood
    };
    match mood {
        Mood::Hangs => std::future::pending().await,
        Mood::Fails => Err(StatusCode::BAD_GATEWAY),
        Mood::Forgets => {
            let mut inside = desk.0.lock().unwrap();
            inside.good.clear();
            inside.mood = Mood::Well;
            Ok(())
        }
        Mood::Well => Ok(()),
    }
}

async fn token(State(desk): State<Arc<Desk>>, form: String) -> Answer {
    let by = if form.starts_with("grant_type=password&") { "password" } else { "refresh" };
    arrive(&desk, by.to_owned()).await?;
    let mut inside = desk.0.lock().unwrap();
    let known = match by {
        "password" => {
            form == "grant_type=password&username=vest&password=right+one&client_id=danalock-android"
        }
        _ => inside.good.iter().any(|good| form.contains(&format!("&refresh_token={good}&"))),
    };
    if !known {
        return Err(StatusCode::BAD_REQUEST);
    }
    let (access, refresh) = (format!("a{}", inside.asked.len()), format!("r{}", inside.asked.len()));
    inside.good = vec![access.clone(), refresh.clone()];
    Ok(Json(json!({"access_token": access, "refresh_token": refresh, "expires_in": 3600})))
}

async fn login_token(
    State(desk): State<Arc<Desk>>,
    InUrl(serial): InUrl<String>,
    headers: HeaderMap,
) -> Answer {
    arrive(&desk, serial.clone()).await?;
    let inside = desk.0.lock().unwrap();
    let bearer = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
    if !inside.good.iter().any(|good| good == bearer) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    if let Some(odd) = inside.odd.get(&serial) {
        return Err(*odd);
    }
    let (blob, until) = inside.locks.get(&serial).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(json!({
        "device": {"serial_number": serial, "name": "Leilighet", "device_type": "danalockv3"},
        "blob": STANDARD.encode(blob), "broadcast_key": STANDARD.encode([7; 16]),
        "metadata": {"valid_from": null, "valid_to": until, "permissions": []},
    })))
}

struct Tls {
    plain: TcpListener,
    acceptor: TlsAcceptor,
}

impl Tls {
    async fn bind() -> Self {
        let read = |name| std::fs::read(file(name)).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![read("certificate.der").into()],
                rustls::pki_types::PrivatePkcs8KeyDer::from(read("key.der")).into(),
            )
            .unwrap();
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { plain, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (socket, address) = self.plain.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(socket).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.plain.local_addr()
    }
}
