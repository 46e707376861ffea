//! Finished (20), of either side: 12 bytes of verify data. Always in a protected record.

use super::{kind, message, parse};
use crate::danalock::tls::keys::VerifyData;

pub(crate) fn finished(data: &VerifyData) -> Vec<u8> {
    message(kind::FINISHED, data)
}

/// What a whole message carries.
pub(crate) fn verify_data(message: &[u8]) -> Option<VerifyData> {
    let (_, body) = parse(message).filter(|(kind, _)| *kind == kind::FINISHED)?;
    body.try_into().ok()
}
