//! The private keys that this node has.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use sqlx::AnyConnection;
use terskel_api::Secret;
use terskel_keys::{Authority, AuthorityKey, Kid};
use terskel_model::{Entropy, Timestamp};
use zeroize::Zeroizing;

use super::Schedule;
use crate::problem::Failure;
use crate::secret_file::{self, SecretFileError};

/// Why the key authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A key file.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// What the environment gives is no key.
    #[error(
        "TERSKEL_AUTHORITY_KEY must hold Ed25519 keys in PKCS#8: as PEM, or as DER in base64 with spaces between"
    )]
    Environment,
    /// None of the keys that are believed now is here.
    #[error(
        "this node has none of the keys that the station signs with: copy authority*.seed from another node or \
         from the backup"
    )]
    NoKey,
    /// The keys are given from outside.
    #[error(
        "the keys come from TERSKEL_AUTHORITY_KEY: put the new one behind those that are there, and start the \
         station again"
    )]
    FromEnvironment,
    /// One rotation at a time.
    #[error("the key {0} is announced already, and signs from {1}")]
    UnderWay(String, Timestamp),
    /// The database.
    #[error("the database did not take the key")]
    Database,
}

/// In memory what was needed so far; in files what may be needed yet.
pub(crate) struct Keyring {
    data: PathBuf,
    /// In the order in which they were given.
    environment: Vec<AuthorityKey>,
    held: Mutex<HashMap<Kid, Arc<Authority>>>,
}

impl Keyring {
    /// With the keys that the environment gives, if it gives any.
    pub(crate) fn new(data: &Path, environment: Option<&Secret>) -> Result<Self, AuthorityError> {
        let given = environment.map(|text| read_environment(text.expose())).transpose()?.unwrap_or_default();
        Ok(Self {
            data: data.to_owned(),
            environment: given.iter().map(Authority::public_key).collect(),
            held: Mutex::new(given.into_iter().map(|a| (a.public_key().kid(), Arc::new(a))).collect()),
        })
    }

    pub(super) fn environment(&self) -> &[AuthorityKey] {
        &self.environment
    }

    /// The key of a station that has never signed.
    pub(super) fn first(&self, entropy: &dyn Entropy) -> Result<AuthorityKey, AuthorityError> {
        match self.environment.first() {
            Some(given) => Ok(*given),
            None => Ok(self.keep(secret_file::read_or_make(&self.first_file(), entropy)?)),
        }
    }

    /// A new key, in a file of its own, and the file.
    pub(super) fn make(&self, entropy: &dyn Entropy) -> Result<(AuthorityKey, PathBuf), AuthorityError> {
        let seed = secret_file::draw(entropy);
        let key = Authority::from_seed(&seed).public_key();
        let path = self.file(key);
        secret_file::write(&path, &seed)?;
        Ok((self.keep(seed), path))
    }

    /// What signs now, if this node has it; else what signed before. The database's schedule holds for all nodes.
    pub(crate) async fn signer(
        &self,
        now: Timestamp,
        connection: &mut AnyConnection,
    ) -> Result<Arc<Authority>, Failure> {
        let schedule = Schedule::load(connection).await?;
        for (place, key) in schedule.signers(now).enumerate() {
            if let Some(authority) = self.get(key) {
                if place > 0 {
                    tracing::error!(
                        "the key that signs now is not on this node: copy authority-*.seed to it"
                    );
                }
                return Ok(authority);
            }
        }
        Err(Failure::Internal("this node has none of the keys that the station signs with"))
    }

    pub(super) fn get(&self, key: AuthorityKey) -> Option<Arc<Authority>> {
        if let Some(held) = self.held().get(&key.kid()) {
            return Some(held.clone());
        }
        for path in [self.file(key), self.first_file()] {
            match secret_file::read(&path) {
                Ok(seed) => {
                    self.keep(seed);
                }
                Err(error) if error.is_missing() => {}
                Err(error) => tracing::error!(%error, "a key of the authority cannot be read"),
            }
        }
        self.held().get(&key.kid()).cloned()
    }

    fn keep(&self, seed: Zeroizing<[u8; 32]>) -> AuthorityKey {
        let authority = Authority::from_seed(&seed);
        let key = authority.public_key();
        self.held().insert(key.kid(), Arc::new(authority));
        key
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<Kid, Arc<Authority>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first_file(&self) -> PathBuf {
        self.data.join("authority.seed")
    }

    fn file(&self, key: AuthorityKey) -> PathBuf {
        self.data.join(format!("authority-{}.seed", name(key)))
    }
}

/// A key's name as people see it.
pub(super) fn name(key: AuthorityKey) -> String {
    key.kid().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_environment(text: &str) -> Result<Vec<Authority>, AuthorityError> {
    let read = |der: &[u8]| Authority::from_pkcs8(der).map_err(|_| AuthorityError::Environment);
    let authorities = if text.contains("-----BEGIN") {
        PrivatePkcs8KeyDer::pem_slice_iter(text.as_bytes())
            .map(|key| read(key.map_err(|_| AuthorityError::Environment)?.secret_pkcs8_der()))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        text.split_whitespace()
            .map(|key| {
                let der = STANDARD.decode(key).map(Zeroizing::new);
                read(&der.map_err(|_| AuthorityError::Environment)?)
            })
            .collect::<Result<Vec<_>, _>>()?
    };
    if authorities.is_empty() { Err(AuthorityError::Environment) } else { Ok(authorities) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410 §10.3, and its public key in base64.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    const PUBLIC: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    #[test]
    fn keys_come_from_the_environment_as_pem_or_as_der_one_or_several() {
        let bare = PEM.lines().nth(1).unwrap();
        let both = format!("{PEM}\n{PEM}");
        for (text, count) in [(PEM, 1), (both.as_str(), 2), (bare, 1), (&format!(" {bare}\n{bare} "), 2)] {
            let read = read_environment(text).unwrap();
            assert_eq!(read.len(), count);
            assert_eq!(STANDARD.encode(read[0].public_key().0), PUBLIC);
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let p256 = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----";
        for text in ["", "  ", "sesame", "MC4CAQAwBQYDK2VwBCIEINTu", p256, "-----BEGIN"] {
            let error = read_environment(text).unwrap_err();
            assert!(matches!(error, AuthorityError::Environment), "{text}");
            assert!(!error.to_string().contains("sesame"));
        }
    }
}
