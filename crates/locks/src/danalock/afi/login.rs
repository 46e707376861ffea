//! AuthorityLogin 1.1: the login token as it came from the key service. The result has no payload.

use zeroize::Zeroizing;

use super::Command;

/// The first request of every session.
pub(crate) struct Login;

impl Login {
    pub(crate) fn encode(token: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Command::LOGIN.request(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_of_13_4() {
        assert_eq!(Login::encode(&[0xde, 0xad, 0xbe, 0xef]).to_vec(), [1, 1, 1, 0xde, 0xad, 0xbe, 0xef]);
    }
}
