//! When sources are asked.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream;
use terskel_model::ResidentId;

use super::stored::{Told, due, wanting_at};
use super::{Lock, Source, ask};
use crate::app::{App, Shared};
use crate::problem::Failure;

/// How often the background looks what is due.
const EVERY: Duration = Duration::from_secs(30);
/// How many locks it asks for in one go.
const MOST: u16 = 200;
/// How many questions are under way at the same time.
const AT_ONCE: usize = 4;
/// One question of the background.
const PATIENCE: Duration = Duration::from_secs(10);
/// All that a request asks: somebody waits.
const PATIENCE_OF_A_REQUEST: Duration = Duration::from_secs(2);
/// One question of it; shorter, so that a service that is silent is known as such.
const PATIENCE_WHILE_SOMEBODY_WAITS: Duration = Duration::from_millis(1500);

/// Keeps up with what ends, until the station stops.
pub(crate) async fn keep(app: Shared) {
    let mut stopping = app.stopping.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = keep_up(&app).await {
            tracing::error!(error = error.for_log(), "secrets of locks could not be fetched");
        }
    }
}

/// Asks for what is due now.
pub(crate) async fn keep_up(app: &App) -> Result<(), Failure> {
    for source in &app.sources.0 {
        let locks = due(&source.service.family(), MOST, app.now(), &mut *app.reader().await?).await?;
        ask_for(source, &locks, PATIENCE, app).await?;
    }
    Ok(())
}

/// Whether [`try_for`] would ask anybody.
pub(crate) async fn wants(homes: &BTreeSet<ResidentId>, app: &App) -> Result<bool, Failure> {
    for source in app.sources.0.iter().filter(|source| source.pause.is_over(app.now())) {
        let family = source.service.family();
        if !wanting_at(homes, &family, app.now(), &mut *app.reader().await?).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tries once for the locks of these homes that no key can be issued for: what could not be had stays wanting.
pub(crate) async fn try_for(homes: &BTreeSet<ResidentId>, app: &App) -> Result<(), Failure> {
    for source in &app.sources.0 {
        if !source.pause.is_over(app.now()) {
            continue;
        }
        let locks = wanting_at(homes, &source.service.family(), app.now(), &mut *app.reader().await?).await?;
        let all = ask_for(source, &locks, PATIENCE_WHILE_SOMEBODY_WAITS, app);
        if let Ok(done) = tokio::time::timeout(PATIENCE_OF_A_REQUEST, all).await {
            done?;
        }
    }
    Ok(())
}

async fn ask_for(source: &Source, locks: &[Lock], limit: Duration, app: &App) -> Result<(), Failure> {
    let mut questions: Vec<BoxFuture<'_, Result<(), Failure>>> = Vec::with_capacity(locks.len());
    for lock in locks {
        questions.push(Box::pin(ask_and_store(source, lock, limit, app)));
    }
    let done: Vec<_> = stream::iter(questions).buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect()
}

async fn ask_and_store(source: &Source, lock: &Lock, limit: Duration, app: &App) -> Result<(), Failure> {
    // Whatever made the ones before it fail would make this one wait too.
    if !source.pause.is_over(app.now()) {
        return Ok(());
    }
    let answer = ask(source, lock, limit, app.now()).await;
    app.write(&Told { lock: lock.id, answer: &answer }).await
}
