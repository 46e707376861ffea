//! The keystream of one direction (4.4).

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::encrypt;

/// Two keys and a state; a step gives one block and moves the state on.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Keystream {
    k1: [u8; 16],
    k2: [u8; 16],
    state: [u8; 16],
}

impl Keystream {
    pub(super) fn new(k1: [u8; 16], k2: [u8; 16], state: [u8; 16]) -> Self {
        Self { k1, k2, state }
    }

    /// The next 16 bytes.
    pub(super) fn step(&mut self) -> [u8; 16] {
        let block = encrypt(&self.k2, &self.state);
        self.state = encrypt(&self.k1, &self.state);
        block
    }
}
