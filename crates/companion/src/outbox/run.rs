//! Sends what waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use terskel_api::Bytes;
use terskel_api::event::{EventBatch, EventReceipt};
use tokio::time::{sleep, timeout};

use super::answer::{Next, after};
use super::aside::Aside;
use crate::session::call;
use crate::state::{Backoff, Core};
use crate::store::{Phone, Queued, Session, StoreError};

/// How many to begin with: on a slow network they get through within the limit of a request.
const BATCH: u32 = 50;
/// As many as the contract allows, as long as everything goes through.
const MOST: u32 = 100;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long somebody waits for the last events to go.
const FLUSH: Duration = Duration::from_secs(5);

/// How one round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Nothing waits, or nobody may send.
    Rest,
    /// Go on at once, with batches of this size.
    Again(u32),
    /// Go on after a while.
    Later,
}

/// Runs until the engine ends.
pub(crate) async fn keep_sending(core: Arc<Core>) {
    let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
    let (mut size, mut most) = (BATCH, MOST);
    let mut aside = Aside::default();
    loop {
        match send_some(&core, size, &mut aside).await {
            Ok(Round::Again(next)) => {
                size = next.min(most);
                backoff.reset();
            }
            Ok(Round::Rest) => {
                (size, most) = (BATCH, MOST);
                backoff.reset();
                rest(&core, &aside).await;
            }
            Ok(Round::Later) => {
                // On a slow network a smaller batch gets through within the limit of a request.
                (size, most) = ((size / 2).max(1), BATCH);
                wait(&core, &mut backoff).await;
            }
            Err(error) => {
                tracing::error!(%error, "outbox");
                wait(&core, &mut backoff).await;
            }
        }
    }
}

/// Sends what can be sent now, once, for somebody who waits for it. Cut short or not, whatever was not taken stays.
pub(crate) async fn flush(core: &Core) {
    let all = async {
        let (mut size, mut aside) = (BATCH, Aside::default());
        while let Ok(Round::Again(next)) = send_some(core, size, &mut aside).await {
            size = next;
        }
    };
    let _ = timeout(FLUSH, all).await;
}

/// Until there is something to send: what is new, or what stood aside long enough.
async fn rest(core: &Core, aside: &Aside) {
    let Some(span) = aside.wait(core.world.uptime()) else { return core.outbox.notified().await };
    tokio::select! {
        () = sleep(span) => {}
        () = core.outbox.notified() => {}
    }
}

/// Something new to send, or the network's return, ends the wait.
async fn wait(core: &Core, backoff: &mut Backoff) {
    let span = backoff.wait(&*core.world);
    tokio::select! {
        () = sleep(span) => {}
        () = core.outbox.notified() => {}
    }
}

async fn send_some(core: &Core, size: u32, aside: &mut Aside) -> Result<Round, StoreError> {
    let snapshot = core.snapshot();
    let Some(phone) = &snapshot.phone else { return Ok(Round::Rest) };
    let session = snapshot.session.as_ref().filter(|session| !session.rejected);
    let Some(session) = session.or(snapshot.parting.as_ref()) else { return Ok(Round::Rest) };
    // Counted as an attempt before anything goes out.
    let events = core.store.take_for_sending(size, &aside.subjects(core.world.uptime())).await?;
    if events.is_empty() {
        return Ok(Round::Rest);
    }
    let round = send(core, phone, session, &events, size, aside).await?;
    core.refresh().await?;
    Ok(round)
}

async fn send(
    core: &Core,
    phone: &Phone,
    session: &Session,
    events: &[Queued],
    size: u32,
    aside: &mut Aside,
) -> Result<Round, StoreError> {
    let batch = EventBatch { events: events.iter().map(|e| Bytes(e.signed.clone())).collect() };
    let answer = match core.station(phone) {
        Ok(station) if session.withdrawn.is_some() => station.send_parting(batch).await,
        _ => {
            call(core, phone, session.id, |station, credential| {
                station.send_events(credential, batch.clone())
            })
            .await
        }
    };
    match answer {
        Ok(answer) if answer.receipts.len() == events.len() => {
            take_receipts(core, events, &answer.receipts).await?;
            aside.answered(events.iter().map(|event| event.subject));
            // One by one as long as that was needed, then faster again.
            Ok(Round::Again((size * 2).min(MOST)))
        }
        Ok(_) => {
            tracing::warn!("the station's receipts do not match what was sent");
            Ok(Round::Later)
        }
        Err(error) => {
            tracing::info!(%error, events = events.len(), "events were not taken");
            match (after(&error, events.len()), events) {
                (Next::OneByOne, _) => Ok(Round::Again(1)),
                (Next::Refuse(code), [event]) => {
                    core.store.events_answered(&[(event.id, Some(&code))]).await?;
                    Ok(Round::Again(1))
                }
                (Next::StandAside, [event]) if aside.failed(event.id, event.subject, core.world.uptime()) => {
                    tracing::error!(event = %event.id, "the station fails at an event: the rest goes on without it");
                    Ok(Round::Later)
                }
                // The station was asked why, and either this session is over by now or it is asked again: what was taken away
                // must not stay because the answer was lost.
                (Next::SignIn, _) if error.ends_session() || session.withdrawn.is_some() => Ok(Round::Later),
                (Next::SignIn, _) => {
                    core.store.reject_session(session.id).await?;
                    Ok(Round::Again(size))
                }
                (Next::WaitAndRepeat | Next::StandAside | Next::Refuse(_), _) => Ok(Round::Later),
            }
        }
    }
}

async fn take_receipts(core: &Core, events: &[Queued], receipts: &[EventReceipt]) -> Result<(), StoreError> {
    let answers: Vec<_> =
        events.iter().zip(receipts).map(|(event, receipt)| (event.id, receipt.refused.as_deref())).collect();
    for (event, code) in &answers {
        if let Some(code) = code {
            tracing::warn!(%event, code, "the station refused an event for good");
        }
    }
    core.store.events_answered(&answers).await?;
    if core.keys_to_change.swap(false, Ordering::Relaxed) {
        core.keys_wanted.notify_one();
    }
    Ok(())
}
