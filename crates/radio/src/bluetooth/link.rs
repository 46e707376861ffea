//! A connection: writes out, notifications and its end in.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use btleplug::api::{Characteristic, Peripheral as _, ValueNotification, WriteType};
use btleplug::platform::Peripheral;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::time;
use uuid::Uuid;

use super::error::within;
use super::reconnect::Acquaintance;
use super::registry::Change;
use super::{Shared, limits};
use crate::{Link, LinkEvent, RadioError};

type Notifications = Pin<Box<dyn Stream<Item = ValueNotification> + Send>>;

pub(super) struct BluetoothLink {
    hold: Hold,
    changes: mpsc::UnboundedReceiver<Change>,
    /// All characteristics in one stream, in the order of the air. Does not end with the link.
    notifications: Option<Notifications>,
    characteristics: HashMap<Uuid, Characteristic>,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Up,
    /// The system told of a disconnect, maybe of the link before this one: it has to be asked.
    InDoubt,
    Gone,
}

impl BluetoothLink {
    pub(super) fn new(
        hold: Hold,
        changes: mpsc::UnboundedReceiver<Change>,
        notifications: Notifications,
        characteristics: HashMap<Uuid, Characteristic>,
    ) -> Self {
        Self { hold, changes, notifications: Some(notifications), characteristics, standing: Standing::Up }
    }

    async fn next_event(&mut self) -> LinkEvent {
        loop {
            match self.standing {
                Standing::Up => {
                    if let Some(event) = self.wait().await {
                        return event;
                    }
                }
                Standing::InDoubt => self.clear_doubt().await,
                Standing::Gone => return self.last_words(),
            }
        }
    }

    /// A notification, or `None` when the standing has changed.
    async fn wait(&mut self) -> Option<LinkEvent> {
        let Some(notifications) = self.notifications.as_mut() else {
            self.standing = Standing::Gone;
            return None;
        };
        tokio::select! {
            biased;
            value = notifications.next() => match value {
                Some(value) => return Some(received(value)),
                None => self.standing = Standing::Gone,
            },
            change = self.changes.recv() => match change {
                Some(Change::Connected) => {}
                Some(Change::Disconnected) => self.standing = Standing::InDoubt,
                Some(Change::AdapterGone) | None => self.standing = Standing::Gone,
            },
        }
        None
    }

    async fn clear_doubt(&mut self) {
        let connected =
            within(limits::CALL, "asking for the connection", self.hold.peripheral.is_connected());
        self.standing = if connected.await == Ok(true) { Standing::Up } else { Standing::Gone };
        if self.standing == Standing::Gone {
            self.hold.gone();
        }
    }

    /// What arrived before the link went comes before the news that it is gone.
    fn last_words(&mut self) -> LinkEvent {
        let value = self.notifications.as_mut().and_then(|n| n.next().now_or_never().flatten());
        value.map_or(LinkEvent::Disconnected, received)
    }
}

fn received(value: ValueNotification) -> LinkEvent {
    LinkEvent::Received { characteristic: value.uuid, value: value.value }
}

impl Link for BluetoothLink {
    fn mtu(&self) -> usize {
        usize::from(self.hold.peripheral.mtu()).max(23)
    }

    fn write(
        &self,
        characteristic: Uuid,
        value: &[u8],
        with_response: bool,
    ) -> BoxFuture<'static, Result<(), RadioError>> {
        let Some(target) = self.characteristics.get(&characteristic).cloned() else {
            return std::future::ready(Err(RadioError::Missing(characteristic))).boxed();
        };
        let peripheral = self.hold.peripheral.clone();
        let value = value.to_vec();
        let kind = if with_response { WriteType::WithResponse } else { WriteType::WithoutResponse };
        async move { within(limits::WRITE, "writing", peripheral.write(&target, &value, kind)).await }.boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        self.next_event().boxed()
    }
}

impl Drop for BluetoothLink {
    fn drop(&mut self) {
        self.hold.notifications = self.notifications.take();
    }
}

/// The turn at a device. Let go, it disconnects in the background; the next link waits for that.
pub(super) struct Hold {
    shared: Arc<Shared>,
    peripheral: Peripheral,
    turn: Option<OwnedMutexGuard<()>>,
    /// Whether there may be a connection, or an attempt at one, to end.
    open: bool,
    /// What the device has been asked to tell of.
    subscriptions: Vec<Characteristic>,
    /// Kept until the link is closed: dropping the stream talks to the bus from a task, and so needs the runtime; and
    /// a signal that meets a stream just dropped makes a task inside bluez-async panic.
    notifications: Option<Notifications>,
}

impl Hold {
    pub(super) fn new(shared: &Arc<Shared>, peripheral: Peripheral, turn: OwnedMutexGuard<()>) -> Self {
        let (shared, turn) = (shared.clone(), Some(turn));
        Self { shared, peripheral, turn, open: false, subscriptions: Vec::new(), notifications: None }
    }

    pub(super) fn attempted(&mut self) {
        self.open = true;
    }

    pub(super) fn subscribed(&mut self, to: impl Iterator<Item = Characteristic>) {
        self.subscriptions.extend(to);
    }

    fn gone(&mut self) {
        self.open = false;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let (shared, peripheral, turn) = (self.shared.clone(), self.peripheral.clone(), self.turn.take());
        let (open, subscriptions) = (self.open, std::mem::take(&mut self.subscriptions));
        let notifications = self.notifications.take();
        self.shared.runtime.spawn(async move {
            // Not connected any more is as good as disconnected.
            if open && time::timeout(limits::DISCONNECT, peripheral.disconnect()).await.is_err() {
                tracing::info!("no answer to a disconnect");
            }
            end(&shared, &peripheral, &subscriptions).await;
            drop(notifications);
            drop(turn);
        });
    }
}

/// Ends subscriptions once the link is closed, when that costs nothing on the air: BlueZ would renew them by itself on
/// the next link, and nobody could tell when the device has them.
async fn end(shared: &Shared, peripheral: &Peripheral, subscriptions: &[Characteristic]) {
    if subscriptions.is_empty() || !cfg!(target_os = "linux") {
        return;
    }
    let left = Acquaintance::with(peripheral);
    for characteristic in subscriptions {
        let ending = peripheral.unsubscribe(characteristic);
        if let Err(error) = within(limits::CALL, "ending a subscription", ending).await {
            tracing::debug!(%error, "the system goes on with a subscription");
            return;
        }
    }
    shared.registry.remember(peripheral.id(), left);
}
