//! Everything the user interface shows. A new view comes whenever anything in it changes; times tick in the
//! interface itself.

use serde::{Deserialize, Serialize};
use terskel_model::{DispatchId, DoorId, EventId, ResidentId, Timestamp};

use super::{AccessView, InstallView, Problem};

/// The phone as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Whether the phone is known to a station.
    pub enrolled: bool,
    /// Who is signed in.
    pub session: Option<SessionView>,
    /// The app's lock; none while nobody is signed in. When it is locked, the view holds no names, addresses, doors or homes.
    pub lock: Option<LockView>,
    /// Network, Bluetooth, and what waits to be sent.
    pub status: StatusView,
    /// Dispatches to decide on, newest first, and those just taken by somebody else.
    pub alerts: Vec<AlertView>,
    /// What may be said of the undecided ones where anybody can read it: in a notification, on a locked screen.
    pub notices: Vec<NoticeView>,
    /// The visit that is going on.
    pub visit: Option<VisitView>,
    /// The homes of the team, which can be gone to without a dispatch.
    pub roster: RosterView,
    /// What the team does, and whom it calls, when something does not work.
    pub continuity: ContinuityView,
    /// Installing locks; absent for whoever leads no team.
    pub install: Option<InstallView>,
    /// Who may get in; absent while no lead looks at it.
    pub access: Option<AccessView>,
    /// The station has taken the session away: why, as a `model::withdrawal::WithdrawalReason`.
    pub taken_away: Option<String>,
    /// What the station refused for good and the worker has not yet read.
    pub refusals: Vec<RefusalView>,
}

/// What to do when something does not work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ContinuityView {
    /// The lead's words; may be empty.
    pub plan: String,
    /// Whom to call, in the lead's order.
    pub contacts: Vec<ContactView>,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    /// For what: a `model::continuity::ContactRole`.
    pub role: String,
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone_number: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The worker.
    pub worker_name: String,
    /// The team on shift.
    pub team_name: String,
    /// Leads the team on shift.
    pub leads: bool,
    /// The shift ends.
    pub ends_at: Timestamp,
}

/// The app's lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LockView {
    /// How it is.
    pub state: LockState,
    /// There is a code that unlocks it; without one only a sign-in does.
    pub has_code: bool,
    /// After wrong codes: how many more may follow.
    pub tries_left: Option<u32>,
    /// A visit is going on.
    pub visit_open: bool,
}

/// How the app's lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LockState {
    /// The worker is to choose a code.
    CodeWanted,
    /// Open.
    Open,
    /// Locked.
    Locked,
}

/// A word about an alarm for everybody to read, as the unit's policy has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// The dispatch.
    pub id: DispatchId,
    /// When the alarm was raised.
    pub raised_at: Timestamp,
    /// Unanswered after this.
    pub accept_by: Timestamp,
    /// Whom it is about: nothing, initials, or name and address.
    pub who: Option<String>,
}

/// The status line: always the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// The live stream from the station.
    pub network: NetworkState,
    /// Since when it is as it is.
    pub network_since: Timestamp,
    /// The phone's Bluetooth.
    pub bluetooth: BluetoothState,
    /// Events recorded here that the station does not have yet.
    pub unsent: u32,
    /// How much the phone's time is worth: a `model::trusted_time::ClockQuality`.
    pub clock: String,
    /// How far the wall clock, which the interface counts with, is ahead of the time that the engine goes by. Whole seconds,
    /// negative when it is behind.
    pub wall_ahead_s: i32,
    /// Sending has stopped until the worker signs in again.
    pub sign_in_needed: bool,
}

/// The live stream from the station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum NetworkState {
    /// Nobody is signed in: no stream.
    Idle,
    /// Trying.
    Connecting,
    /// Alerts come in.
    Online,
    /// No alerts come in.
    Offline,
}

/// The phone's Bluetooth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum BluetoothState {
    /// Ready.
    On,
    /// Switched off.
    Off,
    /// No adapter.
    Absent,
}

/// A dispatch in the list of alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AlertView {
    /// The dispatch.
    pub id: DispatchId,
    /// When the alarm was raised.
    pub raised_at: Timestamp,
    /// Unanswered after this.
    pub accept_by: Timestamp,
    /// Nobody accepted in time: the centre calls.
    pub unanswered: bool,
    /// Declined on this phone.
    pub declined: bool,
    /// Somebody else has it: who.
    pub taken_by: Option<String>,
    /// Somebody has it, or it is over.
    pub taken: bool,
    /// Why, who and where, while this phone may read it.
    pub details: Option<DetailsView>,
}

/// The text of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DetailsView {
    /// A `model::dispatch::Cause`, or a text of the centre's own.
    pub cause: String,
    /// What the operator heard.
    pub note: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Age reached in the present year.
    pub age: Option<u16>,
    /// Street, number, floor.
    pub address: String,
    /// Town.
    pub town: String,
    /// Telephone number.
    pub phone_number: String,
    /// Notes on the way in.
    pub way_in: String,
}

