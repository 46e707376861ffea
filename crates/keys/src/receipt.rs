//! Receipts: a hub's word that a worker's phone stood before it. A fixed layout, small enough for a radio link:
//!
//! | offset | length | field |
//! | --- | --- | --- |
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | direction: 1 in, 2 out |
//! | 2 | 16 | hub id |
//! | 18 | 16 | worker id |
//! | 34 | 16 | phone id |
//! | 50 | 16 | visit (dispatch id) |
//! | 66 | 8 | hub time, milliseconds since 1970, signed, big-endian |
//! | 74 | 8 | the hub's count of receipts, big-endian |
//! | 82 | 64 | Ed25519 signature of `"terskel/receipt/1"` ‖ bytes 0 to 81 |

use terskel_model::{DispatchId, HubId, PhoneId, Timestamp, WorkerId};
use uuid::Uuid;

use crate::KeyError;
use crate::ed25519::{self, SigningKey};

/// Length of a signed receipt in bytes.
pub const LENGTH: usize = BODY + 64;
const BODY: usize = 82;
const VERSION: u8 = 1;
const DOMAIN: &[u8] = b"terskel/receipt/1";

/// Coming or going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Check-in.
    In,
    /// Check-out.
    Out,
}

impl Direction {
    /// Its byte on the wire: 1 in, 2 out.
    #[must_use]
    pub fn to_byte(self) -> u8 {
        match self {
            Self::In => 1,
            Self::Out => 2,
        }
    }

    /// The direction of a byte on the wire, if it is one.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::In),
            2 => Some(Self::Out),
            _ => None,
        }
    }
}

/// Who came or went, where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which hub says so.
    pub hub: HubId,
    /// Who, by the badge that was shown.
    pub worker: WorkerId,
    /// With which phone.
    pub phone: PhoneId,
    /// On which visit.
    pub visit: DispatchId,
    /// Coming or going.
    pub direction: Direction,
    /// The hub's clock, which may be wrong; whole milliseconds.
    pub at: Timestamp,
    /// This hub's own count of receipts, from 1: grows with every one.
    pub counter: u64,
}

/// A hub's signing key.
#[derive(Debug)]
pub struct HubKey(SigningKey);

impl HubKey {
    /// The key of an Ed25519 seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_seed(seed))
    }

    /// What receipts are checked against.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }
}

/// Signs a receipt: [`LENGTH`] bytes.
#[must_use]
pub fn sign(key: &HubKey, receipt: &Receipt) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend([VERSION, receipt.direction.to_byte()]);
    for id in [receipt.hub.0, receipt.worker.0, receipt.phone.0, receipt.visit.0] {
        bytes.extend(id.as_bytes());
    }
    bytes.extend(receipt.at.timestamp_millis().to_be_bytes());
    bytes.extend(receipt.counter.to_be_bytes());
    bytes.extend(key.0.sign(&message(&bytes)));
    bytes
}

/// Reads a receipt that the hub with this Ed25519 public key has signed.
///
/// # Errors
/// [`KeyError::Malformed`] for another length, version or direction, [`KeyError::BadSignature`].
pub fn verify(bytes: &[u8], hub_public_key: &[u8]) -> Result<Receipt, KeyError> {
    if bytes.len() != LENGTH || bytes[0] != VERSION {
        return Err(KeyError::Malformed);
    }
    let (body, signature) = bytes.split_at(BODY);
    ed25519::verify(hub_public_key, &message(body), signature)?;
    let id = |at: usize| Uuid::from_slice(&body[at..at + 16]).map_err(|_| KeyError::Malformed);
    let number = |at: usize| body[at..at + 8].iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
    Ok(Receipt {
        direction: Direction::from_byte(body[1]).ok_or(KeyError::Malformed)?,
        hub: HubId(id(2)?),
        worker: WorkerId(id(18)?),
        phone: PhoneId(id(34)?),
        visit: DispatchId(id(50)?),
        at: Timestamp::from_timestamp_millis(number(66).cast_signed()).ok_or(KeyError::Malformed)?,
        counter: number(74),
    })
}

fn message(body: &[u8]) -> Vec<u8> {
    [DOMAIN, body].concat()
}
