/// Why a proof was not made or not believed. Holds nothing of the proof itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not in the expected form, too long, or with a time window that is not allowed.
    #[error("malformed")]
    Malformed,
    /// The signature is not that of the expected signer over these bytes.
    #[error("bad signature")]
    BadSignature,
    /// Issued to another phone.
    #[error("belongs to another phone")]
    WrongPhone,
    /// Issued for another lock.
    #[error("belongs to another lock")]
    WrongLock,
    /// Its time has not come.
    #[error("not yet valid")]
    NotYetValid,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// It does not allow what was asked.
    #[error("operation not allowed")]
    OperationNotAllowed,
    /// Made for another method or address, or for another token.
    #[error("made for another request")]
    WrongRequest,
    /// The sealed credential does not open with this phone's identity.
    #[error("sealed credential does not open")]
    CannotOpen,
}
