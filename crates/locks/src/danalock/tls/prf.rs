//! The pseudo-random function of TLS 1.2 with HMAC-SHA384 (6.4).

use ring::hmac::{Context, HMAC_SHA384, Key, Tag};

/// Fills `out` from a secret, a label and a seed.
pub(super) fn prf(secret: &[u8], label: &str, seed: &[u8], out: &mut [u8]) {
    let key = Key::new(HMAC_SHA384, secret);
    let tag = |parts: &[&[u8]]| -> Tag {
        let mut context = Context::with_key(&key);
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    };
    let mut a = tag(&[label.as_bytes(), seed]);
    for chunk in out.chunks_mut(48) {
        let block = tag(&[a.as_ref(), label.as_bytes(), seed]);
        chunk.iter_mut().zip(block.as_ref()).for_each(|(to, from)| *to = *from);
        a = tag(&[a.as_ref()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vectors_of_13_5() {
        let mut out = [0; 72];
        prf(&[0x0b; 48], "key expansion", &[[0; 32], [0xff; 32]].concat(), &mut out);
        assert_eq!(
            out.to_vec(),
            hex("d9c8fd749257690ce9eb4196b77f5ef5fc16309579103cf6b3c4fec42ffd775432636d2b02cc679c
                 9b1cfb62d118ec672b11d2eedc19a6a439db685de82b3ccac4fed362d3c3310a")
        );
        let mut out = [0; 100];
        prf(&hex("000102030405060708090a0b0c0d0e0f"), "test label", &hex("a0a1a2a3"), &mut out);
        assert_eq!(
            out.to_vec(),
            hex("fa530364d77d020286f47fb3c98577a7845e45f284aabd3c3bfc9f5bf7a04d0651a9857ccdd79f2b
                 650e6ded3a68d4e98de7e7285553ea381ee96544686a7c4299b1c99366ac1ab0af7636cc2d52ffb1
                 adbeeee5ee6b630eb085e74c194e90092b7c6d6a")
        );
    }
}
