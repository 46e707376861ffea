//! Sealed messages (4.2).
//!
//! | offset | size | field | sealed |
//! | --- | --- | --- | --- |
//! | 0 | 24 | nonce | no |
//! | 24 | 4 | authorization id | no |
//! | 28 | 2 | number of bytes that follow | no |
//! | 30 | 16 | tag | |
//! | 46 | n + 8 | inner message: id 4, command 2, payload n, CRC 2 over all before | yes |

use zeroize::Zeroizing;

use super::{Malformed, Message};
use crate::crc::crc;
use crate::nuki::crypto::SharedKey;

/// Bytes before what is sealed.
pub(crate) const HEAD: usize = 30;
/// Fewer cannot follow: a tag, an id, a command and a CRC.
const LEAST: u16 = 24;
/// More never follow.
const MOST: u16 = 512;

/// What stands before the sealed part, covered by no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) nonce: [u8; 24],
    pub(crate) id: u32,
    /// How many bytes follow.
    pub(crate) length: u16,
}

impl Head {
    /// From the first 30 bytes or more.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let (head, _) = bytes.split_first_chunk::<HEAD>().ok_or(Malformed::Length)?;
        let (nonce, rest) = head.split_first_chunk::<24>().ok_or(Malformed::Length)?;
        let [i0, i1, i2, i3, l0, l1] = *rest else { return Err(Malformed::Length) };
        let length = u16::from_le_bytes([l0, l1]);
        if !(LEAST..=MOST).contains(&length) {
            return Err(Malformed::Length);
        }
        Ok(Self { nonce: *nonce, id: u32::from_le_bytes([i0, i1, i2, i3]), length })
    }

    /// The length of the whole message.
    pub(crate) fn whole(&self) -> usize {
        HEAD + usize::from(self.length)
    }
}

/// What the CRC inside a message says; the tag protects it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crc {
    Right,
    /// Some firmware does not compute it (4.3).
    Zero,
    Wrong,
}

/// A message that opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) nonce: [u8; 24],
    pub(crate) id: u32,
    pub(crate) crc: Crc,
    pub(crate) message: Message,
}

/// The inner message.
pub(crate) fn encode_inner(id: u32, message: &Message) -> Zeroizing<Vec<u8>> {
    let mut inner = encode_inner_without_crc(id, message);
    let sum = crc(&inner[..inner.len() - 2]).to_le_bytes();
    let at = inner.len() - 2;
    inner[at..].copy_from_slice(&sum);
    inner
}

/// As [`encode_inner`], with zeros in place of the CRC, as some firmware sends it.
pub(crate) fn encode_inner_without_crc(id: u32, message: &Message) -> Zeroizing<Vec<u8>> {
    let mut inner = Zeroizing::new(Vec::with_capacity(message.payload.len() + 8));
    inner.extend(id.to_le_bytes());
    inner.extend(message.command.to_le_bytes());
    inner.extend(message.payload.iter());
    inner.extend([0, 0]);
    inner
}

/// Seals an inner message. `None` only for lengths that no message has.
pub(crate) fn seal(key: &SharedKey, id: u32, nonce: &[u8; 24], inner: &[u8]) -> Option<Vec<u8>> {
    let sealed = key.seal(nonce, inner)?;
    let length = u16::try_from(sealed.len()).ok()?;
    Some([&nonce[..], &id.to_le_bytes(), &length.to_le_bytes(), &sealed].concat())
}

/// Opens a whole message.
pub(crate) fn open(key: &SharedKey, bytes: &[u8]) -> Result<Opened, Malformed> {
    let (head, inner) = open_seal(key, bytes)?;
    let (id, rest) = inner.split_first_chunk::<4>().ok_or(Malformed::Length)?;
    if *id != head.id.to_le_bytes() {
        return Err(Malformed::Id);
    }
    let (crc, message) = decode_body(&inner, rest).ok_or(Malformed::Length)?;
    Ok(Opened { nonce: head.nonce, id: head.id, crc, message })
}

/// As [`open`]; takes also the short form that the maker prints for the last step of the Ultra's pairing, which has no
/// id inside, where its CRC fits (6.2).
pub(crate) fn open_either(key: &SharedKey, bytes: &[u8]) -> Result<Opened, Malformed> {
    let error = match open(key, bytes) {
        Err(Malformed::Id) => Malformed::Id,
        opened => return opened,
    };
    let (head, inner) = open_seal(key, bytes)?;
    match decode_body(&inner, &inner) {
        Some((Crc::Right, message)) => {
            Ok(Opened { nonce: head.nonce, id: head.id, crc: Crc::Right, message })
        }
        _ => Err(error),
    }
}

fn open_seal(key: &SharedKey, bytes: &[u8]) -> Result<(Head, Zeroizing<Vec<u8>>), Malformed> {
    let head = Head::decode(bytes)?;
    if bytes.len() != head.whole() {
        return Err(Malformed::Length);
    }
    let inner = key.open(&head.nonce, &bytes[HEAD..]).ok_or(Malformed::Tag)?;
    Ok((head, inner))
}

/// Command, payload and CRC at the end of `summed`.
fn decode_body(summed: &[u8], body: &[u8]) -> Option<(Crc, Message)> {
    let (body, sum) = body.split_last_chunk::<2>()?;
    let (command, payload) = body.split_first_chunk::<2>()?;
    let crc = match u16::from_le_bytes(*sum) {
        sum if sum == crc(&summed[..summed.len() - 2]) => Crc::Right,
        0 => Crc::Zero,
        _ => Crc::Wrong,
    };
    Some((crc, Message::new(u16::from_le_bytes(*command), payload)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::{AUTHORIZATION, array, shared_key, vector};

    #[test]
    fn lengths_are_bounded_and_must_fit() {
        let key = shared_key("shared_key");
        let good = vector("D2_lock_challenge");
        let opened = open(&key, &good).unwrap();
        assert_eq!((opened.id, opened.crc, opened.message.command), (AUTHORIZATION, Crc::Right, 4));
        assert_eq!(open(&key, &good[..85]), Err(Malformed::Length));
        assert_eq!(open(&key, &[&good[..], &[0]].concat()), Err(Malformed::Length));
        for length in [0u16, 23, 513, 0xffff] {
            let mut wrong = good.clone();
            wrong[28..30].copy_from_slice(&length.to_le_bytes());
            assert_eq!(open(&key, &wrong), Err(Malformed::Length), "{length}");
        }
        let mut other_id = good.clone();
        other_id[24] ^= 1;
        assert_eq!(open(&key, &other_id), Err(Malformed::Id));
    }

    #[test]
    fn a_crc_of_zero_is_told_apart_from_a_wrong_one() {
        let key = shared_key("shared_key");
        let nonce = array("D4_nonce");
        let crc_of = |inner: &[u8]| open(&key, &seal(&key, 7, &nonce, inner).unwrap()).unwrap().crc;
        let message = Message::new(0x0e, [1]);
        let mut wrong = encode_inner(7, &message);
        assert_eq!(crc_of(&wrong), Crc::Right);
        assert_eq!(crc_of(&encode_inner_without_crc(7, &message)), Crc::Zero);
        let last = wrong.len() - 1;
        wrong[last] ^= 1;
        assert_eq!(crc_of(&wrong), Crc::Wrong);
    }
}
