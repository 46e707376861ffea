//! 0x000E Status, lock (8.4): one byte. It names no command: it belongs to the request in progress.

use super::id;
use crate::nuki::frame::Message;

/// How far the request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u8);

impl Status {
    /// Finished with success.
    pub(crate) const COMPLETE: Self = Self(0);
    /// Begun; the outcome follows.
    pub(crate) const ACCEPTED: Self = Self(1);

    pub(crate) fn encode(self) -> Message {
        Message::new(id::STATUS, [self.0])
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        payload.first().copied().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::{encode_inner, encode_plain};
    use crate::nuki::tests::vectors::{AUTHORIZATION, vector};

    #[test]
    fn statuses_of_15_and_16() {
        assert_eq!(encode_plain(&Status::COMPLETE.encode()), vector("B10_lock_status_complete"));
        for (id, status, wire) in [
            (AUTHORIZATION, Status::ACCEPTED, "D4_plaintext"),
            (AUTHORIZATION, Status::COMPLETE, "D7_plaintext"),
            (2, Status::ACCEPTED, "v21_accepted_plaintext"),
            (2, Status::COMPLETE, "v21_complete_plaintext"),
        ] {
            assert_eq!(encode_inner(id, &status.encode()).to_vec(), vector(wire));
        }
        assert_eq!((Status::decode(&[7, 1]), Status::decode(&[])), (Some(Status(7)), None));
    }
}
