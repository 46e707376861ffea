//! What goes into a hub session and what comes out.

use terskel_keys::receipt::Receipt;
use terskel_model::{DispatchId, HubId};

use super::HubRefusal;

/// The hub that should be there, as the station told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubIdentity {
    /// Which.
    pub hub: HubId,
    /// Its Ed25519 key: what does not verify with it is not a receipt of this hub.
    pub public_key: [u8; 32],
}

/// What can be asked of a hub session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubCommand {
    /// Says that the worker is here. May be asked before the session is ready, and again at any time: the hub gives a
    /// further receipt.
    CheckIn {
        /// On which visit.
        visit: DispatchId,
    },
    /// Says that the worker leaves. As safe to repeat.
    CheckOut {
        /// From which visit.
        visit: DispatchId,
    },
    /// End politely.
    Close,
}

/// What a hub session tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubEvent {
    /// The challenge is here: a check-in costs one round trip now.
    Ready,
    /// The hub of this home has signed for this worker, phone, visit and direction.
    Receipt {
        /// What it says. Its time is the hub's.
        receipt: Receipt,
        /// The bytes that prove it, for the station.
        signed: Vec<u8>,
    },
    /// No receipt for the command that was asked, the latest one for [`HubRefusal::Busy`].
    Refused {
        /// Why.
        reason: HubRefusal,
    },
    /// The session is over. No more events.
    Ended {
        /// Why, if not because the phone wanted it so.
        reason: Option<HubRefusal>,
    },
}
