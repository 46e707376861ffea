//! The phone's side of the handshake (6.3).

use std::sync::Arc;

use terskel_model::Entropy;
use terskel_model::world::random;

use super::keys::{Master, Side, Transcript};
use super::message::{
    ClientHello, ClientKeyExchange, ServerHello, ServerKeyExchange, certificate_list, finished, kind,
    only_certificate, parse, verify_data,
};
use super::{Channel, KeyPair, Record, TlsError, content};
use crate::danalock::certificate::{Expected, Hash, check, verify};
use crate::secret::same;

/// What is awaited.
enum Stage {
    Hello,
    Certificate {
        server_random: [u8; 32],
    },
    KeyExchange {
        server_random: [u8; 32],
        point: [u8; 65],
    },
    /// The request for a certificate may be missing; a second one would let a lock make the phone remember without end.
    Done {
        server_random: [u8; 32],
        point: [u8; 65],
        requested: bool,
    },
    ChangeCipherSpec {
        channel: Box<Channel>,
        master: Master,
    },
    Finished {
        channel: Box<Channel>,
        master: Master,
    },
    /// Finished, or failed.
    Over,
}

/// What a record has led to.
pub(crate) enum ClientStep {
    /// More is to come.
    Wait,
    /// To be sent, in order.
    Send(Vec<Vec<u8>>),
    /// The lock has proved who it is.
    Open {
        channel: Box<Channel>,
        /// SHA-256 of the lock's SubjectPublicKeyInfo.
        fingerprint: [u8; 32],
    },
}

/// The machine.
pub(crate) struct Client {
    entropy: Arc<dyn Entropy>,
    expected: Expected,
    random: [u8; 32],
    transcript: Transcript,
    fingerprint: [u8; 32],
    stage: Stage,
}

impl Client {
    /// Starts a handshake with the lock that is expected; gives the first record.
    pub(crate) fn start(expected: Expected, entropy: Arc<dyn Entropy>) -> (Self, Vec<u8>) {
        let random = random(&*entropy);
        let mut client = Self {
            entropy,
            expected,
            random,
            transcript: Transcript::default(),
            fingerprint: [0; 32],
            stage: Stage::Hello,
        };
        let hello = client.say(ClientHello { random }.encode());
        (client, hello)
    }

    /// Takes a record. After an error the machine takes nothing any more.
    pub(crate) fn take(&mut self, payload: &[u8]) -> Result<ClientStep, TlsError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let record = Record::decode(payload).ok_or(TlsError::Unexpected(stage.awaits()))?;
        if record.content == content::ALERT {
            return Err(TlsError::Alert);
        }
        match stage {
            Stage::Over => Err(TlsError::Unexpected("nothing")),
            Stage::ChangeCipherSpec { channel, master } => match record {
                Record { content: content::CHANGE_CIPHER_SPEC, body: [1] } => {
                    self.stage = Stage::Finished { channel, master };
                    Ok(ClientStep::Wait)
                }
                _ => Err(TlsError::Unexpected("ChangeCipherSpec")),
            },
            Stage::Finished { channel, master } => self.finish(record, channel, &master),
            stage if record.content == content::HANDSHAKE => self.hear(stage, record.body),
            stage => Err(TlsError::Unexpected(stage.awaits())),
        }
    }

    /// Takes a message in clear.
    fn hear(&mut self, stage: Stage, message: &[u8]) -> Result<ClientStep, TlsError> {
        let (kind, body) = parse(message).ok_or(TlsError::Unexpected(stage.awaits()))?;
        self.transcript.add(message);
        self.stage = match (stage, kind) {
            (Stage::Hello, kind::SERVER_HELLO) => {
                let hello = ServerHello::decode(body).ok_or(TlsError::Profile("ServerHello"))?;
                Stage::Certificate { server_random: hello.random }
            }
            (Stage::Certificate { server_random }, kind::CERTIFICATE) => {
                let der = only_certificate(body).ok_or(TlsError::Profile("Certificate"))?;
                let certificate = check(der, &self.expected)?;
                self.fingerprint = certificate.fingerprint();
                Stage::KeyExchange { server_random, point: certificate.point }
            }
            (Stage::KeyExchange { server_random, point }, kind::SERVER_KEY_EXCHANGE) => {
                let exchange =
                    ServerKeyExchange::decode(body).ok_or(TlsError::Profile("ServerKeyExchange"))?;
                let signed = ServerKeyExchange::signed(&self.random, &server_random, &exchange.point);
                if !verify(&point, Hash::Sha512, &signed, exchange.signature) {
                    return Err(TlsError::Signature);
                }
                Stage::Done { server_random, point: exchange.point, requested: false }
            }
            (Stage::Done { server_random, point, requested: false }, kind::CERTIFICATE_REQUEST) => {
                Stage::Done { server_random, point, requested: true }
            }
            (Stage::Done { server_random, point, .. }, kind::SERVER_HELLO_DONE) if body.is_empty() => {
                return self.agree(&server_random, &point);
            }
            (stage, _) => return Err(TlsError::Unexpected(stage.awaits())),
        };
        Ok(ClientStep::Wait)
    }

    /// How many bytes of the handshake are kept.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn remembered(&self) -> usize {
        self.transcript.len()
    }

    /// The phone's flight.
    fn agree(&mut self, server_random: &[u8; 32], point: &[u8; 65]) -> Result<ClientStep, TlsError> {
        let pair = KeyPair::new(&*self.entropy).ok_or(TlsError::Entropy)?;
        let premaster = pair.agree(point).ok_or(TlsError::Profile("ServerKeyExchange"))?;
        let certificate = self.say(certificate_list(None));
        let exchange = self.say(ClientKeyExchange { point: pair.public() }.encode());
        let hash = self.transcript.hash();
        let master = Master::new(&premaster, &hash);
        let mut channel = Box::new(master.channel(Side::Client, &self.random, server_random));
        let done = finished(&master.verify_data(Side::Client, &hash));
        let sealed = channel.sealer.seal(content::HANDSHAKE, &done)?;
        self.transcript.add(&done);
        self.stage = Stage::ChangeCipherSpec { channel, master };
        let change = Record::encode(content::CHANGE_CIPHER_SPEC, &[1]);
        Ok(ClientStep::Send(vec![certificate, exchange, change, sealed]))
    }

    /// Real locks send their Finished as application data; both forms are taken.
    fn finish(
        &self,
        record: Record<'_>,
        mut channel: Box<Channel>,
        master: &Master,
    ) -> Result<ClientStep, TlsError> {
        if !matches!(record.content, content::HANDSHAKE | content::APPLICATION) {
            return Err(TlsError::Unexpected("Finished"));
        }
        let plain = channel.opener.open(record)?;
        let data = verify_data(&plain).ok_or(TlsError::Profile("Finished"))?;
        if !same(&data, &master.verify_data(Side::Server, &self.transcript.hash())) {
            return Err(TlsError::Finished);
        }
        Ok(ClientStep::Open { channel, fingerprint: self.fingerprint })
    }

    fn say(&mut self, message: Vec<u8>) -> Vec<u8> {
        self.transcript.add(&message);
        Record::encode(content::HANDSHAKE, &message)
    }
}

impl Stage {
    fn awaits(&self) -> &'static str {
        match self {
            Self::Hello => "ServerHello",
            Self::Certificate { .. } => "Certificate",
            Self::KeyExchange { .. } => "ServerKeyExchange",
            Self::Done { .. } => "ServerHelloDone",
            Self::ChangeCipherSpec { .. } => "ChangeCipherSpec",
            Self::Finished { .. } => "Finished",
            Self::Over => "nothing",
        }
    }
}