/// The visit that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VisitView {
    /// The dispatch.
    pub id: DispatchId,
    /// Why, who and where.
    pub details: DetailsView,
    /// When the alarm was raised.
    pub raised_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Whose it is, as far as the phone knows.
    pub standing: VisitStanding,
    /// Who was first, where it is taken.
    pub taken_by: Option<String>,
    /// The arrival clock runs out; none where nobody was dispatched.
    pub arrive_by: Option<Timestamp>,
    /// The doors in the order one comes to them.
    pub doors: Vec<DoorView>,
    /// The hub, if the home has one.
    pub hub: Option<HubView>,
}

/// Whose a visit is, as far as the phone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum VisitStanding {
    /// The station knows that this worker goes; or nobody was dispatched.
    Confirmed,
    /// Accepted without network: neither station nor response centre knows of it. Call the centre.
    Unconfirmed,
    /// Accepted without network, and somebody else was first.
    Taken,
    /// Begun after a phone call, and somebody else has the dispatch to this home.
    Second,
}

/// How far the homes of the team are on the phone. [`super::Question::FindHomes`] tells of them: again whenever something in
/// here has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RosterView {
    /// So many are here.
    pub here: u32,
    /// So many there are.
    pub total: u32,
    /// All that there was to be had is here.
    pub whole: bool,
    /// Another number, other homes.
    pub version: u32,
    /// How many locks the keys of the shift open now.
    pub openable: u32,
    /// The station has given nothing but the homes that keys are for, so far or as long as it is as old as it is.
    pub keyed_only: bool,
    /// A visit after a telephone call is joined with its dispatch: the station does that.
    pub joins: bool,
}

/// A home of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FoundHome {
    /// Who lives there.
    pub resident: ResidentId,
    /// First and last name.
    pub name: String,
    /// Street, number, floor.
    pub address: String,
    /// Town.
    pub town: String,
    /// Telephone number.
    pub phone_number: String,
    /// The names of its doors, in the order one comes to them.
    pub doors: Vec<String>,
    /// There is an electronic lock on the way in.
    pub has_lock: bool,
    /// The first of the keys of the shift that open it ends; none: there is no such key.
    pub key_until: Option<Timestamp>,
}

/// A door of the visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DoorView {
    /// The door.
    pub id: DoorId,
    /// A `model::door::DoorKind`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Whether it has an electronic lock.
    pub has_lock: bool,
    /// How near the phone is to asking the lock.
    pub reach: Reach,
    /// Signal strength when last heard, dBm.
    pub rssi: Option<i16>,
    /// What is being done: a `model::door::Operation`.
    pub working: Option<String>,
    /// What came of the last operation.
    pub last: Option<DoorResult>,
    /// What the lock itself said last, in this visit.
    pub locked: Option<bool>,
    /// The lock's battery, 0–100 %.
    pub battery_percent: Option<u8>,
    /// The digital key ends.
    pub key_until: Option<Timestamp>,
    /// The lock has taken the command, and its motor runs.
    pub moving: bool,
    /// Something about the lock that somebody must see to: a `model::lock_report::LockWarning`.
    pub warning: Option<String>,
    /// How the worker passed it without its lock: a `model::door::PassReason`.
    pub passed: Option<String>,
    /// The door has a keypad, and the phone knows its code: `Intent::ShowCode` shows it.
    pub has_code: bool,
    /// Where the metal key hangs.
    pub physical_key: Option<PhysicalKeyView>,
}

/// A metal key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PhysicalKeyView {
    /// In which cabinet.
    pub cabinet: String,
    /// Under which tag.
    pub tag: String,
}

/// How near the phone is to asking a lock or a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// Not looked for.
    Idle,
    /// Looked for, not heard.
    Looking,
    /// Heard.
    Seen,
    /// Connecting and proving the key.
    Connecting,
    /// Waiting for the worker's slide: one round trip.
    Ready,
}

/// What came of one operation at a door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DoorResult {
    /// A `model::door::Operation`.
    pub operation: String,
    /// A `model::door::DoorOutcome`.
    pub outcome: String,
    /// A `model::door::DoorReason`, unless it went well.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The hub of the visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HubView {
    /// How near the phone is to asking it.
    pub reach: Reach,
    /// A check-in or check-out is being done.
    pub working: bool,
    /// Hub time of the check-in.
    pub checked_in_at: Option<Timestamp>,
    /// Hub time of the check-out.
    pub checked_out_at: Option<Timestamp>,
    /// Why the last try failed.
    pub problem: Option<Problem>,
}

/// An event that the station refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RefusalView {
    /// The event.
    pub event: EventId,
    /// A `model::event::EventKind`.
    pub kind: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// The station's problem code.
    pub code: String,
}
