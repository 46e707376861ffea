//! CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, most significant bit first, no final XOR. All three
//! families have it (dKey 4.1, Danalock 4.2, Nuki 4.3); in which order its bytes travel is theirs to say.

/// The checksum of `bytes`.
pub(crate) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_specifications() {
        assert_eq!(crc(b"123456789"), 0x29b1);
        assert_eq!(crc(&[1, 0, 3, 0]), 0xa727);
        assert_eq!(crc(&[]), 0xffff);
    }
}
