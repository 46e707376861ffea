//! The plain form of what travels, and how long payloads are cut (3.1, 3.3).
//!
//! ```text
//! complete, last   id          length   payload, padding up to 16 when sealed
//! not last         id | 0x80   15 payload bytes
//! ```

/// Payload of a complete or last fragment when sealed.
const LAST_MAX: usize = 14;
/// Payload of any other fragment.
const PART: usize = 15;
/// Longer than anything the protocol knows; bounds what a peer can make us collect.
const COLLECT_MAX: usize = 8 * PART;

/// A command or a response: id below 0x80, and payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) id: u8,
    pub(crate) payload: Vec<u8>,
}

/// Bytes that are no frame, or that do not continue the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed frame")]
pub(crate) struct Malformed;

/// One piece as it was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// More follows.
    Part { id: u8, bytes: Vec<u8> },
    /// The only or last piece.
    Last(Frame),
}

impl Frame {
    pub(crate) fn new(id: u8, payload: impl Into<Vec<u8>>) -> Self {
        Self { id, payload: payload.into() }
    }

    /// In one piece, without padding.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        last_piece(self.id, &self.payload)
    }

    /// In pieces that fit a sealed frame.
    pub(crate) fn pieces(&self) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        let mut rest = self.payload.as_slice();
        while rest.len() > LAST_MAX {
            let (part, more) = rest.split_at(PART.min(rest.len()));
            pieces.push([&[self.id | 0x80], part].concat());
            rest = more;
        }
        pieces.push(last_piece(self.id, rest));
        pieces
    }
}

fn last_piece(id: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    [&[id, length], payload].concat()
}

/// Reads a frame of the plaintext phase, which never has more than one piece: the length must fit exactly.
pub(crate) fn parse_plain(value: &[u8]) -> Result<Frame, Malformed> {
    match value {
        [id, length, payload @ ..] if *id < 0x80 && usize::from(*length) == payload.len() => {
            Ok(Frame::new(*id, payload))
        }
        _ => Err(Malformed),
    }
}

/// Reads an opened piece; what follows a last piece's payload is padding.
pub(crate) fn parse_padded(value: &[u8; 16]) -> Result<Piece, Malformed> {
    let (id, rest) = value.split_first().ok_or(Malformed)?;
    if id & 0x80 != 0 {
        return Ok(Piece::Part { id: id & 0x7f, bytes: rest.to_vec() });
    }
    let (length, rest) = rest.split_first().ok_or(Malformed)?;
    let payload = rest.get(..usize::from(*length)).ok_or(Malformed)?;
    Ok(Piece::Last(Frame::new(*id, payload)))
}

/// Puts pieces together.
#[derive(Debug, Default)]
pub(crate) struct Collector(Option<Frame>);

impl Collector {
    /// Adds a piece; gives the frame when it was the last.
    pub(crate) fn add(&mut self, piece: Piece) -> Result<Option<Frame>, Malformed> {
        let (id, bytes, last) = match piece {
            Piece::Part { id, bytes } => (id, bytes, false),
            Piece::Last(frame) => (frame.id, frame.payload, true),
        };
        let mut frame = self.0.take().unwrap_or_else(|| Frame::new(id, []));
        frame.payload.extend(bytes);
        if frame.id != id || frame.payload.len() > COLLECT_MAX {
            return Err(Malformed);
        }
        if last {
            return Ok(Some(frame));
        }
        self.0 = Some(frame);
        Ok(None)
    }

    /// Whether pieces are missing.
    pub(crate) fn is_partial(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through_air(frame: &Frame) -> Frame {
        let mut collector = Collector::default();
        for piece in frame.pieces() {
            assert!(!piece.is_empty() && piece.len() <= 16);
            let mut padded = [0; 16];
            padded[..piece.len()].copy_from_slice(&piece);
            if let Some(frame) = collector.add(parse_padded(&padded).unwrap()).unwrap() {
                return frame;
            }
        }
        panic!("no last piece in {frame:?}");
    }

    #[test]
    fn every_length_survives_cutting() {
        for length in 0..=90 {
            let payload: Vec<u8> = (0..length).collect();
            let frame = Frame::new(0x17, payload);
            assert_eq!(through_air(&frame), frame);
        }
    }

    #[test]
    fn pieces_are_15_bytes_and_a_rest_of_0_to_14() {
        let lengths =
            |n: usize| Frame::new(0x15, vec![1; n]).pieces().iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(14), [16]);
        assert_eq!(lengths(15), [16, 2]);
        assert_eq!(lengths(16), [16, 3]);
        assert_eq!(lengths(20), [16, 7]);
        assert_eq!(lengths(64), [16, 16, 16, 16, 6]);
    }

    #[test]
    fn another_id_in_the_middle_is_malformed() {
        let mut collector = Collector::default();
        assert_eq!(collector.add(Piece::Part { id: 0x15, bytes: vec![1; 15] }), Ok(None));
        assert_eq!(collector.add(Piece::Last(Frame::new(0x17, []))), Err(Malformed));
    }

    #[test]
    fn plain_lengths_must_fit_exactly() {
        assert_eq!(parse_plain(&[0x51, 2, 0, 0x15]), Ok(Frame::new(0x51, [0, 0x15])));
        for value in [&[][..], &[0x51], &[0x51, 2, 0], &[0x51, 2, 0, 0x15, 0], &[0xd1, 2, 0, 0x15]] {
            assert_eq!(parse_plain(value), Err(Malformed), "{value:?}");
        }
        let mut padded = [0; 16];
        padded[1] = 15;
        assert_eq!(parse_padded(&padded), Err(Malformed));
    }

    #[test]
    fn collecting_is_bounded() {
        let mut collector = Collector::default();
        let endless = (0..100)
            .try_for_each(|_| collector.add(Piece::Part { id: 0x17, bytes: vec![0; 15] }).map(|_| ()));
        assert_eq!(endless, Err(Malformed));
    }
}
