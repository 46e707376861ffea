//! The phone's half: [`LockSession`] opens and locks.

mod failure;
mod operate;
mod prepare;
mod request;
mod session;
mod take;

use std::time::Duration;

pub use session::LockSession;

/// For each record of the handshake and each result (chapter 9).
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A session that is held is kept alive by a question after this: the lock ends one that is silent for 10 s \[O\].
const ASK_EVERY: Duration = Duration::from_secs(6);
/// A lock whose motor runs on after the result is asked again after this.
const ASK_AGAIN: Duration = Duration::from_secs(1);
