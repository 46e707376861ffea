//! Messages in clear (4.1).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | command id |
//! | 2 | n | payload |
//! | 2 + n | 2 | CRC over all before |

use super::{Malformed, Message};
use crate::crc::crc;

/// As it is written or indicated.
pub(crate) fn encode_plain(message: &Message) -> Vec<u8> {
    let mut bytes = message.command.to_le_bytes().to_vec();
    bytes.extend(message.payload.iter());
    bytes.extend(crc(&bytes).to_le_bytes());
    bytes
}

/// A whole message.
pub(crate) fn decode_plain(bytes: &[u8]) -> Result<Message, Malformed> {
    let (body, sum) = bytes.split_last_chunk::<2>().ok_or(Malformed::Length)?;
    let (command, payload) = body.split_first_chunk::<2>().ok_or(Malformed::Length)?;
    if u16::from_le_bytes(*sum) != crc(body) {
        return Err(Malformed::Crc);
    }
    Ok(Message::new(u16::from_le_bytes(*command), payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::{hex, vector};

    #[test]
    fn errors_and_requests_of_chapter_15() {
        let request = Message::new(1, [3, 0]);
        assert_eq!(encode_plain(&request), vector("B1_phone_request_public_key"));
        assert_eq!(decode_plain(&vector("B1_phone_request_public_key")), Ok(request));
        assert_eq!(decode_plain(&vector("F2_not_pairing")), Ok(Message::new(0x12, [0x10, 1, 0])));
        assert_eq!(decode_plain(&hex("0100030027a8")), Err(Malformed::Crc));
        assert_eq!(decode_plain(&hex("010003")), Err(Malformed::Length));
    }
}
