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
/// More than any receipt, and harmless to read.
const MAX_HEX: usize = 1024;
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

/// A receipt as events hold it: in hex.
///
/// # Errors
/// [`KeyError::Malformed`].
pub fn from_hex(text: &str) -> Result<Vec<u8>, KeyError> {
    if !text.len().is_multiple_of(2) || text.len() > MAX_HEX || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(KeyError::Malformed);
    }
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| KeyError::Malformed);
    (0..text.len()).step_by(2).map(byte).collect()
}

/// Which hub a receipt is of, **without checking it**: only to find out whose public key to check it with.
///
/// # Errors
/// [`KeyError::Malformed`].
pub fn peek_hub(bytes: &[u8]) -> Result<HubId, KeyError> {
    let id = bytes.get(2..18).and_then(|id| Uuid::from_slice(id).ok());
    id.map(HubId).ok_or(KeyError::Malformed)
}

fn message(body: &[u8]) -> Vec<u8> {
    [DOMAIN, body].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{arrival, hex, refuses_every_change};

    fn karis_hub() -> HubKey {
        HubKey::from_seed(&[0x4b; 32])
    }

    #[test]
    fn hex_is_read_back_and_nothing_else_is() {
        let receipt = sign(&karis_hub(), &arrival());
        assert_eq!(from_hex(&hex(&receipt)), Ok(receipt.clone()));
        assert_eq!(from_hex(&hex(&receipt).to_uppercase()), Ok(receipt.clone()));
        assert_eq!(peek_hub(&receipt), Ok(arrival().hub));
        for wrong in ["0", "0g", "+1", "å", &"ab".repeat(600)] {
            assert_eq!(from_hex(wrong), Err(KeyError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn the_station_reads_what_the_hub_in_the_flat_has_signed() {
        let receipt = sign(&karis_hub(), &arrival());
        assert_eq!(receipt.len(), LENGTH);
        assert_eq!(verify(&receipt, &karis_hub().public_key()), Ok(arrival()));
    }

    #[test]
    fn a_neighbours_hub_cannot_speak_for_this_one() {
        let neighbour = HubKey::from_seed(&[0x4c; 32]);
        let receipt = sign(&neighbour, &arrival());
        assert_eq!(verify(&receipt, &karis_hub().public_key()), Err(KeyError::BadSignature));
        assert_eq!(verify(&receipt, b"no key"), Err(KeyError::BadSignature));
    }

    #[test]
    fn a_signature_under_no_domain_is_no_receipt() {
        let hub = karis_hub();
        let mut receipt = sign(&hub, &arrival());
        let bare = hub.0.sign(&receipt[..BODY]);
        receipt[BODY..].copy_from_slice(&bare);
        assert_eq!(verify(&receipt, &hub.public_key()), Err(KeyError::BadSignature));
    }

    #[test]
    fn another_version_is_not_read() {
        let mut receipt = sign(&karis_hub(), &arrival());
        receipt[0] = 2;
        assert_eq!(verify(&receipt, &karis_hub().public_key()), Err(KeyError::Malformed));
    }

    #[test]
    fn every_change_to_a_receipt_is_noticed() {
        let key = karis_hub().public_key();
        refuses_every_change(&sign(&karis_hub(), &arrival()), |changed| verify(changed, &key));
    }

    #[test]
    fn the_format_stands() {
        assert_eq!(hex(&sign(&karis_hub(), &arrival())), VECTOR);
    }

    const VECTOR: &str = "\
        01010000000000000000000000000000004b00000000000000000000000000000ada0000000000000000000000000000\
        ada100000000000000000000000000000d150000019bc3d1a231000000000000002a635cdce481df7618135132e1a64e\
        f4288d2902434ca4a43bdc2c4531878f891568e11a0e35a077aa534538a54982e7e72d0c7948f2459a6c713ed4c63f1a\
        c302";

    proptest! {
        #[test]
        fn whatever_is_signed_is_read_back(millis in -62_135_596_800_000i64..253_402_300_800_000, counter: u64, out: bool) {
            let receipt = Receipt {
                at: Timestamp::from_timestamp_millis(millis).unwrap(),
                counter,
                direction: if out { Direction::Out } else { Direction::In },
                ..arrival()
            };
            prop_assert_eq!(verify(&sign(&karis_hub(), &receipt), &karis_hub().public_key()), Ok(receipt));
        }

        #[test]
        fn signed_noise_is_refused_quietly(body in prop::collection::vec(any::<u8>(), BODY)) {
            let hub = karis_hub();
            let body = [&[VERSION], &body[1..]].concat();
            let bytes = [body.clone(), hub.0.sign(&message(&body))].concat();
            if let Ok(receipt) = verify(&bytes, &hub.public_key()) {
                prop_assert_eq!(sign(&hub, &receipt), bytes);
            }
        }
    }
}
