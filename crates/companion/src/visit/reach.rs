//! The way to a lock: found, connected, and the session there that a slide uses.

use std::time::Duration;

use terskel_keys::digital_key::DigitalKey;
use terskel_model::door::DoorReason;
use terskel_radio::{AdapterState, RadioError};
use tokio::time::{Instant, timeout, timeout_at};

use super::door::DoorKeeper;
use super::scan::Seen;
use super::slot::{Happened, Slot};

/// How long a lock is looked for: longer than another phone may hold it ready.
pub(super) const FIND_WITHIN: Duration = Duration::from_secs(25);
/// A radio that has just been started needs a moment.
const ADAPTER_WITHIN: Duration = Duration::from_secs(2);

impl DoorKeeper {
    /// Until a session is open: the one that was prepared with this key, or a new one.
    pub(super) async fn reach_lock(&mut self, key: &DigitalKey, end: Instant) -> Result<(), DoorReason> {
        let (mut failed, mut begun) = (0, Instant::now());
        if self.by != Some(key.claims().id) {
            self.slot = Slot::Empty;
            self.ready = false;
        }
        loop {
            self.show_reach();
            if self.slot.is_connected() {
                self.close_at = None;
                return Ok(());
            }
            if self.slot.is_empty() {
                let seen = self.find().await?;
                begun = Instant::now();
                self.connect(&seen, key)?;
                continue;
            }
            if let Happened::Failed(error) = self.slot.next().await {
                failed += 1;
                tracing::info!(%error, "no connection to the lock");
                let hopeless = matches!(error, RadioError::Off | RadioError::Absent | RadioError::Missing(_));
                if failed > 1 || Instant::now() >= end || hopeless || !self.is_heard_again(begun, end).await {
                    return Err(self.radio_reason(&error));
                }
            }
        }
    }

    /// Whether the lock is there: one that has changed its address is heard under the new one, and one that another phone
    /// holds is heard when that phone lets go.
    async fn is_heard_again(&mut self, since: Instant, end: Instant) -> bool {
        let patience = end.min(since + FIND_WITHIN);
        let heard = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.at > since);
        matches!(timeout_at(patience, self.seen.wait_for(heard)).await, Ok(Ok(_)))
    }

    /// Where the lock is; looks for it if it was not heard yet.
    async fn find(&mut self) -> Result<Seen, DoorReason> {
        let mut adapter = self.core.radio.state();
        let on = timeout(ADAPTER_WITHIN, adapter.wait_for(|s| *s == AdapterState::On)).await.is_ok();
        if !on {
            return Err(adapter_reason(*adapter.borrow()).unwrap_or(DoorReason::BluetoothGone));
        }
        // Heard a while ago is heard: whether it is still there shows when it is connected to.
        let heard = timeout(FIND_WITHIN, self.seen.wait_for(Option::is_some)).await;
        match heard {
            Ok(Ok(seen)) => seen.clone().ok_or(DoorReason::NotFound),
            Ok(Err(_)) | Err(_) => Err(adapter_reason(*adapter.borrow()).unwrap_or(DoorReason::NotFound)),
        }
    }

    fn radio_reason(&self, error: &RadioError) -> DoorReason {
        match error {
            RadioError::Off => DoorReason::BluetoothOff,
            RadioError::Absent => DoorReason::BluetoothGone,
            RadioError::Missing(_) => DoorReason::WrongDevice,
            RadioError::Timeout(..) | RadioError::LinkLost | RadioError::Failed(_) => {
                let near = self.seen.borrow().as_ref().is_some_and(Seen::is_fresh);
                if near { DoorReason::NoAnswer } else { DoorReason::NotFound }
            }
        }
    }
}

fn adapter_reason(state: AdapterState) -> Option<DoorReason> {
    match state {
        AdapterState::On => None,
        AdapterState::Off => Some(DoorReason::BluetoothOff),
        AdapterState::Absent => Some(DoorReason::BluetoothGone),
    }
}
