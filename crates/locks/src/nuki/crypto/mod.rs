//! Chapter 5: what is computed with keys, without any notion of who talks.

mod agreement;
mod authenticator;
mod seal;

pub(super) use agreement::KeyPair;
pub(super) use authenticator::Authenticator;
pub(super) use seal::SharedKey;
