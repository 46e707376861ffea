//! DMI frames (chapter 4).
//!
//! ```text
//! wire    = C0  stuffed(logical)  C1
//! logical = 00 F1 | dst(6) | src(6) | type(1) | ports(1) | seq_ack(1) | payload(0..n) | crc(2)
//! ```

mod stream;

pub(super) use stream::Stream;

use crate::crc::crc;

const START: u8 = 0xc0;
const END: u8 = 0xc1;
const ESCAPE: u8 = 0xc2;
/// What every logical frame begins with.
const MAGIC: [u8; 2] = [0x00, 0xf1];
/// All of a logical frame but its payload.
const SHORTEST: usize = 19;

/// What a frame is for (4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Data, or an acknowledgement where it is empty.
    Data,
    /// Opens a session.
    Syn,
    /// Ends it.
    Fin,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Syn => 1,
            Self::Fin => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Data, Self::Syn, Self::Fin].into_iter().find(|kind| kind.code() == code)
    }
}

/// One frame. Ports and numbers have four bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) dst: [u8; 6],
    pub(super) src: [u8; 6],
    /// The receiver's port.
    pub(super) to: u8,
    /// The sender's port.
    pub(super) from: u8,
    /// The sender's number.
    pub(super) seq: u8,
    /// The number that the sender expects next.
    pub(super) ack: u8,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// As it travels.
    pub(super) fn encode(&self) -> Vec<u8> {
        let header = [self.kind.code(), self.to << 4 | self.from & 0xf, self.ack << 4 | self.seq & 0xf];
        let mut logical = [&MAGIC[..], &self.dst, &self.src, &header, &self.payload].concat();
        logical.extend(crc(&logical).to_le_bytes());
        let mut wire = vec![START];
        wire.extend(stuff(&logical));
        wire.push(END);
        wire
    }

    /// Reads a logical frame, stuffing undone; `None` for anything that is to be dropped silently (4.3).
    pub(super) fn decode(logical: &[u8]) -> Option<Self> {
        let (covered, sum) = logical.split_last_chunk::<2>().filter(|_| logical.len() >= SHORTEST)?;
        let rest = covered.strip_prefix(&MAGIC).filter(|_| crc(covered) == u16::from_le_bytes(*sum))?;
        let (dst, rest) = rest.split_first_chunk()?;
        let (src, rest) = rest.split_first_chunk()?;
        let ([kind, ports, numbers], payload) = rest.split_first_chunk()?;
        Some(Self {
            kind: Kind::from_code(*kind)?,
            dst: *dst,
            src: *src,
            to: ports >> 4,
            from: ports & 0xf,
            seq: numbers & 0xf,
            ack: numbers >> 4,
            payload: payload.to_vec(),
        })
    }
}

/// Keeps the delimiters out of what stands between them (4.3).
fn stuff(bytes: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(bytes.len() + 8);
    for byte in bytes {
        match byte {
            START..=ESCAPE => stuffed.extend([ESCAPE, byte & 0x7f]),
            _ => stuffed.push(*byte),
        }
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::{LOCK, PHONE, hex};

    fn frame(kind: Kind, to_lock: bool, ports: u8, numbers: u8, payload: &str) -> Frame {
        let (dst, src) = if to_lock { (LOCK.0, PHONE) } else { (PHONE, LOCK.0) };
        let (to, from, seq, ack) = (ports >> 4, ports & 0xf, numbers & 0xf, numbers >> 4);
        Frame { kind, dst, src, to, from, seq, ack, payload: hex(payload) }
    }

    #[test]
    fn stuffing_of_13_1() {
        assert_eq!(stuff(&hex("c0c1c2")), hex("c240c241c242"));
        assert_eq!(stuff(&hex("00bfc0c1c2c3ff")), hex("00bfc240c241c242c3ff"));
    }

    #[test]
    fn frames_of_13_2() {
        let other = Frame {
            dst: [0xc0, 0x01, 0xc1, 0x02, 0xc2, 0xc3],
            ..frame(Kind::Data, true, 0x24, 0xa6, "00112233c0")
        };
        let vectors = [
            (frame(Kind::Syn, true, 0x24, 0x05, ""), "c000f10a1b2c3d4e5f0000000001000124053e8bc1"),
            (frame(Kind::Syn, false, 0x42, 0x69, ""), "c000f10000000001000a1b2c3d4e5f01426913d1c1"),
            (frame(Kind::Data, true, 0x24, 0xa6, ""), "c000f10a1b2c3d4e5f0000000001000024a68739c1"),
            (
                frame(Kind::Data, true, 0x24, 0xa6, "c0c1c2"),
                "c000f10a1b2c3d4e5f0000000001000024a6c240c241c242a723c1",
            ),
            (other, "c000f1c24001c24102c242c30000000001000024a600112233c240dfd9c1"),
            (frame(Kind::Fin, true, 0x24, 0x70, ""), "c000f10a1b2c3d4e5f0000000001000224705cfcc1"),
            (
                frame(Kind::Data, true, 0x24, 0x16, "0d23"),
                "c000f10a1b2c3d4e5f0000000001000024160d23c240c242c1",
            ),
        ];
        for (frame, wire) in vectors {
            assert_eq!(frame.encode(), hex(wire));
            assert_eq!(Stream::default().push(&hex(wire)), [frame]);
        }
    }

    #[test]
    fn what_is_no_frame_is_dropped() {
        let good = frame(Kind::Data, true, 0x24, 0xa6, "07").encode();
        let logical = &good[1..good.len() - 1];
        assert!(Frame::decode(logical).is_some());
        let mut unknown = frame(Kind::Data, true, 0x24, 0xa6, "").encode()[1..18].to_vec();
        unknown[14] = 3;
        unknown.extend(crc(&unknown).to_le_bytes());
        assert_eq!(Frame::decode(&unknown), None, "another type");
        for n in 0..logical.len() {
            assert_eq!(Frame::decode(&logical[..n]), None, "cut to {n}");
            let mut flipped = logical.to_vec();
            flipped[n] ^= 4;
            assert_eq!(Frame::decode(&flipped), None, "bit of {n}");
        }
    }
}
