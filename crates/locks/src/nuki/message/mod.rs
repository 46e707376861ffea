//! Chapter 8: each command as a pure pair of `encode` and `decode`, by its payload.
//!
//! A `decode` takes the known prefix and ignores what newer firmware appends; `None` where the prefix is too short. Unknown
//! values are kept as numbers. What carries the lock's challenge and the PIN has them at its end: [`Proof`].

mod advanced_config;
mod authorization_data;
mod authorization_id;
mod battery_report;
mod config;
mod confirmation;
mod date_time;
mod entry;
mod error_report;
mod fixed;
mod invite;
mod limits;
mod lock_action;
mod log_entry;
mod proof;
mod reader;
mod remove_entry;
mod request_data;
mod request_entries;
mod request_log;
mod set_config;
mod set_pin;
mod states;
mod status;
mod text;
mod update_entry;
mod update_time;

pub(crate) use advanced_config::AdvancedConfig;
pub(crate) use authorization_data::{AuthorizationData, UltraAuthorizationData};
pub(crate) use authorization_id::{AuthorizationId, UltraAuthorizationId};
pub(crate) use battery_report::BatteryReport;
pub(crate) use config::Config;
pub(crate) use confirmation::Confirmation;
pub(crate) use date_time::DateTime;
pub(crate) use entry::Entry;
pub(crate) use error_report::{ErrorReport, code};
pub(crate) use fixed::{
    authenticator, authorization_info, challenge, fixed, flag, public_key, with_challenge_only,
};
pub(crate) use invite::{Invite, Invited};
pub use limits::{Limits, TimeOfDay, Weekdays};
pub(crate) use lock_action::{LockAction, action};
pub(crate) use log_entry::{LoggedEntry, kind};
pub(crate) use proof::{Needs, Proof};
pub(crate) use remove_entry::RemoveEntry;
pub(crate) use request_data::RequestData;
pub(crate) use request_entries::{RequestEntries, count};
pub(crate) use request_log::{LogCount, RequestLog};
pub(crate) use set_config::SetConfig;
pub(crate) use set_pin::SetPin;
pub(crate) use states::{LastAction, States, completion, door, lock_state};
pub(crate) use status::Status;
pub(crate) use update_entry::UpdateEntry;
pub(crate) use update_time::UpdateTime;

/// Command ids.
pub(crate) mod id {
    pub(crate) const REQUEST_DATA: u16 = 0x0001;
    pub(crate) const PUBLIC_KEY: u16 = 0x0003;
    pub(crate) const CHALLENGE: u16 = 0x0004;
    pub(crate) const AUTHENTICATOR: u16 = 0x0005;
    pub(crate) const AUTHORIZATION_DATA: u16 = 0x0006;
    pub(crate) const AUTHORIZATION_ID: u16 = 0x0007;
    pub(crate) const REMOVE_ENTRY: u16 = 0x0008;
    pub(crate) const REQUEST_ENTRIES: u16 = 0x0009;
    pub(crate) const ENTRY: u16 = 0x000a;
    pub(crate) const INVITE: u16 = 0x000b;
    pub(crate) const STATES: u16 = 0x000c;
    pub(crate) const LOCK_ACTION: u16 = 0x000d;
    pub(crate) const STATUS: u16 = 0x000e;
    pub(crate) const BATTERY_REPORT: u16 = 0x0011;
    pub(crate) const ERROR_REPORT: u16 = 0x0012;
    pub(crate) const SET_CONFIG: u16 = 0x0013;
    pub(crate) const REQUEST_CONFIG: u16 = 0x0014;
    pub(crate) const CONFIG: u16 = 0x0015;
    pub(crate) const SET_PIN: u16 = 0x0019;
    pub(crate) const CALIBRATE: u16 = 0x001a;
    pub(crate) const REBOOT: u16 = 0x001d;
    pub(crate) const CONFIRMATION: u16 = 0x001e;
    pub(crate) const INVITED: u16 = 0x001f;
    pub(crate) const VERIFY_PIN: u16 = 0x0020;
    pub(crate) const UPDATE_TIME: u16 = 0x0021;
    pub(crate) const UPDATE_ENTRY: u16 = 0x0025;
    pub(crate) const ENTRY_COUNT: u16 = 0x0027;
    pub(crate) const REQUEST_LOG: u16 = 0x0031;
    pub(crate) const LOG_ENTRY: u16 = 0x0032;
    pub(crate) const LOG_COUNT: u16 = 0x0033;
    pub(crate) const ENABLE_LOGGING: u16 = 0x0034;
    pub(crate) const SET_ADVANCED_CONFIG: u16 = 0x0035;
    pub(crate) const REQUEST_ADVANCED_CONFIG: u16 = 0x0036;
    pub(crate) const ADVANCED_CONFIG: u16 = 0x0037;
    pub(crate) const AUTHORIZATION_INFO: u16 = 0x004c;
    pub(crate) const SIMPLE_LOCK_ACTION: u16 = 0x0100;
}

/// The id that stands for "none yet" in the Ultra's sealed pairing messages (6.2).
pub(crate) const NOT_YET: u32 = 0x7fff_ffff;

/// What a lock sends in answer to somebody, sealed (7.3). Anything else is a phone's own message, reflected.
pub(crate) fn is_from_lock(command: u16) -> bool {
    matches!(
        command,
        id::CHALLENGE
            | id::STATES
            | id::STATUS
            | id::BATTERY_REPORT
            | id::ERROR_REPORT
            | id::CONFIG
            | id::ADVANCED_CONFIG
            | id::INVITED
            | id::ENTRY
            | id::ENTRY_COUNT
            | id::LOG_ENTRY
            | id::LOG_COUNT
    )
}
