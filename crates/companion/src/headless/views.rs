//! The stream of views.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use crate::Engine;

/// Ends the streams when the server stops.
#[derive(Clone)]
pub(super) struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    pub(super) fn stop(&self) {
        self.0.send_replace(true);
    }

    async fn stopped(self) {
        // The sender lives as long as this does: there is no other end.
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

pub(super) async fn views(
    State((engine, stop)): State<(Arc<Engine>, Stop)>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let views = WatchStream::new(engine.views())
        .filter_map(|view| async move { Event::default().json_data(&*view).ok().map(Ok) })
        .take_until(stop.stopped());
    Sse::new(views).keep_alive(KeepAlive::new().interval(Duration::from_secs(10)))
}
