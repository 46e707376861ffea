//! Where the key service is, and the account that the municipality has there.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Url};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use terskel_api::Secret;
use terskel_locks::danalock::{Credential, Trust};

use crate::secret_file::{self, SecretFileError};

/// The vendor's key service, from which login tokens of Danalock locks are fetched.
#[derive(Clone)]
pub struct DanalockService {
    /// `https://…`; `http://` on the loopback interface only.
    pub url: String,
    /// The municipality's account there.
    pub account: DanalockAccount,
    /// Who vouches for the service: PEM certificates. Whom the system trusts where there are none.
    pub ca: Option<PathBuf>,
    /// Who vouches for the locks: one certificate, PEM, for locks that are added without a secret. Without it such a lock's
    /// certificate is trusted when it is first seen.
    pub lock_ca: Option<PathBuf>,
}

/// User name and password, a line each.
#[derive(Clone)]
pub enum DanalockAccount {
    /// In a file that only its owner can read.
    File(PathBuf),
    /// Told by the environment.
    Told(Secret),
}

/// Why the key service cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DanalockServiceError {
    /// Where secrets must not go.
    #[error("the Danalock service's URL must be https, with a host and without user, query or fragment")]
    Url,
    /// The account's file.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The account.
    #[error("the Danalock service's account must be two lines: user name, password")]
    Account,
    /// A file of certificates.
    #[error("{0} does not hold certificates in PEM")]
    Certificates(PathBuf),
    /// A certificate that locks cannot be held to.
    #[error("{0} does not hold a certificate that locks can be checked against")]
    LockAuthority(PathBuf),
    /// TLS.
    #[error("no TLS client could be made for the Danalock service")]
    Client,
}

impl DanalockService {
    pub(super) fn checked_url(&self) -> Result<String, DanalockServiceError> {
        let url = Url::parse(&self.url).map_err(|_| DanalockServiceError::Url)?;
        // A name could lead anywhere.
        let loopback =
            url.host_str().and_then(|host| host.parse::<Ipv4Addr>().ok()).is_some_and(|ip| ip.is_loopback());
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        match safe && bare && url.has_host() {
            true => Ok(self.url.trim_end_matches('/').to_owned()),
            false => Err(DanalockServiceError::Url),
        }
    }

    pub(super) fn authorities(&self) -> Result<Option<Vec<Certificate>>, DanalockServiceError> {
        let Some(path) = &self.ca else { return Ok(None) };
        let wrong = || DanalockServiceError::Certificates(path.clone());
        let found = Certificate::from_pem_bundle(&bytes(path)?).map_err(|_| wrong())?;
        if found.is_empty() { Err(wrong()) } else { Ok(Some(found)) }
    }

    pub(super) fn lock_authority(&self) -> Result<Option<Vec<u8>>, DanalockServiceError> {
        let Some(path) = &self.lock_ca else { return Ok(None) };
        let wrong = || DanalockServiceError::LockAuthority(path.clone());
        let der = CertificateDer::from_pem_slice(&bytes(path)?).map_err(|_| wrong())?.to_vec();
        // As a credential that a phone will have to read.
        let credential = Credential {
            login_token: vec![0].into(),
            broadcast_key: [0; 16].into(),
            trust: Trust::Authority(der.clone()),
        };
        Credential::from_bytes(&credential.to_bytes()).map_err(|_| wrong())?;
        Ok(Some(der))
    }
}

impl DanalockAccount {
    /// User name and password.
    pub(super) fn read(&self) -> Result<(String, Secret), DanalockServiceError> {
        let text = match self {
            Self::File(path) => Secret::new(secret_file::read_text(path)?.to_string()),
            Self::Told(secret) => secret.clone(),
        };
        let mut lines = text.expose().lines();
        let filled = |line: Option<&str>| line.filter(|line| !line.is_empty()).map(str::to_owned);
        let account = filled(lines.next()).zip(filled(lines.next()).map(Secret::new));
        account.filter(|_| lines.next().is_none()).ok_or(DanalockServiceError::Account)
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, SecretFileError> {
    std::fs::read(path).map_err(|error| SecretFileError::Io(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Result<String, DanalockServiceError> {
        let account = DanalockAccount::Told(Secret::new("ada\nsecret"));
        DanalockService { url: url.into(), account, ca: None, lock_ca: None }.checked_url()
    }

    #[test]
    fn an_account_goes_over_https_or_stays_on_this_machine() {
        assert_eq!(at("https://keys.example/").unwrap(), "https://keys.example");
        assert_eq!(at("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
        for url in [
            "http://keys.example",
            "http://localhost",
            "http://192.0.2.1",
            "https://a:b@keys.example",
            "https://keys.example/?a=b",
            "ftp://keys.example",
            "keys",
        ] {
            assert!(matches!(at(url), Err(DanalockServiceError::Url)), "{url}");
        }
        for account in ["ada", "ada\n", "\nsecret", "ada\nsecret\nmore"] {
            assert!(DanalockAccount::Told(Secret::new(account)).read().is_err(), "{account:?}");
        }
    }
}
