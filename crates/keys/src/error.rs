/// Why a proof was not made or not believed. Holds nothing of the proof itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not in the expected form, or too long.
    #[error("malformed")]
    Malformed,
    /// It names a header parameter as critical (RFC 9052 §3.1), and this version knows none.
    #[error("asks for something that this version does not know")]
    UnknownCritical,
    /// Signed by no authority that is known here; perhaps by one that has taken over since.
    #[error("signed by an unknown authority")]
    UnknownAuthority,
    /// A time window that is empty, or longer than what it stands on allows.
    #[error("a time window that is not allowed")]
    BadWindow,
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
