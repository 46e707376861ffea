//! Putting the lock's indications together (4.5): nothing marks where a message begins or ends but its length.

use std::time::Duration;

use terskel_model::Uptime;

use super::sealed::HEAD;
use super::{Head, Malformed, decode_plain};

/// A message that was begun and gets no fragment for so long is given up (4.5, \[D\]).
const GAP: Duration = Duration::from_secs(5);

/// What travels on a characteristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Sealed,
    /// Sealed, but a refusal comes in clear: the last step of the Ultra's pairing.
    SealedOrError,
}

/// A whole message, as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    Plain(Vec<u8>),
    Sealed(Vec<u8>),
}

/// Collects on one characteristic.
#[derive(Clone, Debug)]
pub(crate) struct Collector {
    kind: Kind,
    bytes: Vec<u8>,
    since: Uptime,
}

impl Collector {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, bytes: Vec::new(), since: Uptime::default() }
    }

    /// Takes an indication; gives the message that is whole with it. After an error it is empty.
    pub(crate) fn add(&mut self, value: &[u8], now: Uptime) -> Result<Option<Whole>, Malformed> {
        if now - self.since >= GAP {
            self.bytes.clear();
        }
        self.since = now;
        let first = self.bytes.is_empty();
        if first && self.kind == Kind::SealedOrError && is_error(value) {
            return Ok(Some(Whole::Plain(value.to_vec())));
        }
        self.bytes.extend(value);
        let wanted = match self.kind {
            Kind::Plain => self.wanted_plain(first),
            Kind::Sealed | Kind::SealedOrError => self.wanted_sealed(),
        };
        let wanted = wanted.inspect_err(|_| self.bytes.clear())?;
        if self.bytes.len() < wanted {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.bytes);
        match self.kind {
            _ if bytes.len() > wanted => Err(Malformed::Length),
            Kind::Plain => Ok(Some(Whole::Plain(bytes))),
            Kind::Sealed | Kind::SealedOrError => Ok(Some(Whole::Sealed(bytes))),
        }
    }

    /// How many bytes wait for the rest of their message.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn collected(&self) -> usize {
        self.bytes.len()
    }

    fn wanted_sealed(&self) -> Result<usize, Malformed> {
        if self.bytes.len() < HEAD { Ok(HEAD) } else { Head::decode(&self.bytes).map(|head| head.whole()) }
    }

    /// A command that no lock is known to send is whole in its first indication.
    fn wanted_plain(&self, first: bool) -> Result<usize, Malformed> {
        let Some((command, _)) = self.bytes.split_first_chunk::<2>() else { return Ok(2) };
        Ok(match u16::from_le_bytes(*command) {
            0x0003 | 0x0004 => 36,
            0x0007 => 88,
            0x000e | 0x004c => 5,
            0x0012 => 7,
            _ if first => self.bytes.len(),
            _ => return Err(Malformed::Length),
        })
    }
}

fn is_error(value: &[u8]) -> bool {
    value.len() == 7 && value.starts_with(&[0x12, 0]) && decode_plain(value).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::{hex, vector};

    fn at(seconds: u64) -> Uptime {
        Uptime(Duration::from_secs(100 + seconds))
    }

    #[test]
    fn fragments_of_15_d() {
        let mut collector = Collector::new(Kind::Sealed);
        for n in 1..5 {
            assert_eq!(collector.add(&vector(&format!("D2_fragment_{n}")), at(0)), Ok(None));
        }
        let whole = collector.add(&vector("D2_fragment_5"), at(0));
        assert_eq!(whole, Ok(Some(Whole::Sealed(vector("D2_lock_challenge")))));
    }

    #[test]
    fn a_gap_of_five_seconds_gives_up_what_was_begun() {
        let mut collector = Collector::new(Kind::Sealed);
        assert_eq!(collector.add(&vector("D2_fragment_1"), at(0)), Ok(None));
        let whole = collector.add(&vector("D4_lock_status_accepted"), at(5));
        assert_eq!(whole, Ok(Some(Whole::Sealed(vector("D4_lock_status_accepted")))));
    }

    #[test]
    fn more_than_a_message_is_an_error_and_the_next_is_read() {
        let mut collector = Collector::new(Kind::Plain);
        let error = vector("F1_not_authorized_on_e201");
        assert_eq!(collector.add(&[&error[..], &[0]].concat(), at(0)), Err(Malformed::Length));
        assert_eq!(collector.add(&error[..3], at(0)), Ok(None));
        assert_eq!(collector.add(&error[3..], at(0)), Ok(Some(Whole::Plain(error))));
    }

    #[test]
    fn an_unknown_command_in_clear_is_whole_at_once() {
        let mut collector = Collector::new(Kind::Plain);
        assert_eq!(collector.add(&hex("99000102"), at(0)), Ok(Some(Whole::Plain(hex("99000102")))));
        assert_eq!(collector.add(&[0x99], at(0)), Ok(None));
        assert_eq!(collector.add(&[0, 1], at(0)), Err(Malformed::Length));
    }

    #[test]
    fn the_ultra_refuses_in_clear_where_sealed_is_awaited() {
        let mut collector = Collector::new(Kind::SealedOrError);
        let error = vector("F2_not_pairing");
        assert_eq!(collector.add(&error, at(0)), Ok(Some(Whole::Plain(error.clone()))));
        let sealed = vector("C8_lock_authorization_id");
        assert_eq!(collector.add(&sealed[..20], at(0)), Ok(None));
        assert_eq!(collector.add(&sealed[20..], at(0)), Ok(Some(Whole::Sealed(sealed))));
    }
}
