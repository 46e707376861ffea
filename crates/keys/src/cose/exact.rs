//! Reads what [`super::sign`] writes, byte for byte, without building it as a tree and writing it again to compare: of
//! the time that checking a trail takes, that was as much as anything but the signatures.

use coset::iana::Algorithm;

use super::{Domain, Signed};

/// Tag 18, an array of four.
const SIGN1: [u8; 2] = [0xd2, 0x84];
/// No unprotected header.
const NOTHING: [u8; 1] = [0xa0];
/// An array of four that begins with `"Signature1"` (RFC 9052 §4.4).
const TO_BE_SIGNED: &[u8] = b"\x84\x6aSignature1";

/// None where the library has to say what it is.
pub(super) fn parse(domain: Domain, algorithm: Algorithm, bytes: &[u8]) -> Option<Signed> {
    let (protected, rest) = byte_string(bytes.strip_prefix(&SIGN1)?)?;
    let (payload, rest) = byte_string(rest.strip_prefix(&NOTHING)?)?;
    let (signature, rest) = byte_string(rest)?;
    let (kid, end) = byte_string(protected.strip_prefix(&header(algorithm)?)?)?;
    (rest.is_empty() && end.is_empty() && !kid.is_empty()).then(|| Signed {
        kid: kid.to_vec(),
        payload: payload.to_vec(),
        signature: signature.to_vec(),
        message: message(protected, domain.aad(), payload),
    })
}

/// A map of algorithm and key id, up to the key id.
fn header(algorithm: Algorithm) -> Option<[u8; 4]> {
    match algorithm {
        Algorithm::ES256 => Some([0xa2, 0x01, 0x26, 0x04]),
        Algorithm::EdDSA => Some([0xa2, 0x01, 0x27, 0x04]),
        _ => None,
    }
}

/// A byte string whose length is written as short as it can be, and what comes after it.
fn byte_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_first()?;
    let (length, rest) = match head {
        0x40..=0x57 => (usize::from(head - 0x40), rest),
        0x58 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x59 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let shortest = match length {
        0..=23 => *head < 0x58,
        24..=255 => *head == 0x58,
        _ => *head == 0x59,
    };
    if shortest { rest.split_at_checked(length) } else { None }
}

fn message(protected: &[u8], aad: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut message =
        Vec::with_capacity(TO_BE_SIGNED.len() + protected.len() + aad.len() + payload.len() + 9);
    message.extend_from_slice(TO_BE_SIGNED);
    for part in [protected, aad, payload] {
        put(&mut message, part);
    }
    message
}

/// No part is longer than [`super::MAX_BYTES`], which two bytes can count.
fn put(message: &mut Vec<u8>, part: &[u8]) {
    let [high, low] = u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes();
    match part.len() {
        0..=23 => message.push(0x40 + low),
        24..=255 => message.extend([0x58, low]),
        _ => message.extend([0x59, high, low]),
    }
    message.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{parse_any, sign};
    use super::*;

    fn parts() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
        let bytes = |most| proptest::collection::vec(any::<u8>(), 0..most);
        (bytes(30), prop_oneof![bytes(40), bytes(400)], prop_oneof![Just(vec![7; 64]), bytes(300)])
    }

    proptest! {
        /// What is read here is what the library reads; and only what the library would not refuse.
        #[test]
        fn it_is_read_as_the_library_reads_it(
            (kid, payload, signature) in parts(),
            change in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
            cut in proptest::option::weighted(0.1, any::<prop::sample::Index>()),
            event in any::<bool>(),
        ) {
            let (domain, algorithm) =
                if event { (Domain::Event, Algorithm::ES256) } else { (Domain::Badge, Algorithm::EdDSA) };
            let named = !kid.is_empty();
            let mut bytes = sign(domain, algorithm, kid, payload, |_| signature).unwrap();
            let untouched = change.is_none() && cut.is_none();
            if let Some((at, to)) = change {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let read = parse(domain, algorithm, &bytes);
            prop_assert!(read.is_some() || !untouched || !named);
            if let Some(read) = read {
                prop_assert_eq!(Ok(read), parse_any(domain, algorithm, &bytes));
            }
        }
    }
}
