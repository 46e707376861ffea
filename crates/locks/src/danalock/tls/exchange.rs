//! The ephemeral key agreement, and signatures over it (6.2, 6.4).

use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use terskel_model::Entropy;
use zeroize::Zeroizing;

/// A P-256 key pair. The scalar is wiped when dropped.
pub(crate) struct KeyPair(SecretKey);

impl KeyPair {
    /// `None` if the source of randomness gives only impossible scalars: it is broken.
    pub(crate) fn new(entropy: &dyn Entropy) -> Option<Self> {
        (0..8).find_map(|_| {
            let mut scalar = Zeroizing::new([0; 32]);
            entropy.fill(scalar.as_mut_slice());
            SecretKey::from_slice(scalar.as_slice()).ok().map(Self)
        })
    }

    /// Uncompressed, as it travels.
    pub(crate) fn public(&self) -> [u8; 65] {
        let mut point = [0; 65];
        point.copy_from_slice(self.0.public_key().to_sec1_point(false).as_bytes());
        point
    }

    /// The X coordinate of the shared point. `None` if `theirs` is not on the curve.
    pub(crate) fn agree(&self, theirs: &[u8; 65]) -> Option<Zeroizing<[u8; 32]>> {
        // Compressed and hybrid forms are other lengths or first bytes.
        let theirs = Some(theirs).filter(|point| point[0] == 4)?;
        let shared = self.0.diffie_hellman(&PublicKey::from_sec1_bytes(theirs).ok()?);
        let mut premaster = Zeroizing::new([0; 32]);
        premaster.copy_from_slice(shared.raw_secret_bytes().as_slice());
        Some(premaster)
    }
}
