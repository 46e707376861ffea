//! What a phone is asked to do at a lock besides opening it: to write or to forget entries of its list of authorizations
//! (8.9), for phones that come by themselves or shall come no more. It travels with the credential, in one sealed secret.
//!
//! After the credential, whose flags have bit 2 set, for each of up to four errands:
//!
//! | bytes | |
//! | --- | --- |
//! | 1 | 1: to be there; 0: to be forgotten |
//! | 32 | its name in the lock's list, zero-padded; no other entry has it |
//! | 32 | where it is to be there: the key that it shares with the lock |
//! | 8, 8 | and from when and until when, seconds since 1970 (little endian) |

use terskel_model::Timestamp;
use zeroize::Zeroizing;

use super::{Credential, CredentialError, Limits};

const FLAGS: usize = 1;
const ERRANDS: u8 = 4;
const PIN: u8 = 2;
const NAME: usize = 32;
/// More than this does not fit well into a digital key.
pub const MOST: usize = 4;

/// One entry that is to be in the lock's list, or not.
#[derive(Clone)]
pub struct Errand {
    /// Its name, up to 32 bytes: what it is known by.
    pub name: String,
    /// What it is to be; `None`: not there.
    pub wanted: Option<Wanted>,
}

/// An entry that is to be there.
#[derive(Clone)]
pub struct Wanted {
    /// Shared by the lock and whoever the entry is for.
    pub shared_key: Zeroizing<[u8; 32]>,
    /// The lock takes it from then on.
    pub from: Timestamp,
    /// And no longer than this.
    pub until: Timestamp,
}

impl Wanted {
    pub(super) fn limits(&self) -> Limits {
        Limits { from: Some(self.from), until: Some(self.until), ..Limits::default() }
    }
}

impl PartialEq for Errand {
    fn eq(&self, other: &Self) -> bool {
        crate::secret::same(&one(self), &one(other))
    }
}

impl std::fmt::Debug for Errand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, wanted } = self;
        write!(f, "Errand({name}, {})", if wanted.is_some() { "wanted" } else { "unwanted" })
    }
}

/// A credential with errands; the first [`MOST`] of them.
#[must_use]
pub fn with_errands(credential: &Credential, errands: &[Errand]) -> Zeroizing<Vec<u8>> {
    let plain = credential.to_bytes();
    if errands.is_empty() {
        return plain;
    }
    // Of the final size from the start: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(46 + MOST * 81));
    bytes.extend_from_slice(&plain);
    bytes.iter_mut().skip(FLAGS).take(1).for_each(|flags| *flags |= ERRANDS);
    for errand in errands.iter().take(MOST) {
        bytes.extend_from_slice(&one(errand));
    }
    bytes
}

fn one(errand: &Errand) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(81));
    bytes.push(u8::from(errand.wanted.is_some()));
    let mut name = [0; NAME];
    name.iter_mut().zip(errand.name.bytes()).for_each(|(to, from)| *to = from);
    bytes.extend(name);
    if let Some(wanted) = &errand.wanted {
        bytes.extend_from_slice(wanted.shared_key.as_slice());
        bytes.extend(wanted.from.timestamp().to_le_bytes());
        bytes.extend(wanted.until.timestamp().to_le_bytes());
    }
    bytes
}

/// Reads what [`with_errands`] gave.
///
/// # Errors
/// [`CredentialError`] for anything else.
pub fn read(bytes: &[u8]) -> Result<(Credential, Vec<Errand>), CredentialError> {
    let flags = *bytes.get(FLAGS).ok_or(CredentialError)?;
    if flags & ERRANDS == 0 {
        return Ok((Credential::from_bytes(bytes)?, Vec::new()));
    }
    let length = if flags & PIN == 0 { 42 } else { 46 };
    let (plain, mut rest) = bytes.split_at_checked(length).ok_or(CredentialError)?;
    let mut plain = Zeroizing::new(plain.to_vec());
    plain.iter_mut().skip(FLAGS).take(1).for_each(|flags| *flags &= !ERRANDS);
    let mut errands = Vec::new();
    while !rest.is_empty() && errands.len() < MOST {
        let (errand, after) = read_one(rest).ok_or(CredentialError)?;
        errands.push(errand);
        rest = after;
    }
    if errands.is_empty() || !rest.is_empty() {
        return Err(CredentialError);
    }
    Ok((Credential::from_bytes(&plain)?, errands))
}

fn read_one(bytes: &[u8]) -> Option<(Errand, &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_first_chunk::<NAME>()?;
    let length = name.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let name = String::from_utf8(name[..length].to_vec()).ok().filter(|name| !name.is_empty())?;
    if kind == 0 {
        return Some((Errand { name, wanted: None }, rest));
    }
    let (key, rest) = rest.split_first_chunk::<32>()?;
    let (from, rest) = rest.split_first_chunk()?;
    let (until, rest) = rest.split_first_chunk()?;
    let at = |seconds: &[u8; 8]| Timestamp::from_timestamp(i64::from_le_bytes(*seconds), 0);
    let wanted = Wanted { shared_key: Zeroizing::new(*key), from: at(from)?, until: at(until)? };
    (kind == 1).then_some((Errand { name, wanted: Some(wanted) }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::Generation;

    fn credential_and(more: usize, pin: Option<u32>) -> usize {
        more + if pin.is_some() { 46 } else { 42 }
    }

    #[test]
    fn errands_travel_with_a_credential_and_nothing_else_passes_for_them() {
        let plain = Credential {
            authorization_id: 7,
            shared_key: [0xab; 32],
            app_id: 1,
            generation: Generation::Classic,
            pin: Some(1234),
            unlatch: true,
        };
        let at = |hours: u64| Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(3600 * hours);
        let wanted = Wanted { shared_key: Zeroizing::new([0xcd; 32]), from: at(1), until: at(2) };
        let errands = [
            Errand { name: "Terskel 00000001".into(), wanted: None },
            Errand { name: "Terskel 00000002".into(), wanted: Some(wanted) },
        ];
        for (n, pin) in [(0, Some(1234)), (1, Some(1234)), (2, Some(1234)), (2, None)] {
            let credential = Credential { pin, ..plain.clone() };
            let bytes = with_errands(&credential, &errands[..n]);
            let (read_back, read_errands) = read(&bytes).unwrap();
            assert_eq!((read_back, &read_errands[..]), (credential, &errands[..n]));
            for length in 0..bytes.len() {
                let cut = read(&bytes[..length]);
                let between = n == 2 && length == credential_and(33, pin);
                assert!(cut.is_err() || between, "cut to {length}");
            }
            assert!(read(&[&bytes[..], &[0]].concat()).is_err());
        }
        let shown = format!("{:?}", errands[1]);
        assert!(!shown.contains("205") && !shown.contains("cd"), "{shown}");
    }
}
