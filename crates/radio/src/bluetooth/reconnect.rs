//! A device that was connected before need not be asked for its services again.
//!
//! BlueZ does ask at every connection, and says that the services are resolved only then: six connection events that a
//! door waits for. But it takes subscriptions and writes as soon as the link is up, for the services that it knows from
//! last time. Once the MTU has been agreed and the services are those of last time, they are used; where anything is
//! different, the resolved services are waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use btleplug::api::{Peripheral as _, Service};
use btleplug::platform::Peripheral;
use tokio::sync::mpsc;
use tokio::time;

use super::registry::Change;

/// Between two looks at what the system knows: it does not tell of an agreed MTU. Shorter than two connection events.
const LOOK: Duration = Duration::from_millis(15);

/// What a link leaves to the next one to the same device. There is none of a link whose subscriptions could not be
/// ended: the system renews these by itself, and nobody is told when the device has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Acquaintance {
    mtu: u16,
    services: BTreeSet<Service>,
}

impl Acquaintance {
    /// With what is known of the device now.
    pub(super) fn with(peripheral: &Peripheral) -> Self {
        Self { mtu: peripheral.mtu(), services: peripheral.services() }
    }

    /// Ends when a link is up on which all is as it was; never where it isn't.
    pub(super) async fn renewed(
        &self,
        peripheral: &Peripheral,
        mut changes: mpsc::UnboundedReceiver<Change>,
    ) {
        loop {
            match changes.recv().await {
                Some(Change::Connected) => break,
                Some(Change::Disconnected | Change::AdapterGone) => {}
                None => return std::future::pending().await,
            }
        }
        // The system answers this from what it knows; nothing goes over the air.
        while peripheral.discover_services().await.is_err() || *self != Self::with(peripheral) {
            time::sleep(LOOK).await;
        }
    }
}
