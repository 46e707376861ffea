//! What the phone keeps: one encrypted SQLite file (SQLCipher), one connection, every fact stored in the same
//! transaction as the event that tells it.
//!
//! | what | kept until |
//! | --- | --- |
//! | phone identity, station, authority key | the phone is enrolled anew |
//! | the time, as the station told it, and the latest that was told | – |
//! | session, badge, stream cursor | sign-out or the end of the shift |
//! | dispatches, doors | sign-out or the end of the shift; a closed visit 60 minutes after accepting |
//! | digital keys, and the homes they are for | of a dispatch: the visit is closed; their end, or when they are taken away; sign-out or the end of the shift |
//! | the homes of the team | another team; sign-out or the end of the shift |
//! | that a key was taken away or used | its end; sign-out or the end of the shift |
//! | a lock that is being installed, with its secret | the station has it; given up; the phone is lost, or enrolled anew. The address: with the shift |
//! | visits (times; the name as long as the dispatch) | sign-out or the end of the shift |
//! | events | the station has them; refused ones until the worker has read it |

mod app_lock;
mod asked;
mod clock;
mod dispatches;
mod doors;
mod error;
mod events;
mod installation;
mod key;
mod keys;
mod keystore;
mod lock_test;
mod open;
mod phone;
mod retention;
mod roster;
mod session;
mod snapshot;
mod standing;
mod visits;
mod withdrawals;

pub use error::StoreError;
pub use key::StoreKey;
pub use keystore::{FileKeystore, Keystore, KeystoreError, store_key};

pub(crate) use app_lock::AppLock;
pub(crate) use asked::{Asked, Kept};
pub(crate) use doors::{Intention, Operated};
pub(crate) use events::Queued;
pub(crate) use installation::{InstallationFacts, Place, Tried};
pub(crate) use lock_test::Test;
pub(crate) use open::Store;
pub(crate) use phone::Phone;
pub(crate) use roster::RosterFacts;
pub(crate) use session::Session;
pub(crate) use snapshot::{DoorFacts, KeyFacts, KeyState, Snapshot, VisitFacts};
pub(crate) use standing::Standing;

use terskel_model::Timestamp;

type Result<T> = std::result::Result<T, StoreError>;

fn ms(at: Timestamp) -> i64 {
    at.timestamp_millis()
}

fn time(ms: i64) -> Result<Timestamp> {
    Timestamp::from_timestamp_millis(ms).ok_or(StoreError::Unreadable("time"))
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable("id"))
}
