//! Bluetooth in memory, with time that moves only when everybody waits.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use terskel_locks::session::Profile;
use terskel_model::{Clock, Timestamp, Uptime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{AdapterState, DeviceRef, Link, LinkEvent, Radio, RadioError, ScanFilter, Sighting};

/// Follows tokio's time, which tests pause.
pub(crate) struct TokioClock(Instant);

impl TokioClock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }
    fn uptime(&self) -> Uptime {
        Uptime(self.0.elapsed())
    }
}

/// A write that waits for the test to let it succeed or fail.
pub(crate) struct PendingWrite {
    pub(crate) value: Vec<u8>,
    pub(crate) done: oneshot::Sender<Result<(), RadioError>>,
}

/// The device's end of a [`FakeLink`].
pub(crate) struct Peer {
    pub(crate) writes: mpsc::UnboundedReceiver<PendingWrite>,
    pub(crate) events: mpsc::UnboundedSender<LinkEvent>,
}

impl Peer {
    pub(crate) async fn written(&mut self) -> PendingWrite {
        self.writes.recv().await.expect("the link is still held")
    }

    pub(crate) fn notify(&self, value: &[u8]) {
        let characteristic = Uuid::nil();
        self.events.send(LinkEvent::Received { characteristic, value: value.to_vec() }).unwrap();
    }

    pub(crate) fn cut(&self) {
        self.events.send(LinkEvent::Disconnected).unwrap();
    }

    /// Waits for the link to be let go; fails on a write that nobody expected.
    pub(crate) async fn let_go(&mut self) {
        assert!(self.writes.recv().await.is_none(), "an unexpected write");
    }
}

/// A link in memory.
pub(crate) struct FakeLink {
    writes: mpsc::UnboundedSender<PendingWrite>,
    events: mpsc::UnboundedReceiver<LinkEvent>,
}

pub(crate) fn link() -> (Box<dyn Link>, Peer) {
    let (writes_in, writes) = mpsc::unbounded_channel();
    let (events, events_out) = mpsc::unbounded_channel();
    (Box::new(FakeLink { writes: writes_in, events: events_out }), Peer { writes, events })
}

impl Link for FakeLink {
    fn mtu(&self) -> usize {
        23
    }

    fn write(&self, _: Uuid, value: &[u8], _: bool) -> BoxFuture<'static, Result<(), RadioError>> {
        let (done, answer) = oneshot::channel();
        let writes = self.writes.downgrade();
        let write = PendingWrite { value: value.to_vec(), done };
        async move {
            let writes = writes.upgrade().ok_or(RadioError::LinkLost)?;
            writes.send(write).map_err(|_| RadioError::LinkLost)?;
            drop(writes);
            answer.await.unwrap_or(Err(RadioError::LinkLost))
        }
        .boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        async {
            match self.events.recv().await {
                Some(event) => event,
                None => std::future::pending().await,
            }
        }
        .boxed()
    }
}

/// A radio that hears what the test sends and connects as the test has written down.
pub(crate) struct FakeRadio {
    pub(crate) state: watch::Sender<AdapterState>,
    air: Mutex<Option<mpsc::Receiver<Sighting>>>,
    pub(crate) connects: Mutex<VecDeque<Result<Box<dyn Link>, RadioError>>>,
    /// How long each attempt takes.
    pub(crate) effort: Duration,
}

impl FakeRadio {
    pub(crate) fn new(state: AdapterState) -> (Self, mpsc::Sender<Sighting>) {
        let (air, heard) = mpsc::channel(8);
        let radio = Self {
            state: watch::Sender::new(state),
            air: Mutex::new(Some(heard)),
            connects: Mutex::default(),
            effort: Duration::from_millis(50),
        };
        (radio, air)
    }
}

impl Radio for FakeRadio {
    fn state(&self) -> watch::Receiver<AdapterState> {
        self.state.subscribe()
    }

    fn scan(&self, _: ScanFilter) -> BoxFuture<'_, Result<mpsc::Receiver<Sighting>, RadioError>> {
        std::future::ready(Ok(self.air.lock().unwrap().take().expect("one scan"))).boxed()
    }

    fn connect<'a>(
        &'a self,
        _: &'a DeviceRef,
        _: &'a Profile,
        _: Duration,
    ) -> BoxFuture<'a, Result<Box<dyn Link>, RadioError>> {
        async {
            tokio::time::sleep(self.effort).await;
            self.connects.lock().unwrap().pop_front().expect("no more attempts than written down")
        }
        .boxed()
    }
}
