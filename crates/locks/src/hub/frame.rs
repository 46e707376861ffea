//! Messages in pieces that fit one write command or notification. Each piece begins with one byte:
//!
//! | bit | meaning |
//! | --- | --- |
//! | 7 | 1: this is the message's last piece |
//! | 6–0 | the piece's number, from 0 |
//!
//! Piece 0 always begins a new message.

/// Longer than any message of the protocol, in bytes.
pub(super) const MAX_MESSAGE: usize = 1024;
/// A characteristic's value is never longer, whatever the MTU (Bluetooth Core, Vol 3 Part F 3.2.9).
const MAX_VALUE: usize = 512;
const MIN_MTU: usize = 23;
const LAST: u8 = 0x80;
const NUMBER: u8 = 0x7f;

/// Cuts a message of at most [`MAX_MESSAGE`] bytes into values for an ATT MTU of `mtu` (3 bytes of each packet are
/// ATT's).
pub(super) fn split(message: &[u8], mtu: usize) -> Vec<Vec<u8>> {
    let room = (mtu.max(MIN_MTU) - 3).min(MAX_VALUE) - 1;
    let count = message.len().div_ceil(room);
    let number = (0..=NUMBER).zip(1..);
    number
        .zip(message.chunks(room))
        .map(|((number, nth), piece)| {
            let last = if nth == count { LAST } else { 0 };
            [&[number | last], piece].concat()
        })
        .collect()
}

/// A piece that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// Puts pieces together again.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    message: Vec<u8>,
    /// The number of the piece that must come next; 0 between messages.
    next: u8,
}

impl Assembler {
    /// Takes a value; gives the message when it is whole. The tail of a message whose head was never seen, or was
    /// [`Broken`], is dropped in silence.
    pub(super) fn push(&mut self, value: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
        let Some((&head, piece)) = value.split_first() else { return self.broken() };
        let number = head & NUMBER;
        if number == 0 {
            self.message.clear();
        } else if self.next == 0 {
            return Ok(None);
        } else if number != self.next {
            return self.broken();
        }
        if self.message.len() + piece.len() > MAX_MESSAGE {
            return self.broken();
        }
        self.message.extend(piece);
        if head & LAST == 0 {
            self.next = if number == NUMBER { return self.broken() } else { number + 1 };
            return Ok(None);
        }
        self.next = 0;
        Ok(Some(std::mem::take(&mut self.message)))
    }

    /// How many bytes wait for the rest of their message.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn collected(&self) -> usize {
        self.message.len()
    }

    fn broken<T>(&mut self) -> Result<T, Broken> {
        *self = Self::default();
        Err(Broken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn join(pieces: &[Vec<u8>]) -> Result<Option<Vec<u8>>, Broken> {
        let mut assembler = Assembler::default();
        let (last, first) = pieces.split_last().unwrap();
        for piece in first {
            assert_eq!(assembler.push(piece), Ok(None));
        }
        assembler.push(last)
    }

    #[test]
    fn the_longest_message_goes_through_the_smallest_mtu() {
        let message = vec![7; MAX_MESSAGE];
        let pieces = split(&message, 23);
        assert!(pieces.iter().all(|piece| piece.len() <= 20));
        assert_eq!(join(&pieces), Ok(Some(message)));
    }

    #[test]
    fn no_value_is_longer_than_a_characteristic_may_be() {
        let pieces = split(&[7; 600], 517);
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [512, 90]);
    }

    #[test]
    fn a_lost_or_doubled_piece_is_noticed_and_its_tail_ignored() {
        let pieces = split(&[7; 90], 23);
        let mut assembler = Assembler::default();
        assert_eq!(assembler.push(&pieces[0]), Ok(None));
        assert_eq!(assembler.push(&pieces[2]), Err(Broken));
        assert_eq!(assembler.push(&pieces[3]), Ok(None));
        assert_eq!(assembler.push(&pieces[4]), Ok(None));
        assert_eq!(join(&pieces), Ok(Some(vec![7; 90])));
        let doubled: Vec<_> = [&pieces[..2], &pieces[1..]].concat();
        let answers: Vec<_> = doubled.iter().map(|piece| assembler.push(piece)).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
        assert!(answers.iter().all(|answer| !matches!(answer, Ok(Some(_)))));
    }

    #[test]
    fn a_new_message_may_begin_at_any_time() {
        let pieces = split(&[7; 90], 23);
        let mut assembler = Assembler::default();
        assert_eq!(assembler.push(&pieces[0]), Ok(None));
        assert_eq!(assembler.push(&[0x80, 1, 2]), Ok(Some(vec![1, 2])));
    }

    #[test]
    fn an_endless_message_is_cut_off() {
        let mut assembler = Assembler::default();
        let answers: Vec<_> =
            (0..=NUMBER).map(|number| assembler.push(&[&[number][..], &[7; 19]].concat())).collect();
        assert!(answers.contains(&Err(Broken)));
        assert!(assembler.message.len() <= MAX_MESSAGE);
        let mut tiny = Assembler::default();
        let answers: Vec<_> = (0..=NUMBER).map(|number| tiny.push(&[number])).collect();
        assert_eq!(answers.last(), Some(&Err(Broken)), "there is no piece 128");
    }

    proptest! {
        #[test]
        fn any_message_survives_any_mtu(
            message in prop::collection::vec(any::<u8>(), 1..=MAX_MESSAGE),
            mtu in 0usize..600,
        ) {
            prop_assert_eq!(join(&split(&message, mtu)), Ok(Some(message)));
        }
    }
}
