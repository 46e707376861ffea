//! CRC-16/CCITT-FALSE (4.3).

/// Over all of `bytes`; travels little-endian.
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
    fn check_values_of_4_3() {
        assert_eq!(crc(b"123456789"), 0x29b1);
        assert_eq!(crc(&[1, 0, 3, 0]), 0xa727);
    }
}
