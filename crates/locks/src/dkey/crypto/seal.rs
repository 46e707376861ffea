//! One sealed frame: 16 bytes of plaintext become 20 on the wire, two keystream steps each (4.5).
//!
//! ```text
//!  0..16   plaintext XOR block 1
//! 16..18   salt      XOR block 2
//! 18..20   CRC of plaintext and salt, low byte first, XOR block 2
//! ```

use super::keystream::Keystream;
use crate::crc::crc;

/// Seals what one side sends, in sending order.
pub(crate) struct Sealer(Keystream);

/// Opens what the other side sends, in the same order.
pub(crate) struct Opener(Keystream);

impl Sealer {
    pub(super) fn new(stream: Keystream) -> Self {
        Self(stream)
    }

    /// The wire form. `salt` must be fresh for every frame.
    pub(crate) fn seal(&mut self, plain: &[u8; 16], salt: [u8; 2]) -> [u8; 20] {
        let mut wire = [0; 20];
        wire[..16].copy_from_slice(plain);
        wire[16..18].copy_from_slice(&salt);
        let sum = crc(&wire[..18]);
        wire[18..].copy_from_slice(&sum.to_le_bytes());
        mask(&mut wire, &mut self.0);
        wire
    }
}

impl Opener {
    pub(super) fn new(stream: Keystream) -> Self {
        Self(stream)
    }

    /// The plaintext, or `None` if the checksum differs: a frame was lost, repeated, reordered or forged.
    pub(crate) fn open(&mut self, mut wire: [u8; 20]) -> Option<[u8; 16]> {
        mask(&mut wire, &mut self.0);
        if crc(&wire[..18]).to_le_bytes() != wire[18..] {
            return None;
        }
        wire.first_chunk().copied()
    }
}

fn mask(wire: &mut [u8; 20], stream: &mut Keystream) {
    let blocks = [stream.step(), stream.step()];
    for (byte, key) in wire.iter_mut().zip(blocks.as_flattened()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use crate::dkey::crypto::SessionKeys;
    use crate::dkey::tests::vectors::{IV, SECRET, hex};

    fn padded(frame: &str) -> [u8; 16] {
        let mut plain = [0; 16];
        let frame = hex(frame);
        plain[..frame.len()].copy_from_slice(&frame);
        plain
    }

    #[test]
    fn first_two_frames_of_13_2() {
        let keys = SessionKeys::of_secret(&SECRET, IV);
        let ((mut sealer, _), (_, mut opener)) = (keys.phone(), keys.lock());
        let frames = [
            ("51020002", [0xa0, 1], "a4c0af849cb0823e6e2dbd2ee4583741409edbb6"),
            ("03070100018d808d89", [0xa0, 2], "48dc1c1aba0880d80118890740084986c07d7761"),
        ];
        for (plain, salt, wire) in frames {
            let sealed = sealer.seal(&padded(plain), salt);
            assert_eq!(sealed.as_slice(), hex(wire));
            assert_eq!(opener.open(sealed), Some(padded(plain)));
        }
    }

    #[test]
    fn a_changed_a_lost_and_a_repeated_frame_do_not_open() {
        let keys = SessionKeys::of_secret(&SECRET, IV);
        let mut sealer = keys.phone().0;
        let first = sealer.seal(&[1; 16], [0, 0]);
        let second = sealer.seal(&[2; 16], [0, 0]);
        let mut changed = first;
        changed[3] ^= 1;
        assert_eq!(keys.lock().1.open(changed), None);
        assert_eq!(keys.lock().1.open(second), None);
        let mut opener = keys.lock().1;
        assert!(opener.open(first).is_some());
        assert_eq!(opener.open(first), None);
    }
}
