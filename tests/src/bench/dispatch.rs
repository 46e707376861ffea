//! What a dispatch costs: from the response centre's post to each of a thousand phones that hang on the stream.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use reqwest::{Response, StatusCode};
use serde::Serialize;
use terskel_api::admin::{Created, NewDoor, NewResident, NewShift, NewTeam, NewWorker};
use terskel_api::dispatch::NewDispatch;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::session::{SignIn, SignedIn};
use terskel_api::{Bytes, Secret, path};
use terskel_keys::{PhoneIdentity, dpop, sign_in};
use terskel_model::dispatch::Cause;
use terskel_model::world::{SystemWorld, random};
use terskel_model::{Clock as _, DispatchId, TeamId, Uptime, WorkerId};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::quantile_ms;
use crate::stage::{Client, Station, town};

/// Setting a phone up costs the station one argon2id: more at a time would only queue.
const AT_ONCE: usize = 4;
/// No phone gets a dispatch later than this.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of the one worker.
pub(super) const PIN: &str = "2580";
pub(super) const STAFF_NUMBER: &str = "101";

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Phones on the stream.
    pub phones: usize,
    /// Dispatches sent, one after the other.
    pub dispatches: usize,
    /// From post to phone, milliseconds, median over all phones and dispatches.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// The slowest of all.
    pub worst_ms: f64,
    /// The station's resident memory before the first phone, MiB.
    pub memory_idle_mib: f64,
    /// With all phones on the stream, MiB.
    pub memory_connected_mib: f64,
}

/// Connects `phones` phones to a fresh station and sends `dispatches` dispatches.
///
/// # Errors
/// When the station refuses something, or a phone misses a dispatch.
pub async fn measure(phones: usize, dispatches: usize) -> Result<Figures> {
    let dir = tempfile::tempdir()?;
    let station = Station::start("127.0.0.1:0", &dir.path().join("station"), dir.path()).await?;
    let memory_idle_mib = station.memory_mib()?;
    let admin = station.client(Some(station.token("administrator", "Bench").await?));
    let centre = station.client(Some(station.token("response-centre", "Bench").await?));
    set_up(&admin, vec![]).await?;

    let (heard, mut arrivals) = mpsc::unbounded_channel();
    let (connected, mut listening) = watch::channel(0_usize);
    let connected = Arc::new(connected);
    stream::iter(0..phones)
        .map(|_| connect(&station, &admin, heard.clone(), Arc::clone(&connected)))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    timeout(PATIENCE, listening.wait_for(|count| *count == phones)).await??;
    let memory_connected_mib = station.memory_mib()?;

    let mut samples = Vec::with_capacity(phones * dispatches);
    for number in 0..dispatches {
        let (dispatch, posted) = alarm(&centre, number).await?;
        for _ in 0..phones {
            let (seen, at): (DispatchId, Uptime) =
                timeout(PATIENCE, arrivals.recv()).await?.context("all phones have gone")?;
            ensure!(seen == dispatch, "a phone heard of {seen}, not of {dispatch}");
            samples.push(at - posted);
        }
    }
    station.stop().await?;
    Ok(Figures {
        phones,
        dispatches,
        p50_ms: quantile_ms(&samples, 0.5),
        p99_ms: quantile_ms(&samples, 0.99),
        worst_ms: quantile_ms(&samples, 1.0),
        memory_idle_mib,
        memory_connected_mib,
    })
}

/// A team, one worker on shift, and one resident.
pub(super) async fn set_up(admin: &Client, doors: Vec<NewDoor>) -> Result<TeamId> {
    let team = NewTeam { code: town::TEAM_CODE.into(), name: town::TEAM_NAME.into() };
    let team = TeamId(admin.post::<Created>(path::TEAMS, &team).await?.id);
    let worker = NewWorker {
        staff_number: STAFF_NUMBER.into(),
        name: town::ADA.name.into(),
        pin: Secret::new(PIN),
        leads: None,
        organisation: None,
    };
    let worker = WorkerId(admin.post::<Created>(path::WORKERS, &worker).await?.id);
    let now = SystemWorld.now();
    let shift = NewShift {
        worker,
        team,
        role: None,
        starts_at: now - TimeDelta::hours(1),
        ends_at: now + TimeDelta::hours(8),
    };
    admin.post::<Created>(path::SHIFTS, &shift).await?;
    let resident = NewResident {
        number: "1".into(),
        team,
        first_name: "Kari".into(),
        last_name: "Nordmann".into(),
        birth_year: Some(1942),
        address: "Storgata 1".into(),
        town: "Bergen".into(),
        phone_number: String::new(),
        way_in: String::new(),
        time_zone: None,
        doors,
        hub: None,
    };
    admin.post::<Created>(path::RESIDENTS, &resident).await?;
    Ok(team)
}

