//! Keeps the stream open as long as somebody is signed in.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use terskel_api::dispatch::{Dispatch, STREAM_DISPATCH, STREAM_TIME, StreamTime};
use terskel_api::roster::STREAM_ROSTER;
use terskel_api::session::STREAM_POLICY;
use terskel_api::withdrawal::{STREAM_KEYS, STREAM_WITHDRAWAL, Withdrawal};
use terskel_model::SessionId;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::trusted_time::Reading;
use tokio::time::{sleep, timeout};

use super::sse::{Parser, SseEvent};
use crate::interface::NetworkState;
use crate::keys;
use crate::session::call;
use crate::state::{Backoff, Core};
use crate::station_client::{ByteStream, StationError};
use crate::store::{Phone, Session, Snapshot, StoreError};

/// The station's heartbeat comes each 10 s: two and a half of them missed is a dead stream.
const SILENCE: Duration = Duration::from_secs(25);
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Why reading stopped.
enum Stopped {
    /// Another session, or none.
    SessionChanged,
    /// The stream broke; it had been alive or not.
    Broken,
    /// It can't be stored.
    Store(StoreError),
}

/// Runs until the engine ends.
pub(crate) async fn keep_reading(core: Arc<Core>) {
    let mut facts = core.facts();
    let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
    let mut reading: Option<SessionId> = None;
    loop {
        let Some((phone, session)) = usable(&facts.borrow_and_update()) else {
            core.show_network(NetworkState::Idle);
            reading = None;
            if facts.changed().await.is_err() {
                return;
            }
            continue;
        };
        if reading.replace(session.id) != Some(session.id) {
            core.show_network(NetworkState::Connecting);
            backoff.reset();
        }
        match read(&core, &phone, &session, &mut backoff).await {
            Stopped::SessionChanged => continue,
            Stopped::Broken => {}
            Stopped::Store(error) => tracing::error!(%error, "a dispatch can't be stored"),
        }
        core.show_network(NetworkState::Offline);
        let wait = backoff.wait(&*core.world);
        tokio::select! {
            () = sleep(wait) => {}
            () = session_over(&core, session.id) => {}
        }
    }
}

/// The session to read with: none when nobody is signed in or the station has refused the token.
fn usable(snapshot: &Snapshot) -> Option<(Phone, Session)> {
    let session = snapshot.session.clone().filter(|s| !s.rejected)?;
    Some((snapshot.phone.clone()?, session))
}

async fn session_over(core: &Core, session: SessionId) {
    let mut facts = core.facts();
    let over = |s: &Arc<Snapshot>| usable(s).is_none_or(|(_, now)| now.id != session);
    // An error means that the engine ends, which ends this task too.
    if facts.wait_for(over).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn read(core: &Core, phone: &Phone, session: &Session, backoff: &mut Backoff) -> Stopped {
    tokio::select! {
        () = session_over(core, session.id) => Stopped::SessionChanged,
        stopped = open_and_read(core, phone, session, backoff) => stopped,
    }
}

async fn open_and_read(core: &Core, phone: &Phone, session: &Session, backoff: &mut Backoff) -> Stopped {
    let asked = core.clock.reading();
    let bytes = match open(core, phone, session).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::debug!(%error, "no stream");
            return Stopped::Broken;
        }
    };
    core.show_network(NetworkState::Online);
    // What waited for the network need not wait longer.
    core.outbox.notify_one();
    take_all(core, (phone, session), &asked, bytes, backoff).await
}

async fn open(core: &Core, phone: &Phone, session: &Session) -> Result<ByteStream, StationError> {
    let cursor = core.snapshot().cursor.clone();
    call(core, phone, session.id, |station, credential| station.stream(credential, cursor.clone())).await
}

async fn take_all(
    core: &Core,
    (phone, session): (&Phone, &Session),
    asked: &Reading,
    mut bytes: ByteStream,
    backoff: &mut Backoff,
) -> Stopped {
    let mut parser = Parser::default();
    loop {
        let chunk = match timeout(SILENCE, bytes.next()).await {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(_)) | None) => return Stopped::Broken,
            Err(_) => {
                tracing::info!("the stream fell silent");
                return Stopped::Broken;
            }
        };
        backoff.reset();
        let Ok(events) = parser.feed(&chunk) else { return Stopped::Broken };
        for event in events {
            let taken = match event.name.as_str() {
                STREAM_TIME => hear_time(core, &event, asked).await,
                _ => take(core, phone, session, &event).await,
            };
            if let Err(error) = taken {
                return Stopped::Store(error);
            }
        }
    }
}

/// The stream's first word. It may have been held up on its way: it is the time at which the stream was asked for.
async fn hear_time(core: &Core, event: &SseEvent, asked: &Reading) -> Result<(), StoreError> {
    match serde_json::from_str::<StreamTime>(&event.data) {
        Ok(time) => core.clock.heard(time.station_time, asked, &core.store).await?,
        Err(_) => tracing::error!("the station's time can't be read"),
    }
    core.show(|_| ());
    Ok(())
}

async fn take(core: &Core, phone: &Phone, session: &Session, event: &SseEvent) -> Result<(), StoreError> {
    match event.name.as_str() {
        STREAM_DISPATCH => {}
        STREAM_WITHDRAWAL => return withdraw(core, phone, session, event).await,
        STREAM_POLICY => return decided(core, session, event).await,
        STREAM_KEYS => {
            core.keys_wanted.notify_one();
            // It comes with each new stream: what was not heard of in between is asked for.
            core.roster_wanted.notify_one();
            return save_cursor(core, event).await;
        }
        STREAM_ROSTER => {
            core.roster_wanted.notify_one();
            return save_cursor(core, event).await;
        }
        _ => return save_cursor(core, event).await,
    }
    match serde_json::from_str::<Dispatch>(&event.data) {
        Ok(dispatch) => {
            let alert =
                core.store.receive(&dispatch, event.id.as_deref(), phone, session, &core.clock).await?;
            core.refresh().await?;
            if alert {
                core.outbox.notify_one();
            }
            Ok(())
        }
        Err(error) => {
            // Reading it again would fail again; the next revision of it may be readable.
            tracing::error!(line = error.line(), column = error.column(), "a dispatch can't be read");
            save_cursor(core, event).await
        }
    }
}

/// Keys are wiped before the next event is looked at.
async fn withdraw(core: &Core, phone: &Phone, session: &Session, event: &SseEvent) -> Result<(), StoreError> {
    match serde_json::from_str::<Withdrawal>(&event.data) {
        Ok(order) => {
            keys::follow(core, &order, phone, session).await?;
            save_cursor(core, event).await
        }
        Err(error) => {
            tracing::error!(line = error.line(), column = error.column(), "an order can't be read");
            save_cursor(core, event).await
        }
    }
}

/// What the team decides about its phones holds from now on.
async fn decided(core: &Core, session: &Session, event: &SseEvent) -> Result<(), StoreError> {
    match serde_json::from_str::<PhonePolicy>(&event.data) {
        Ok(policy) => {
            core.store.save_policy(session.id, &policy.bounded()).await?;
            core.refresh().await?;
        }
        Err(error) => tracing::error!(line = error.line(), "a policy can't be read"),
    }
    crate::lock::lock_if_idle(core);
    save_cursor(core, event).await
}

async fn save_cursor(core: &Core, event: &SseEvent) -> Result<(), StoreError> {
    let Some(id) = &event.id else { return Ok(()) };
    core.store.save_cursor(id).await?;
    // The next stream begins where the facts say.
    core.refresh().await
}
