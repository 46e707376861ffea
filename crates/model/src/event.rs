//! Audit events: who did what, to which door or person, when, by which proof, with which outcome.

use serde::{Deserialize, Serialize};

use crate::door::{DoorOutcome, Operation};
use crate::lock_report::LockReport;
use crate::open_enum::open_enum;
use crate::trusted_time::ClockQuality;
use crate::{DispatchId, DoorId, EventId, KeyId, PhoneId, ResidentId, Timestamp, WithdrawalId, WorkerId};

open_enum! {
    /// What happened.
    EventKind {
        /// The station took a dispatch from a response centre.
        DispatchReceived = "dispatch_received",
        /// A phone has the alert and shows it; sent without the worker's doing.
        AlertDelivered = "alert_delivered",
        /// Nobody accepted in time: the centre calls.
        DispatchUnanswered = "dispatch_unanswered",
        /// A worker said no, with a reason.
        DispatchDeclined = "dispatch_declined",
        /// A worker is on the way.
        DispatchAccepted = "dispatch_accepted",
        /// A worker is on the way, and had to decide it without the station: it counts where nobody was before them.
        AcceptedOffline = "accepted_offline",
        /// Nobody had checked in when the arrival clock ran out.
        ArrivalOverdue = "arrival_overdue",
        /// A lead let somebody in.
        PermissionGiven = "permission_given",
        /// A lead lets them in no longer.
        PermissionTakenAway = "permission_taken_away",
        /// The station issued a digital key.
        KeyIssued = "key_issued",
        /// A worker may open a door, and got no key for it: the reason is a `KeyWanting`.
        KeyWithheld = "key_withheld",
        /// A lock was asked to open or to lock.
        DoorOperated = "door_operated",
        /// The worker passed a door without its lock, and says how: a `PassReason`.
        DoorPassed = "door_passed",
        /// The worker looked at the code of a door's keypad.
        DoorCodeShown = "door_code_shown",
        /// What a phone has learnt of a lock: battery, mechanism, clock, its own log.
        LockReported = "lock_reported",
        /// A phone was let into a lock that is being installed; with a reason, it was not.
        LockPaired = "lock_paired",
        /// A lock that is being installed was asked to open or to lock.
        LockTested = "lock_tested",
        /// An installation was given up: what the phone had of the lock is wiped.
        InstallationGivenUp = "installation_given_up",
        /// The station has a new lock, proven to open and to lock.
        LockInstalled = "lock_installed",
        /// Keys were taken away before their time: the phone is told to wipe them.
        KeysWithdrawn = "keys_withdrawn",
        /// A phone has wiped the keys that were taken away.
        KeysWiped = "keys_wiped",
        /// A lead has ended a shift.
        ShiftEnded = "shift_ended",
        /// A worker does not work here any more.
        WorkerDismissed = "worker_dismissed",
        /// A phone was reported lost.
        PhoneLost = "phone_lost",
        /// A phone has wiped keys and residents by itself: somebody had typed too many wrong unlock codes.
        PhoneWiped = "phone_wiped",
        /// How soon a team's phones lock, and what may be read on their locked screens; the reason says both.
        PolicyChanged = "policy_changed",
        /// What is known of a resident was corrected; the reason is the resident's id.
        ResidentChanged = "resident_changed",
        /// What is known of a worker was corrected.
        WorkerChanged = "worker_changed",
        /// A worker has another PIN; the reason is the id of the lead who gave it, or `administrator`.
        PinChanged = "pin_changed",
        /// A resident does not have the service any more; the reason is the resident's id.
        ServiceEnded = "service_ended",
        /// A resident whose service had ended has it again; the reason is the resident's id.
        ServiceResumed = "service_resumed",
        /// A worker opened a home in an emergency, without permission.
        GlassBroken = "glass_broken",
        /// A lead has looked into such an emergency.
        GlassReviewed = "glass_reviewed",
        /// A worker goes to a home without having been dispatched: the reason is why.
        VisitBegun = "visit_begun",
        /// Checked in at the hub.
        CheckedIn = "checked_in",
        /// Checked out at the hub.
        CheckedOut = "checked_out",
        /// The worker ended the visit.
        VisitClosed = "visit_closed",
        /// A phone was enrolled.
        PhoneEnrolled = "phone_enrolled",
        /// A worker signed in.
        SignedIn = "signed_in",
        /// A worker signed out.
        SignedOut = "signed_out",
        /// A sign-in was refused.
        SignInRefused = "sign_in_refused",
        /// A lead took a part of the trail out, for an investigation.
        AuditExported = "audit_exported",
        /// What the trail said of old events was erased; the reason is the time before which.
        AuditErased = "audit_erased",
        /// The station erased what had reached the end of its time; the reason is how much of what.
        RetentionDone = "retention_done",
    }
}

open_enum! {
    /// By which proof an event stands.
    Proof {
        /// The station did or saw it itself.
        Station = "station",
        /// An API token of a response centre.
        CentreToken = "centre_token",
        /// The phone's own signature over the event.
        PhoneSignature = "phone_signature",
        /// A digital key, and the lock's own answer, told by the phone.
        DigitalKey = "digital_key",
        /// A receipt signed by the hub in the home.
        HubReceipt = "hub_receipt",
    }
}

/// An event as a phone records it. Signed as a whole and chained to the one before (`keys::event`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneEvent {
    /// Made on the phone: sending it twice is harmless.
    pub id: EventId,
    /// Which phone saw it.
    pub phone: PhoneId,
    /// This phone's own count, from 1, without gaps.
    pub sequence: u64,
    /// SHA-256 of the signed form of the event before, 32 bytes; zeros for the first.
    #[serde(with = "hash_as_hex")]
    pub previous: [u8; 32],
    /// When, as well as the phone knew it (`trusted_time`).
    pub at: Timestamp,
    /// How much that time is worth. Absent from a phone that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockQuality>,
    /// Who was signed in.
    pub worker: WorkerId,
    /// What happened.
    pub kind: EventKind,
    /// The dispatch it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<DispatchId>,
    /// The visit it belongs to, where nobody was dispatched: the phone's own id of it. Never with a dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<DispatchId>,
    /// Whose home such a visit is to; told when it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<ResidentId>,
    /// The door it happened at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<DoorId>,
    /// What was asked of the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<DoorOutcome>,
    /// Why, in a code: a `DoorReason`, a `DeclineReason` or a `PassReason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digital key that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// The hub's signed receipt, in hex (`keys::receipt`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// The order that was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<WithdrawalId>,
    /// In which session the phone wiped itself: its name (`keys::event::session_name`), for its id is the phone's and the station's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What was learnt of a lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<LockReport>,
}

mod hash_as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hash: &[u8; 32], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hash.iter().map(|b| format!("{b:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(d)?;
        if text.len() != 64 || !text.is_ascii() {
            return Err(D::Error::custom("a hash is 64 hex digits"));
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(D::Error::custom)?;
            *byte = u8::from_str_radix(pair, 16).map_err(D::Error::custom)?;
        }
        Ok(hash)
    }
}
