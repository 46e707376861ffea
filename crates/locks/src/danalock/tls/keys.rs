//! From the premaster secret to keys and verify data (6.4).

use ring::digest::{SHA384, digest};
use zeroize::Zeroizing;

use super::prf::prf;
use super::seal::{Channel, Opener, Sealer};

/// A Finished message carries this much.
pub(super) type VerifyData = [u8; 12];

/// Which half of the key block a side seals with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

impl Side {
    fn label(self) -> &'static str {
        match self {
            Self::Client => "client finished",
            Self::Server => "server finished",
        }
    }
}

/// The handshake messages so far, headers of records left out.
#[derive(Default)]
pub(super) struct Transcript(Vec<u8>);

impl Transcript {
    pub(super) fn add(&mut self, message: &[u8]) {
        self.0.extend_from_slice(message);
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn hash(&self) -> [u8; 48] {
        let mut hash = [0; 48];
        hash.copy_from_slice(digest(&SHA384, &self.0).as_ref());
        hash
    }
}

/// The master secret of a session.
pub(super) struct Master(Zeroizing<[u8; 48]>);

impl Master {
    /// The extended master secret (RFC 7627) over messages 1 to 8.
    pub(super) fn new(premaster: &[u8; 32], session_hash: &[u8; 48]) -> Self {
        let mut master = Zeroizing::new([0; 48]);
        prf(premaster, "extended master secret", session_hash, master.as_mut_slice());
        Self(master)
    }

    pub(super) fn verify_data(&self, by: Side, hash: &[u8; 48]) -> VerifyData {
        let mut data = [0; 12];
        prf(self.0.as_slice(), by.label(), hash, &mut data);
        data
    }

    /// Protection of both directions, as one side sees it.
    pub(super) fn channel(&self, side: Side, client_random: &[u8; 32], server_random: &[u8; 32]) -> Channel {
        let block = self.key_block(client_random, server_random);
        let (client, server) = ((&block[..32], &block[64..68]), (&block[32..64], &block[68..]));
        let (mine, theirs) = if side == Side::Client { (client, server) } else { (server, client) };
        Channel { sealer: Sealer::new(mine.0, mine.1), opener: Opener::new(theirs.0, theirs.1) }
    }

    /// Client key 32, server key 32, client salt 4, server salt 4.
    fn key_block(&self, client_random: &[u8; 32], server_random: &[u8; 32]) -> Zeroizing<[u8; 72]> {
        let mut block = Zeroizing::new([0; 72]);
        let seed = [&server_random[..], client_random].concat();
        prf(self.0.as_slice(), "key expansion", &seed, block.as_mut_slice());
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::*;

    #[test]
    fn keys_and_verify_data_of_13_6() {
        let fixed = |text| -> [u8; 48] { hex(text).try_into().unwrap() };
        let random = |text| -> [u8; 32] { hex(text).try_into().unwrap() };
        let hash = fixed(SESSION_HASH);
        let master = Master::new(&random(PREMASTER), &hash);
        assert_eq!(master.0.as_slice(), hex(MASTER));
        let block = master.key_block(&random(CLIENT_RANDOM), &random(SERVER_RANDOM));
        assert_eq!(block.to_vec(), hex(&[CLIENT_KEY, SERVER_KEY, CLIENT_SALT, SERVER_SALT].concat()));
        let finished = [&[0x14, 0, 0, 12][..], &master.verify_data(Side::Client, &hash)].concat();
        assert_eq!(finished, hex(CLIENT_FINISHED));
    }
}
