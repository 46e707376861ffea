//! Check-in and check-out: a receipt from the hub in the home. Safe to repeat.

use std::time::Duration;

use terskel_keys::receipt::Direction;
use terskel_locks::hub::HubRefusal;
use terskel_locks::hub::phone::{HubCommand, HubEvent};
use terskel_model::{DispatchId, WorkerId};
use terskel_radio::{AdapterState, RadioError};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::desk::HubOrder;
use super::hub::HubKeeper;
use super::preparation::Preparation;
use super::scan::Seen;
use super::slot::{Happened, Slot};
use super::supervise;
use crate::interface::{Outcome, Problem};
use crate::state::Core;
use crate::store::Phone;

const FIND_WITHIN: Duration = Duration::from_secs(15);
/// A radio that has just been started needs a moment.
const ADAPTER_WITHIN: Duration = Duration::from_secs(2);
/// Longer than every limit inside a session.
const WATCHDOG: Duration = Duration::from_secs(20);
/// The hub gives a further receipt to who asks again.
const ATTEMPTS: u32 = 2;

/// The worker checks in or out.
pub(crate) async fn check(
    core: &Core,
    dispatch: DispatchId,
    direction: Direction,
) -> Result<Outcome, Problem> {
    core.signed_in()?;
    supervise::begun(core, dispatch).await;
    let keeper = core.visit.hub(dispatch).ok_or(Problem::NotFound)?;
    if core.show(|live| std::mem::replace(&mut live.hub.working, true)) {
        return Err(Problem::Busy);
    }
    let (answer, result) = oneshot::channel();
    let result = match keeper.send(HubOrder { direction, answer }).await {
        Ok(()) => result.await.unwrap_or(Err(Problem::NotFound)),
        Err(_) => Err(Problem::NotFound),
    };
    core.show(|live| {
        live.hub.working = false;
        live.hub.problem = result.as_ref().err().cloned();
    });
    result.map(|()| Outcome::Done)
}

impl HubKeeper {
    /// Asks the hub until it has answered, twice at most.
    pub(super) async fn perform(&mut self, direction: Direction) -> Result<(), Problem> {
        // Whoever asked is whom the receipt names, also when the shift ends before the hub has answered.
        let (phone, session) = self.core.signed_in()?;
        self.preparation = Preparation::new();
        let mut last = Problem::HubNoAnswer;
        for _ in 0..ATTEMPTS {
            self.reach_hub().await?;
            match self.ask(direction, &phone, session.worker).await {
                Ok(()) => return Ok(()),
                Err(Problem::HubNoAnswer) => last = Problem::HubNoAnswer,
                Err(problem) => return Err(problem),
            }
            self.slot = Slot::Empty;
            self.ready = false;
        }
        Err(last)
    }

    async fn ask(&mut self, direction: Direction, phone: &Phone, worker: WorkerId) -> Result<(), Problem> {
        let visit = self.dispatch;
        let command = match direction {
            Direction::In => HubCommand::CheckIn { visit },
            Direction::Out => HubCommand::CheckOut { visit },
        };
        if !self.slot.send(command) {
            return Err(Problem::HubNoAnswer);
        }
        let answer = timeout(WATCHDOG, async {
            loop {
                match self.slot.next().await {
                    Happened::Event(HubEvent::Receipt { receipt, signed })
                        if receipt.direction == direction =>
                    {
                        return Ok((receipt, signed));
                    }
                    Happened::Event(
                        HubEvent::Refused { reason } | HubEvent::Ended { reason: Some(reason) },
                    ) => {
                        return Err(refusal(reason));
                    }
                    Happened::Event(HubEvent::Ended { reason: None })
                    | Happened::Failed(_)
                    | Happened::Over => {
                        return Err(Problem::HubNoAnswer);
                    }
                    Happened::Event(HubEvent::Ready) => {
                        self.ready = true;
                        self.show_reach();
                    }
                    Happened::Event(HubEvent::Receipt { .. }) | Happened::Connected => {}
                }
            }
        })
        .await;
        let (receipt, signed) = answer.unwrap_or(Err(Problem::HubNoAnswer))?;
        self.keep(&receipt, &signed, phone, worker).await
    }

    async fn reach_hub(&mut self) -> Result<(), Problem> {
        loop {
            self.show_reach();
            if self.slot.is_connected() {
                self.close_at = None;
                return Ok(());
            }
            if self.slot.is_empty() {
                let seen = self.find().await?;
                self.connect(&seen)?;
                continue;
            }
            if let Happened::Failed(error) = self.slot.next().await {
                tracing::info!(%error, "no connection to the hub");
                return Err(match error {
                    RadioError::Off => Problem::BluetoothOff,
                    RadioError::Absent => Problem::BluetoothGone,
                    RadioError::Missing(_) => Problem::WrongHub,
                    RadioError::Timeout(..) | RadioError::LinkLost | RadioError::Failed(_) => {
                        Problem::HubNoAnswer
                    }
                });
            }
        }
    }

    async fn find(&mut self) -> Result<Seen, Problem> {
        let mut adapter = self.core.radio.state();
        let off = |state: AdapterState| match state {
            AdapterState::On => None,
            AdapterState::Off => Some(Problem::BluetoothOff),
            AdapterState::Absent => Some(Problem::BluetoothGone),
        };
        let on = timeout(ADAPTER_WITHIN, adapter.wait_for(|s| *s == AdapterState::On)).await.is_ok();
        if !on {
            return Err(off(*adapter.borrow()).unwrap_or(Problem::BluetoothGone));
        }
        match timeout(FIND_WITHIN, self.seen.wait_for(Option::is_some)).await {
            Ok(Ok(seen)) => seen.clone().ok_or(Problem::HubNotFound),
            Ok(Err(_)) | Err(_) => Err(off(*adapter.borrow()).unwrap_or(Problem::HubNotFound)),
        }
    }
}

fn refusal(reason: HubRefusal) -> Problem {
    let code = match reason {
        HubRefusal::WrongHub => return Problem::WrongHub,
        HubRefusal::NoAnswer | HubRefusal::LinkLost | HubRefusal::Over => return Problem::HubNoAnswer,
        HubRefusal::Busy => return Problem::Busy,
        HubRefusal::Malformed => "malformed".to_owned(),
        HubRefusal::Unsupported => "unsupported".to_owned(),
        HubRefusal::BadgeInvalid => "badge_invalid".to_owned(),
        HubRefusal::BadgeExpired => "badge_expired".to_owned(),
        HubRefusal::BadSignature => "bad_signature".to_owned(),
        HubRefusal::ClockNotSet => "clock_not_set".to_owned(),
        HubRefusal::NotCheckedIn => "not_checked_in".to_owned(),
        HubRefusal::Unknown(byte) => format!("hub_{byte}"),
    };
    Problem::HubRefused { reason: code }
}
