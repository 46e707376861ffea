//! Protection of records (6.5).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 8 | explicit nonce: the record's number in its direction, from 0, big endian |
//! | 8 | n | ciphertext |
//! | 8 + n | 16 | tag |

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::TlsError;
use super::record::{Record, VERSION, content};

const TAG: usize = 16;

/// Both directions.
pub(crate) struct Channel {
    pub(super) sealer: Sealer,
    pub(super) opener: Opener,
}

impl Channel {
    /// A record of application data.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<Vec<u8>, TlsError> {
        self.sealer.seal(content::APPLICATION, plain)
    }

    /// Opens a payload that must be a record of application data. Any alert, readable or not, is the end (6.5).
    pub(crate) fn open(&mut self, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, TlsError> {
        let record = Record::decode(payload).ok_or(TlsError::Unexpected("application data"))?;
        match record.content {
            content::APPLICATION => self.opener.open(record),
            content::ALERT => Err(TlsError::Alert),
            _ => Err(TlsError::Unexpected("application data")),
        }
    }
}

/// One direction's key, salt and count.
struct Direction {
    key: Option<LessSafeKey>,
    salt: [u8; 4],
    number: u64,
}

impl Direction {
    /// The halves of the key block have fixed lengths: another length makes a direction that neither seals nor opens.
    fn new(key: &[u8], salt: &[u8]) -> Self {
        let unbound = UnboundKey::new(&AES_256_GCM, key).ok();
        let salt = <[u8; 4]>::try_from(salt).ok();
        Self {
            key: unbound.filter(|_| salt.is_some()).map(LessSafeKey::new),
            salt: salt.unwrap_or_default(),
            number: 0,
        }
    }

    fn nonce(&self) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.salt);
        nonce[4..].copy_from_slice(&self.number.to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }

    fn aad(&self, content: u8, length: usize) -> Result<Aad<[u8; 13]>, TlsError> {
        let mut aad = [0; 13];
        aad[..8].copy_from_slice(&self.number.to_be_bytes());
        aad[8] = content;
        aad[9..11].copy_from_slice(&VERSION);
        aad[11..].copy_from_slice(&u16::try_from(length).map_err(|_| TlsError::Seal)?.to_be_bytes());
        Ok(Aad::from(aad))
    }

    fn advance(&mut self) -> Result<(), TlsError> {
        self.number = self.number.checked_add(1).ok_or(TlsError::Seal)?;
        Ok(())
    }
}

/// Protects what goes out.
pub(super) struct Sealer(Direction);

impl Sealer {
    pub(super) fn new(key: &[u8], salt: &[u8]) -> Self {
        Self(Direction::new(key, salt))
    }

    /// A whole record.
    pub(super) fn seal(&mut self, content: u8, plain: &[u8]) -> Result<Vec<u8>, TlsError> {
        let key = self.0.key.as_ref().ok_or(TlsError::Seal)?;
        // Of the final size from the start: growing would leave the plaintext behind.
        let mut sealed = Vec::with_capacity(plain.len() + TAG);
        sealed.extend_from_slice(plain);
        key.seal_in_place_append_tag(self.0.nonce(), self.0.aad(content, plain.len())?, &mut sealed)
            .map_err(|_| TlsError::Seal)?;
        let record = Record::encode(content, &[&self.0.number.to_be_bytes()[..], &sealed].concat());
        self.0.advance()?;
        Ok(record)
    }
}

/// Opens what comes in.
pub(super) struct Opener(Direction);

impl Opener {
    pub(super) fn new(key: &[u8], salt: &[u8]) -> Self {
        Self(Direction::new(key, salt))
    }

    /// The plaintext of the next record; its nonce must be its number.
    pub(super) fn open(&mut self, record: Record<'_>) -> Result<Zeroizing<Vec<u8>>, TlsError> {
        let key = self.0.key.as_ref().ok_or(TlsError::Seal)?;
        let (number, sealed) = record.body.split_first_chunk::<8>().ok_or(TlsError::Seal)?;
        if u64::from_be_bytes(*number) != self.0.number {
            return Err(TlsError::Seal);
        }
        let length = sealed.len().checked_sub(TAG).ok_or(TlsError::Seal)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        key.open_in_place(self.0.nonce(), self.0.aad(record.content, length)?, &mut plain)
            .map_err(|_| TlsError::Seal)?;
        plain.truncate(length);
        self.0.advance()?;
        Ok(plain)
    }
}
