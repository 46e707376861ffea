//! What the lock sends to everybody (chapter 2): manufacturer data of company 0x01C8, 24 bytes.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | format: 2 state; everything else is not looked at |
//! | 1 | 6 | serial |
//! | 7 | 1 | reserved |
//! | 8 | 16 | one block of AES-128-CBC with an IV of zeros: AES-128 of the plaintext |
//!
//! Plaintext, little endian:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | CRC over what follows |
//! | 2 | 2 | update counter |
//! | 4 | 2 | device flags |
//! | 6 | 1 | battery, percent |
//! | 7 | 3 | reserved |
//! | 10 | 2 | lock flags |
//! | 12 | 4 | reserved |

mod eavesdropper;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

pub(super) use eavesdropper::Eavesdropper;

use super::Serial;
use crate::crc::crc;

/// The maker's company id.
pub const COMPANY: u16 = 0x01c8;
const STATE: u8 = 2;
const LENGTH: usize = 24;

/// Device flags.
pub(super) mod device_flag {
    pub(crate) const UTC_RELIABLE: u16 = 1;
    pub(crate) const LOCAL_TIME_RELIABLE: u16 = 1 << 1;
    pub(crate) const BATTERY_POWERED: u16 = 1 << 2;
}

/// Lock flags.
pub(super) mod lock_flag {
    pub(crate) const LOCKED: u16 = 1;
    pub(crate) const AUTO_CALIBRATED: u16 = 1 << 1;
    pub(crate) const POINT_CALIBRATED: u16 = 1 << 2;
    pub(crate) const BLOCKED: u16 = 1 << 3;
}

/// Whose state it is; readable by everybody.
pub(super) fn sender(data: &[u8]) -> Option<Serial> {
    let fits = data.len() == LENGTH && data.first() == Some(&STATE);
    data.get(1..7).filter(|_| fits)?.try_into().ok().map(Serial)
}

/// What a broadcast says to whoever has the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broadcast {
    pub(super) counter: u16,
    pub(super) device_flags: u16,
    pub(super) battery: u8,
    pub(super) lock_flags: u16,
}

impl Broadcast {
    /// Manufacturer data, company id left out.
    pub(super) fn encode(&self, serial: Serial, key: &[u8; 16]) -> Vec<u8> {
        let mut plain = [0; 16];
        plain[2..4].copy_from_slice(&self.counter.to_le_bytes());
        plain[4..6].copy_from_slice(&self.device_flags.to_le_bytes());
        plain[6] = self.battery;
        plain[10..12].copy_from_slice(&self.lock_flags.to_le_bytes());
        let sum = crc(&plain[2..]).to_le_bytes();
        plain[..2].copy_from_slice(&sum);
        let mut block = plain.into();
        Aes128::new(key.into()).encrypt_block(&mut block);
        [&[STATE][..], &serial.0, &[0], &block].concat()
    }

    /// Reads manufacturer data; `None` under another key, and for anything but a state.
    pub(super) fn decode(data: &[u8], key: &[u8; 16]) -> Option<Self> {
        let sealed: [u8; 16] = data.get(8..).filter(|_| data.first() == Some(&STATE))?.try_into().ok()?;
        let mut block = sealed.into();
        Aes128::new(key.into()).decrypt_block(&mut block);
        let plain: [u8; 16] = block.into();
        let [s0, s1, c0, c1, d0, d1, battery, _, _, _, l0, l1, ..] = plain;
        (u16::from_le_bytes([s0, s1]) == crc(&plain[2..])).then_some(Self {
            counter: u16::from_le_bytes([c0, c1]),
            device_flags: u16::from_le_bytes([d0, d1]),
            battery,
            lock_flags: u16::from_le_bytes([l0, l1]),
        })
    }

    /// Newer than one with that counter: up to half of all numbers ahead.
    pub(super) fn is_newer_than(&self, counter: u16) -> bool {
        (1..=0x7fff).contains(&self.counter.wrapping_sub(counter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::{BROADCAST_KEY, LOCK, hex};
    use proptest::prelude::*;

    fn key(text: &str) -> [u8; 16] {
        hex(text).try_into().unwrap()
    }

    #[test]
    fn vectors_of_13_3() {
        let other = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
        for (text, data, counter, battery, device_flags, lock_flags) in [
            (BROADCAST_KEY, "020a1b2c3d4e5f00684db4cbbc0b1ac52aacb12ca3f62b5c", 258, 74, 7, 3),
            (BROADCAST_KEY, "020a1b2c3d4e5f002ffd38ffc2e637e37141241817d1dd9d", 259, 74, 7, 2),
            (BROADCAST_KEY, "020a1b2c3d4e5f00927cd0193d174a05e11eb6885c24d1ad", 65535, 12, 4, 0xa),
            (other, "020a1b2c3d4e5f5a5b1385f5d8360c63110a856b4840f1f4", 0, 100, 0x1f, 0x175),
        ] {
            let broadcast = Broadcast { counter, device_flags, battery, lock_flags };
            assert_eq!(sender(&hex(data)), Some(LOCK));
            assert_eq!(Broadcast::decode(&hex(data), &key(text)), Some(broadcast));
            if text == BROADCAST_KEY {
                assert_eq!(broadcast.encode(LOCK, &key(text)), hex(data));
            }
            assert_eq!(Broadcast::decode(&hex(data), &[0; 16]), None, "another key");
        }
    }

    #[test]
    fn newer_is_up_to_half_the_circle_ahead() {
        let at = |counter| Broadcast { counter, device_flags: 0, battery: 0, lock_flags: 0 };
        assert!(at(0).is_newer_than(65535) && at(0x7fff).is_newer_than(0) && at(6).is_newer_than(5));
        assert!(!at(5).is_newer_than(5) && !at(4).is_newer_than(5) && !at(0x8000).is_newer_than(0));
    }

    proptest! {
        #[test]
        fn broadcasts_survive(counter: u16, device_flags: u16, battery: u8, lock_flags: u16, key: [u8; 16]) {
            let broadcast = Broadcast { counter, device_flags, battery, lock_flags };
            prop_assert_eq!(Broadcast::decode(&broadcast.encode(LOCK, &key), &key), Some(broadcast));
        }

        #[test]
        fn nothing_makes_it_panic(data in prop::collection::vec(any::<u8>(), 0..40)) {
            Broadcast::decode(&data, &[1; 16]);
            sender(&data);
        }
    }
}
