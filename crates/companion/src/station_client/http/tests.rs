use std::sync::mpsc;

use terskel_api::Secret;
use terskel_api::problem::ProblemDetails;
use terskel_keys::PhoneIdentity;
use terskel_model::Timestamp;
use terskel_model::world::ManualWorld;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::rustls;

use super::*;

/// Something between phone and station, or the station: gives its answers in a row, the last one again and again. Tells
/// what was asked.
async fn answering(answers: &[&str]) -> (Arc<dyn Station>, String, mpsc::Receiver<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
    let (asked, requests) = mpsc::channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let length = socket.read(&mut request).await.unwrap_or(0);
            let _ = asked.send(String::from_utf8_lossy(&request[..length]).into_owned());
            let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    (HttpStations::new(world).at(&url).unwrap(), url, requests)
}

fn ada() -> Credential {
    let identity = PhoneIdentity::from_bytes(&[0xa1; 64]).unwrap();
    Credential { token: Secret::new("token"), phone: Arc::new(identity) }
}

fn refusal(code: &str, nonce: &str) -> String {
    let body = serde_json::to_string(&ProblemDetails {
        kind: String::new(),
        title: String::new(),
        status: 401,
        code: code.into(),
        detail: None,
        field: None,
        retry_after_s: None,
        accepted_by: None,
        station_time: None,
    });
    let body = body.unwrap();
    format!(
        "HTTP/1.1 401 Unauthorized\r\ndpop-nonce: {nonce}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

const DONE: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// The nonce in the proof of a request to sign out, which is otherwise as it must be.
fn nonce_in(request: &str, url: &str) -> Option<String> {
    let header = |name: &str| {
        let mut lines = request.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    };
    assert_eq!(header("authorization").as_deref(), Some("DPoP token"));
    let url = format!("{url}{}", path::SESSION);
    let signed = dpop::Request { method: "DELETE", url: &url, token: "token" };
    dpop::verify(&header("dpop").unwrap(), &ada().phone.public().signing, &signed).unwrap().nonce
}

#[tokio::test]
async fn a_page_of_a_hotels_network_is_never_the_stations_word() {
    let page =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>";
    let (portal, ..) = answering(&[page]).await;
    let dispatch = DispatchId::new(&ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    let failed = StationError::Failed(200);
    let batch = EventBatch { events: Vec::new() };
    assert_eq!(portal.stream(&ada(), None).await.err(), Some(failed.clone()));
    let decline = Decline { reason: terskel_model::dispatch::DeclineReason::Busy };
    assert_eq!(portal.decline(&ada(), dispatch, decline).await.err(), Some(failed.clone()));
    assert_eq!(portal.sign_out(&ada()).await.err(), Some(failed.clone()));
    assert_eq!(portal.refresh(&ada()).await.err(), Some(failed.clone()));
    assert_eq!(portal.send_events(&ada(), batch).await.err(), Some(failed));
}

#[tokio::test]
async fn a_401_that_is_not_the_stations_or_breaks_off_signs_nobody_out() {
    let page = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>";
    let (portal, ..) = answering(&[page]).await;
    assert_eq!(portal.sign_out(&ada()).await, Err(StationError::Failed(401)));
    let whole = refusal(code::UNAUTHENTICATED, "n");
    let (lossy, ..) = answering(&[&whole[..whole.len() - 9]]).await;
    assert_eq!(lossy.sign_out(&ada()).await, Err(StationError::NoNetwork));
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_no_network() {
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    // RFC 6761: there never is such a name.
    let nowhere = HttpStations::new(world).at("https://station.invalid").unwrap();
    assert_eq!(nowhere.sign_out(&ada()).await, Err(StationError::NoNetwork));
    assert_eq!(nowhere.stream(&ada(), None).await.err(), Some(StationError::NoNetwork));
}

#[tokio::test]
async fn nothing_is_told_to_whoever_can_not_prove_to_be_the_station() {
    let (url, mut told) = somebody_else().await;
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    let station = HttpStations::new(world).at(&url).unwrap();
    assert_eq!(station.sign_out(&ada()).await, Err(StationError::NoNetwork));
    assert_eq!(station.stream(&ada(), None).await.err(), Some(StationError::NoNetwork));
    assert_eq!(
        (told.recv().await, told.recv().await),
        (Some(false), Some(false)),
        "they were told something"
    );
}

#[tokio::test]
async fn whoever_does_not_speak_tls_is_no_network() {
    let (_, url, requests) = answering(&["HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"]).await;
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    let station = HttpStations::new(world).at(&url.replace("http", "https")).unwrap();
    assert_eq!(station.sign_out(&ada()).await, Err(StationError::NoNetwork));
    assert!(requests.try_iter().all(|request| !request.contains("token")));
}

/// Somebody with a certificate of their own for this address. Tells of each connection whether TLS was brought about.
async fn somebody_else() -> (String, tokio::sync::mpsc::UnboundedReceiver<bool>) {
    let certificate =
        rustls::pki_types::CertificateDer::from(&include_bytes!("somebody_else/certificate.der")[..]);
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(&include_bytes!("somebody_else/key.der")[..]);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = tell.send(acceptor.accept(socket).await.is_ok());
        }
    });
    (url, told)
}

#[tokio::test]
async fn the_stations_own_answers_are_taken() {
    let (station, ..) = answering(&[DONE]).await;
    assert_eq!(station.sign_out(&ada()).await, Ok(()));
    let events = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n: hi\n\n";
    let (station, ..) = answering(&[events]).await;
    assert!(station.stream(&ada(), None).await.is_ok());
}

#[tokio::test]
async fn a_station_that_wants_its_nonce_is_asked_once_more_and_the_nonce_is_kept() {
    let (station, url, requests) = answering(&[&refusal(code::USE_NONCE, "first"), DONE]).await;
    assert_eq!(station.sign_out(&ada()).await, Ok(()));
    assert_eq!(station.sign_out(&ada()).await, Ok(()));
    let nonces: Vec<_> = requests.try_iter().map(|request| nonce_in(&request, &url)).collect();
    assert_eq!(nonces, [None, Some("first".into()), Some("first".into())]);
}

#[tokio::test]
async fn a_station_that_is_never_content_is_not_asked_for_ever() {
    let (station, _, requests) = answering(&[&refusal(code::USE_NONCE, "again")]).await;
    let refused = station.sign_out(&ada()).await.unwrap_err();
    assert_eq!(refused.code(), Some(code::USE_NONCE));
    assert!(!refused.ends_session());
    assert_eq!(requests.try_iter().count(), 2);
}

#[tokio::test]
async fn another_refusal_is_not_tried_again_here() {
    let (station, _, requests) = answering(&[&refusal(code::UNAUTHENTICATED, "n"), DONE]).await;
    assert!(station.sign_out(&ada()).await.unwrap_err().ends_session());
    assert_eq!(requests.try_iter().count(), 1);
}

#[tokio::test]
async fn each_try_has_a_proof_of_its_own() {
    let (station, _, requests) = answering(&[DONE]).await;
    for _ in 0..2 {
        station.sign_out(&ada()).await.unwrap();
    }
    let requests: Vec<_> = requests.try_iter().collect();
    assert_ne!(requests[0], requests[1]);
}
