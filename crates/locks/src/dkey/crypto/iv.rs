//! The initialisation vector of a session (4.2).

/// `Nl[0..12]`, then `Np` back to front. `Nl[12..16]` are not used.
pub(crate) fn iv(phone_nonce: [u8; 4], lock_nonce: &[u8; 16]) -> [u8; 16] {
    let mut iv = *lock_nonce;
    for (to, from) in iv[12..].iter_mut().zip(phone_nonce.iter().rev()) {
        *to = *from;
    }
    iv
}

/// `IV'`: where the phone's direction starts from.
pub(super) fn iv_of_phone(iv: &[u8; 16]) -> [u8; 16] {
    let mut other = *iv;
    other[0] ^= 0xab;
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{IV, NL, NP, hex};

    #[test]
    fn vectors_of_13_1_and_13_2() {
        assert_eq!(iv(NP, &NL), IV);
        assert_eq!(iv_of_phone(&IV).as_slice(), hex("6bc1c2c3c4c5c6c7c8c9cacb44332211"));
    }
}
