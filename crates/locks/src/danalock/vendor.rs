//! A vendor of simulated locks: an authority that signs their certificates, and the key service's secrets, all derived
//! from one seed, so that a lock and a key service that have the same seed agree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use ring::hmac::{Context, HMAC_SHA256, Key};
use terskel_model::Timestamp;
use zeroize::Zeroizing;

use super::Serial;
use super::certificate::{Subject, issue};

/// Who signs.
const NAME: &str = "Simulated Danalock CA";
/// As long as those of real sessions \[I\].
const TOKEN: usize = 107;
/// 2020-01-01 to 2099-01-01.
const VALID: (i64, i64) = (1_577_836_800, 4_070_908_800);

/// The vendor. Its seed is wiped when dropped.
pub struct Vendor {
    seed: Zeroizing<[u8; 32]>,
    scalar: Zeroizing<[u8; 32]>,
    anchor: Vec<u8>,
}

/// What belongs to one lock.
pub struct VendorLock {
    /// Its certificate, DER.
    pub certificate_der: Vec<u8>,
    /// The certificate's secret scalar.
    pub scalar: Zeroizing<[u8; 32]>,
    /// Seals what it sends to everybody.
    pub broadcast_key: Zeroizing<[u8; 16]>,
    /// Opens it.
    pub login_token: Zeroizing<Vec<u8>>,
    /// Opened it once.
    pub expired_token: Zeroizing<Vec<u8>>,
}

impl Vendor {
    /// The vendor of that seed. `None` does not happen for any seed that can be found.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Option<Self> {
        let seed = Zeroizing::new(*seed);
        let (scalar, point) = key_pair(&seed, "authority", &[])?;
        let authority = Subject {
            common_name: NAME,
            number: &[0x10, 0x01],
            point: &point,
            authority: true,
            validity: validity()?,
        };
        let anchor = issue(&authority, NAME, &scalar)?;
        Some(Self { seed, scalar, anchor })
    }

    /// The authority's own certificate, DER.
    #[must_use]
    pub fn anchor_der(&self) -> &[u8] {
        &self.anchor
    }

    /// The authority's own certificate, PEM.
    #[must_use]
    pub fn anchor_pem(&self) -> String {
        let text = STANDARD.encode(&self.anchor);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// The secrets of one lock, the same each time. `None` as with [`Self::new`].
    #[must_use]
    pub fn lock(&self, serial: Serial) -> Option<VendorLock> {
        let (scalar, point) = key_pair(&self.seed, "lock", &serial.0)?;
        let subject = Subject {
            common_name: &serial.common_name(),
            number: &serial.0,
            point: &point,
            authority: false,
            validity: validity()?,
        };
        let mut broadcast_key = Zeroizing::new([0; 16]);
        derive(&self.seed, "broadcast key", &serial.0, broadcast_key.as_mut_slice());
        let token = |label| {
            let mut token = Zeroizing::new(vec![0; TOKEN]);
            derive(&self.seed, label, &serial.0, token.as_mut_slice());
            token
        };
        Some(VendorLock {
            certificate_der: issue(&subject, NAME, &self.scalar)?,
            scalar,
            broadcast_key,
            login_token: token("login token"),
            expired_token: token("expired login token"),
        })
    }
}

fn validity() -> Option<(Timestamp, Timestamp)> {
    Timestamp::from_timestamp(VALID.0, 0).zip(Timestamp::from_timestamp(VALID.1, 0))
}

/// The first of the derived numbers that is a scalar of the curve; all but one in 2³² are.
fn key_pair(seed: &[u8; 32], label: &str, about: &[u8]) -> Option<(Zeroizing<[u8; 32]>, [u8; 65])> {
    (0..8_u8).find_map(|attempt| {
        let mut scalar = Zeroizing::new([0; 32]);
        derive(seed, label, &[about, &[attempt]].concat(), scalar.as_mut_slice());
        let key = SecretKey::from_slice(scalar.as_slice()).ok()?;
        let mut point = [0; 65];
        point.copy_from_slice(key.public_key().to_sec1_point(false).as_bytes());
        Some((scalar, point))
    })
}

/// HMAC-SHA256 under the seed, of label, subject and the block's number.
fn derive(seed: &[u8; 32], label: &str, about: &[u8], out: &mut [u8]) {
    let key = Key::new(HMAC_SHA256, seed);
    for (block, n) in out.chunks_mut(32).zip(0_u8..) {
        let mut context = Context::with_key(&key);
        for part in [b"terskel danalock ", label.as_bytes(), &[0], about, &[n]] {
            context.update(part);
        }
        block.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::Trust;
    use crate::danalock::certificate::{CertificateError, Expected, check};

    #[test]
    fn one_seed_makes_one_vendor_whose_locks_pass_its_own_check() {
        let (serial, other) = (Serial([0, 0x80, 3, 4, 5, 6]), Serial([0xff, 2, 3, 4, 5, 6]));
        let vendor = Vendor::new(&[7; 32]).unwrap();
        let (lock, again) =
            (vendor.lock(serial).unwrap(), Vendor::new(&[7; 32]).unwrap().lock(serial).unwrap());
        assert_eq!(lock.certificate_der, again.certificate_der);
        assert_eq!((&lock.login_token, &lock.broadcast_key), (&again.login_token, &again.broadcast_key));
        assert_eq!((lock.login_token.len(), lock.expired_token.len()), (107, 107));
        assert_ne!(lock.login_token, lock.expired_token);
        assert_ne!(lock.login_token, vendor.lock(other).unwrap().login_token);

        let expect = |serial, vendor: &Vendor| {
            let trust = Trust::Authority(vendor.anchor_der().to_vec());
            Expected { serial, trust, at: Timestamp::from_timestamp(1_800_000_000, 0) }
        };
        assert!(check(&lock.certificate_der, &expect(serial, &vendor)).is_ok());
        assert!(check(&vendor.lock(other).unwrap().certificate_der, &expect(other, &vendor)).is_ok());
        assert_eq!(
            check(&lock.certificate_der, &expect(serial, &Vendor::new(&[8; 32]).unwrap())),
            Err(CertificateError::OtherAuthority)
        );
    }

    #[test]
    fn the_anchor_can_be_printed() {
        let vendor = Vendor::new(&[7; 32]).unwrap();
        let pem = vendor.anchor_pem();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        assert_eq!(STANDARD.decode(body).unwrap(), vendor.anchor_der());
        assert!(pem.lines().all(|line| line.len() <= 64));
    }
}
