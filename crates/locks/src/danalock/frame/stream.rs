//! Frames out of a byte stream, however it was cut (chapter 3, 4.3).

use super::{END, ESCAPE, Frame, START};

/// Several times what any known frame needs; bounds what a peer can make us collect.
const LONGEST: usize = 4096;

/// Collects bytes of one direction.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// What came since the start of a frame; `None` between frames.
    collected: Option<Vec<u8>>,
    escaped: bool,
}

impl Stream {
    /// Takes more bytes; gives the frames that they complete. Broken ones are dropped silently.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        bytes.iter().filter_map(|byte| self.take(*byte)).collect()
    }

    /// How many bytes wait for the rest of their frame.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn collected(&self) -> usize {
        self.collected.as_ref().map_or(0, Vec::len)
    }

    fn take(&mut self, byte: u8) -> Option<Frame> {
        let escaped = std::mem::take(&mut self.escaped);
        match byte {
            START => self.collected = Some(Vec::new()),
            END => return self.collected.take().filter(|_| !escaped).and_then(|all| Frame::decode(&all)),
            ESCAPE if !escaped => self.escaped = true,
            _ => self.collect(if escaped { byte | 0x80 } else { byte }),
        }
        None
    }

    fn collect(&mut self, byte: u8) {
        if let Some(collected) = &mut self.collected {
            collected.push(byte);
            if collected.len() > LONGEST {
                self.collected = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, stuff};
    use super::*;
    use proptest::prelude::*;

    fn frame(payload: Vec<u8>) -> Frame {
        Frame { kind: Kind::Data, dst: [0xc0; 6], src: [0xc1; 6], to: 2, from: 4, seq: 5, ack: 6, payload }
    }

    #[test]
    fn an_escape_sets_the_high_bit_of_any_byte() {
        let mut stream = Stream::default();
        stream.push(&[START, 0xc2, 0x05]);
        assert_eq!(stream.collected, Some(vec![0x85]));
    }

    #[test]
    fn noise_and_half_frames_before_a_start_are_dropped() {
        let good = frame(vec![1, 2]);
        let mut wire = vec![9, 9, END, START, 0, 0xf1, 7, ESCAPE];
        wire.extend(good.encode());
        assert_eq!(Stream::default().push(&wire), std::slice::from_ref(&good));
        let mut endless = vec![START];
        endless.extend(vec![7; 3 * LONGEST]);
        let mut stream = Stream::default();
        stream.push(&endless);
        assert_eq!(stream.collected, None);
        assert_eq!(stream.push(&good.encode()), [good]);
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_frames(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..5),
            cuts in prop::collection::vec(1_usize..30, 1..20),
        ) {
            let frames: Vec<_> = payloads.into_iter().map(frame).collect();
            let wire: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
            let (mut stream, mut heard, mut rest) = (Stream::default(), Vec::new(), wire.as_slice());
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                heard.extend(stream.push(now));
                rest = later;
                if rest.is_empty() { break }
            }
            prop_assert_eq!(heard, frames);
        }

        #[test]
        fn stuffed_bytes_hold_no_delimiter(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(stuff(&bytes).iter().all(|byte| !matches!(*byte, START | END)));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            Stream::default().push(&bytes);
            Frame::decode(&bytes);
        }
    }
}
