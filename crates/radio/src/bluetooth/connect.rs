//! From a device that was seen to a link with its notifications subscribed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Central, Characteristic, Peripheral as _};
use btleplug::platform::{Adapter, Peripheral};
use terskel_locks::session::Profile;
use tokio::sync::mpsc;
use tokio::time::{self, Instant};
use uuid::Uuid;

use super::discovery::Pause;
use super::error::within;
use super::link::{BluetoothLink, Hold};
use super::registry::Change;
use super::{Shared, limits};
use crate::{DeviceRef, RadioError, find};

/// One attempt, at most for `limit`, waiting for an older link to close included.
pub(super) async fn connect(
    shared: &Arc<Shared>,
    device: &DeviceRef,
    profile: &Profile,
    limit: Duration,
) -> Result<BluetoothLink, RadioError> {
    let budget = Budget { limit, deadline: Instant::now() + limit };
    if let Some(error) = find::unusable(*shared.state.borrow()) {
        return Err(error);
    }
    let adapter = shared.adapter.borrow().clone().ok_or(RadioError::Absent)?;
    let turn = shared.registry.turn(device).lock_owned();
    let turn = budget.spend("the last link to the device closes", async { Ok(turn.await) }).await?;
    let peripheral = budget.spend("looking for the device", known(shared, &adapter, device)).await?;
    let mut hold = Hold::new(shared, peripheral.clone(), turn);
    budget.spend("closing a forgotten link", close_forgotten(&peripheral)).await?;
    let mut changes = shared.registry.follow(&peripheral.id());
    hold.attempted();
    let (notifications, characteristics) = tokio::select! {
        ready = establish(shared, &peripheral, profile, &budget) => ready?,
        () = lost(&mut changes) => {
            return Err(find::unusable(*shared.state.borrow()).unwrap_or(RadioError::LinkLost));
        }
    };
    hold.subscribed(profile.notify.iter().filter_map(|uuid| characteristics.get(uuid).cloned()));
    Ok(BluetoothLink::new(hold, changes, notifications, characteristics))
}

type Notifications =
    std::pin::Pin<Box<dyn futures_util::Stream<Item = btleplug::api::ValueNotification> + Send>>;

async fn establish(
    shared: &Arc<Shared>,
    peripheral: &Peripheral,
    profile: &Profile,
    budget: &Budget,
) -> Result<(Notifications, HashMap<Uuid, Characteristic>), RadioError> {
    // Before the link is up: BlueZ subscribes again by itself what was subscribed on an earlier link, and the device
    // may speak before this call has got as far.
    let notifications = budget.spend("listening", ours(peripheral.notifications())).await?;
    let pause = Pause::begin(shared).await;
    let known = budget.spend("connecting", attach(shared, peripheral)).await?;
    drop(pause);
    if !known {
        budget.spend("finding the services", ours(peripheral.discover_services())).await?;
    }
    let characteristics = characteristics_of(peripheral, profile)?;
    let wanted =
        profile.notify.iter().map(|uuid| characteristics.get(uuid).ok_or(RadioError::Missing(*uuid)));
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    // All are asked for at once, in order: the system then leaves nothing of its own between them.
    let subscribing = wanted.into_iter().map(|characteristic| ours(peripheral.subscribe(characteristic)));
    budget.spend("subscribing", futures_util::future::try_join_all(subscribing)).await?;
    Ok((notifications, characteristics))
}

/// Connects. True when the services are known already, from the last link.
async fn attach(shared: &Shared, peripheral: &Peripheral) -> Result<bool, RadioError> {
    // Elsewhere the system keeps services to itself until they have been asked for.
    let left = shared.registry.recall(&peripheral.id()).filter(|_| cfg!(target_os = "linux"));
    let Some(left) = left else {
        return ours(peripheral.connect()).await.map(|()| false);
    };
    let changes = shared.registry.follow(&peripheral.id());
    tokio::select! {
        connected = ours(peripheral.connect()) => connected.map(|()| false),
        () = left.renewed(peripheral, changes) => Ok(true),
    }
}

async fn known(shared: &Shared, adapter: &Adapter, device: &DeviceRef) -> Result<Peripheral, RadioError> {
    if let Some(id) = shared.registry.name(device) {
        return within(limits::CALL, "looking for the device", adapter.peripheral(&id)).await;
    }
    // Named by an earlier run of the program: the system may still know it.
    let all = within(limits::CALL, "looking for the device", adapter.peripherals()).await?;
    let never_heard = || RadioError::Failed("the device has not been heard".into());
    all.into_iter().find(|p| p.id().to_string() == device.0).ok_or_else(never_heard)
}

/// A link left over from a program that ended badly has a session on the device's side that nobody can go on with.
async fn close_forgotten(peripheral: &Peripheral) -> Result<(), RadioError> {
    if within(limits::CALL, "asking for the connection", peripheral.is_connected()).await? {
        tracing::info!("closing a link that was left open");
        within(limits::DISCONNECT, "closing a forgotten link", peripheral.disconnect()).await?;
    }
    Ok(())
}

fn characteristics_of(
    peripheral: &Peripheral,
    profile: &Profile,
) -> Result<HashMap<Uuid, Characteristic>, RadioError> {
    let services = peripheral.services();
    let service = services.iter().find(|s| s.uuid == profile.service);
    let service = service.ok_or(RadioError::Missing(profile.service))?;
    Ok(service.characteristics.iter().map(|c| (c.uuid, c.clone())).collect())
}

/// Ends when the connection that is being made is lost again: btleplug would wait 30 s for services that never come.
async fn lost(changes: &mut mpsc::UnboundedReceiver<Change>) {
    let mut up = false;
    loop {
        match changes.recv().await {
            Some(Change::Connected) => up = true,
            // Before it is up: old news of the link before this one.
            Some(Change::Disconnected) if !up => {}
            Some(Change::Disconnected | Change::AdapterGone) => return,
            None => std::future::pending().await,
        }
    }
}

/// One limit for all steps.
struct Budget {
    limit: Duration,
    deadline: Instant,
}

impl Budget {
    async fn spend<T>(
        &self,
        doing: &'static str,
        step: impl Future<Output = Result<T, RadioError>>,
    ) -> Result<T, RadioError> {
        let late = |_| RadioError::Timeout(self.limit, doing);
        time::timeout_at(self.deadline, step).await.map_err(late)?
    }
}

async fn ours<T>(call: impl Future<Output = btleplug::Result<T>>) -> Result<T, RadioError> {
    call.await.map_err(|error| super::error::translate(&error))
}
