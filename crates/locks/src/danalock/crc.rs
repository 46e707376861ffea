//! CRC-16/CCITT-FALSE (4.2).

/// Polynomial 0x1021, initial value 0xFFFF, most significant bit first.
pub(super) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn vector_of_13_1() {
        assert_eq!(super::crc(b"123456789"), 0x29b1);
    }
}
