//! Fixed inputs of chapter 13.

pub(crate) const NP: [u8; 4] = [0x11, 0x22, 0x33, 0x44];
pub(crate) const NL: [u8; 16] = counting(0xc0);
pub(crate) const IV: [u8; 16] =
    [0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0x44, 0x33, 0x22, 0x11];
pub(crate) const SECRET: [u8; 32] = counting(0x80);
pub(crate) const WRAPPED: [u8; 16] = counting(0x30);
pub(crate) const CODE: &str = "GBZT-HXC0";
pub(crate) const KEY_HOLDER: [u8; 4] = [0x2c, 0, 0, 1];
pub(crate) const DEVICE: [u8; 4] = [0x00, 0x19, 0x3a, 0xbc];
pub(crate) const LOCK_NONCE: [u8; 4] = [0x5a, 0x5b, 0x5c, 0x5d];
pub(crate) const PHONE_SCALAR: &str = "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a01";
pub(crate) const LOCK_SCALAR: &str = "2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b02";
pub(crate) const ASSOCIATED: &str = "0888467fc7f68a2fd08f1ac13942d06df9ffbf97b7fc9bfb0679211cf5562643";

const fn counting<const N: usize>(from: u8) -> [u8; N] {
    let mut bytes = [from; N];
    let mut i = 1;
    while i < N {
        bytes[i] = bytes[i - 1] + 1;
        i += 1;
    }
    bytes
}

/// Bytes from hex digits; white space is ignored.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
