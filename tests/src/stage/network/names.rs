//! A network on which the station has a name and a certificate. The phone looks the name up in a file, by `nss_wrapper`, and
//! trusts one authority.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, rustls};

/// The station's name; RFC 6761 keeps `.test` free for such.
pub(super) const NAME: &str = "stasjon.test";
/// What the phone trusts.
const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");

/// Who answers under the station's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// The station, with its certificate.
    Itself,
    /// Somebody with a certificate for the same name, by an authority that the phone does not know.
    Stranger,
}

/// The name, and how to prove it.
#[derive(Debug)]
pub(super) struct Names {
    hosts: PathBuf,
    authority: PathBuf,
}

impl Names {
    /// `dir`: where the phone finds what it has of the network; made here.
    pub(super) fn in_dir(dir: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&dir)?;
        let names = Self { hosts: dir.join("hosts"), authority: dir.join("authority.pem") };
        std::fs::write(&names.authority, AUTHORITY)?;
        names.know(true)?;
        Ok(names)
    }

    /// Whether anybody knows the name. A file in the place of the last one: it is read anew.
    pub(super) fn know(&self, known: bool) -> io::Result<()> {
        let next = self.hosts.with_extension("next");
        std::fs::write(&next, if known { format!("127.0.0.1 {NAME}\n") } else { String::new() })?;
        std::fs::rename(next, &self.hosts)
    }

    /// For the phone's process.
    pub(super) fn environment(&self) -> Vec<(String, OsString)> {
        let path = |path: &Path| path.as_os_str().to_owned();
        vec![
            ("LD_PRELOAD".into(), "libnss_wrapper.so".into()),
            ("NSS_WRAPPER_HOSTS".into(), path(&self.hosts)),
            ("SSL_CERT_FILE".into(), path(&self.authority)),
            // Wherever the machine sends what is for other machines.
            ("NO_PROXY".into(), NAME.into()),
        ]
    }
}

/// Speaks TLS with a phone, until both have proven what they must.
pub(super) async fn secured(phone: TcpStream, shows: Shows) -> io::Result<TlsStream<TcpStream>> {
    let (certificate, key): (&[u8], &[u8]) = match shows {
        Shows::Itself => {
            (include_bytes!("certificates/station.der"), include_bytes!("certificates/station-key.der"))
        }
        Shows::Stranger => {
            (include_bytes!("certificates/stranger.der"), include_bytes!("certificates/stranger-key.der"))
        }
    };
    let certificate = rustls::pki_types::CertificateDer::from(certificate);
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .map_err(io::Error::other)?;
    TlsAcceptor::from(Arc::new(config)).accept(phone).await
}
