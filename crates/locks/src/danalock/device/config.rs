//! What a simulated lock is at the start.

use std::time::Duration;

use terskel_model::Timestamp;
use zeroize::Zeroizing;

use crate::danalock::Serial;

/// A login token that the lock knows.
#[derive(Clone)]
pub struct Token {
    /// As it is shown at login.
    pub blob: Zeroizing<Vec<u8>>,
    /// Not before; `None`: always.
    pub valid_from: Option<Timestamp>,
    /// Not after; `None`: for ever.
    pub valid_to: Option<Timestamp>,
    /// May it move the bolt?
    pub permitted: bool,
}

/// In which type of record a lock sends its Finished (6.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FinishedIn {
    /// 0x17, as real locks do.
    #[default]
    ApplicationData,
    /// 0x16, as TLS wants it.
    Handshake,
}

/// A lock as it hangs in a door.
#[derive(Clone)]
pub struct LockConfig {
    /// Its own id.
    pub serial: Serial,
    /// What its key service has given out.
    pub tokens: Vec<Token>,
    /// Seals what it sends to everybody.
    pub broadcast_key: Zeroizing<[u8; 16]>,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// The certificate's secret scalar.
    pub scalar: Zeroizing<[u8; 32]>,
    /// Is the bolt thrown?
    pub locked: bool,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// How long the motor runs; the result comes after it.
    pub motor: Duration,
    /// The record type of its Finished.
    pub finished_in: FinishedIn,
}