/// Enrols a phone, signs it in, and lets it listen in the background.
async fn connect(
    station: &Station,
    admin: &Client,
    heard: mpsc::UnboundedSender<(DispatchId, Uptime)>,
    connected: Arc<watch::Sender<usize>>,
) -> Result<()> {
    let identity = PhoneIdentity::generate(&SystemWorld);
    let public = identity.public();
    let client = station.client(None);
    let enrol = Enrol {
        code: town::enrolment_code(admin, "Bench").await?,
        name: "Bench".into(),
        signing_key: Bytes(public.signing.to_vec()),
        sealing_key: Bytes(public.sealing.to_vec()),
    };
    let enrolled: Enrolled = client.post(path::PHONES, &enrol).await?;
    let (at, nonce) = (SystemWorld.now(), random::<16>(&SystemWorld));
    let sign_in = SignIn {
        staff_number: STAFF_NUMBER.into(),
        pin: Secret::new(PIN),
        phone: enrolled.phone,
        at,
        nonce: Bytes(nonce.to_vec()),
        proof: Bytes(identity.sign(&sign_in::message(enrolled.phone, STAFF_NUMBER, at, &nonce)).to_vec()),
        capabilities: None,
    };
    let session: SignedIn = client.post(path::SESSION, &sign_in).await?;
    let url = format!("{}{}", station.url, path::STREAM);
    tokio::spawn(async move {
        let stream = open(&url, &identity, &session.token).await?;
        connected.send_modify(|count| *count += 1);
        listen(stream, heard).await
    });
    Ok(())
}

/// Begins as a phone does: with a proof, and once more with the station's nonce in it.
async fn open(url: &str, phone: &PhoneIdentity, token: &Secret) -> Result<Response> {
    let http = reqwest::Client::new();
    let mut nonce = None;
    for _ in 0..2 {
        let signed = dpop::Request { method: "GET", url, token: token.expose() };
        let proof = dpop::make(phone, &signed, nonce.as_deref(), &SystemWorld)?;
        let shown = format!("DPoP {}", token.expose());
        let response = http.get(url).header("authorization", shown).header("dpop", proof).send().await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response.error_for_status()?);
        }
        nonce = response
            .headers()
            .get("dpop-nonce")
            .map(|nonce| nonce.to_str().map(str::to_owned))
            .transpose()?;
    }
    bail!("the station is not content with its own nonce")
}

/// Tells when each dispatch is first heard of. Ends with the station.
async fn listen(response: Response, heard: mpsc::UnboundedSender<(DispatchId, Uptime)>) -> Result<()> {
    let mut body = response.bytes_stream();
    let mut text = Vec::new();
    while let Some(chunk) = body.next().await {
        let at = SystemWorld.uptime();
        text.extend_from_slice(&chunk?);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            let Some(data) = line.strip_prefix(b"data:") else { continue };
            let dispatch: terskel_api::dispatch::Dispatch = serde_json::from_slice(data.trim_ascii())?;
            heard.send((dispatch.id, at))?;
        }
    }
    Ok(())
}

pub(super) async fn alarm(centre: &Client, number: usize) -> Result<(DispatchId, Uptime)> {
    let new = NewDispatch {
        reference: format!("bench-{number}"),
        resident_number: "1".into(),
        team_code: None,
        cause: Cause::Button,
        raised_at: SystemWorld.now(),
        note: String::new(),
    };
    let posted = SystemWorld.uptime();
    Ok((centre.dispatch(&new).await?.id, posted))
}
