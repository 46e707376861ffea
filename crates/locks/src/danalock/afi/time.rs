//! TimeSetUtc 3.1: seconds since 1970, 4 bytes, little endian. The result has no payload.

use terskel_model::Timestamp;

use super::Command;

/// The lock's clock, to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SetUtc(pub(crate) u32);

impl SetUtc {
    /// `None` for times that the protocol has no number for.
    pub(crate) fn at(time: Timestamp) -> Option<Self> {
        u32::try_from(time.timestamp()).ok().map(Self)
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        Command::SET_UTC.request(&self.0.to_le_bytes())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        payload.first_chunk().map(|bytes| Self(u32::from_le_bytes(*bytes)))
    }

    pub(crate) fn time(self) -> Option<Timestamp> {
        Timestamp::from_timestamp(i64::from(self.0), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_of_13_4() {
        let bytes = SetUtc(1_767_225_600).encode();
        assert_eq!(bytes, [1, 3, 1, 0, 0xb9, 0x55, 0x69]);
        assert_eq!(SetUtc::decode(&bytes[3..]), Some(SetUtc(1_767_225_600)));
        assert_eq!(SetUtc(7).time().and_then(SetUtc::at), Some(SetUtc(7)));
        assert_eq!(SetUtc::decode(&[1, 2, 3]), None);
    }
}
