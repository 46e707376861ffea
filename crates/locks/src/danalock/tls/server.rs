//! The lock's side of the handshake (6.3).

use std::sync::Arc;

use terskel_model::Entropy;
use terskel_model::world::random;
use zeroize::Zeroizing;

use super::keys::{Master, Side, Transcript};
use super::message::{
    ClientHello, ClientKeyExchange, ServerHello, ServerKeyExchange, certificate_list, certificate_request,
    finished, kind, message, parse, verify_data,
};
use super::{Channel, KeyPair, Record, TlsError, content};
use crate::danalock::certificate::{Hash, sign};
use crate::secret::same;

/// What the lock proves who it is with.
#[derive(Clone)]
pub(crate) struct Identity {
    /// DER.
    pub(crate) certificate: Vec<u8>,
    pub(crate) scalar: Zeroizing<[u8; 32]>,
    /// In place of a signature of its own: signatures are not unique, and a transcript has one of them.
    #[cfg(test)]
    pub(crate) signature: Option<Vec<u8>>,
}

impl Identity {
    fn sign(&self, signed: &[u8]) -> Option<Vec<u8>> {
        #[cfg(test)]
        if self.signature.is_some() {
            return self.signature.clone();
        }
        sign(&self.scalar, Hash::Sha512, signed)
    }
}

enum Stage {
    Hello,
    Certificate { pair: KeyPair, server_random: [u8; 32] },
    KeyExchange { pair: KeyPair, server_random: [u8; 32] },
    ChangeCipherSpec { channel: Box<Channel>, master: Master },
    Finished { channel: Box<Channel>, master: Master },
    Over,
}

/// What a record has led to.
pub(crate) enum ServerStep {
    /// More is to come.
    Wait,
    /// To be sent, in order.
    Send(Vec<Vec<u8>>),
    /// To be sent, in order; from then on the channel is open.
    Open(Vec<Vec<u8>>, Box<Channel>),
}

/// The machine.
pub(crate) struct Server {
    entropy: Arc<dyn Entropy>,
    identity: Identity,
    /// The content type of the record that its Finished goes in.
    finished_in: u8,
    client_random: [u8; 32],
    transcript: Transcript,
    stage: Stage,
}

impl Server {
    pub(crate) fn new(identity: Identity, finished_in: u8, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entropy,
            identity,
            finished_in,
            client_random: [0; 32],
            transcript: Transcript::default(),
            stage: Stage::Hello,
        }
    }

    /// Takes a record. After an error the machine takes nothing any more.
    pub(crate) fn take(&mut self, payload: &[u8]) -> Result<ServerStep, TlsError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let record = Record::decode(payload).ok_or(TlsError::Unexpected("a record"))?;
        match (stage, record.content) {
            (Stage::ChangeCipherSpec { channel, master }, content::CHANGE_CIPHER_SPEC)
                if record.body == [1] =>
            {
                self.stage = Stage::Finished { channel, master };
                Ok(ServerStep::Wait)
            }
            (Stage::Finished { channel, master }, content::HANDSHAKE) => {
                self.finish(record, channel, &master)
            }
            (Stage::Over, _) => Err(TlsError::Unexpected("nothing")),
            (stage, content::HANDSHAKE) => self.hear(stage, record.body),
            (_, content::ALERT) => Err(TlsError::Alert),
            _ => Err(TlsError::Unexpected("the phone's next message")),
        }
    }

    fn hear(&mut self, stage: Stage, message: &[u8]) -> Result<ServerStep, TlsError> {
        let (kind, body) = parse(message).ok_or(TlsError::Unexpected("a message"))?;
        self.transcript.add(message);
        match (stage, kind) {
            (Stage::Hello, kind::CLIENT_HELLO) => {
                let hello = ClientHello::decode(body).ok_or(TlsError::Profile("ClientHello"))?;
                self.client_random = hello.random;
                self.answer()
            }
            (Stage::Certificate { pair, server_random }, kind::CERTIFICATE) => {
                if body != [0, 0, 0] {
                    return Err(TlsError::Profile("Certificate"));
                }
                self.stage = Stage::KeyExchange { pair, server_random };
                Ok(ServerStep::Wait)
            }
            (Stage::KeyExchange { pair, server_random }, kind::CLIENT_KEY_EXCHANGE) => {
                let theirs = ClientKeyExchange::decode(body).and_then(|exchange| pair.agree(&exchange.point));
                let premaster = theirs.ok_or(TlsError::Profile("ClientKeyExchange"))?;
                let master = Master::new(&premaster, &self.transcript.hash());
                let channel = Box::new(master.channel(Side::Server, &self.client_random, &server_random));
                self.stage = Stage::ChangeCipherSpec { channel, master };
                Ok(ServerStep::Wait)
            }
            _ => Err(TlsError::Unexpected("the phone's next message")),
        }
    }

    /// The lock's flight.
    fn answer(&mut self) -> Result<ServerStep, TlsError> {
        let server_random = random(&*self.entropy);
        let session_id = random(&*self.entropy);
        let pair = KeyPair::new(&*self.entropy).ok_or(TlsError::Entropy)?;
        let point = pair.public();
        let signed = ServerKeyExchange::signed(&self.client_random, &server_random, &point);
        let signature = self.identity.sign(&signed).ok_or(TlsError::Signature)?;
        let flight = [
            ServerHello { random: server_random }.encode(&session_id),
            certificate_list(Some(&self.identity.certificate)),
            ServerKeyExchange { point, signature: &signature }.encode(),
            certificate_request(),
            message(kind::SERVER_HELLO_DONE, &[]),
        ];
        self.stage = Stage::Certificate { pair, server_random };
        let say = |message: &Vec<u8>| {
            self.transcript.add(message);
            Record::encode(content::HANDSHAKE, message)
        };
        Ok(ServerStep::Send(flight.iter().map(say).collect()))
    }

    fn finish(
        &mut self,
        record: Record<'_>,
        mut channel: Box<Channel>,
        master: &Master,
    ) -> Result<ServerStep, TlsError> {
        let plain = channel.opener.open(record)?;
        let data = verify_data(&plain).ok_or(TlsError::Profile("Finished"))?;
        if !same(&data, &master.verify_data(Side::Client, &self.transcript.hash())) {
            return Err(TlsError::Finished);
        }
        self.transcript.add(&plain);
        let done = finished(&master.verify_data(Side::Server, &self.transcript.hash()));
        let change = Record::encode(content::CHANGE_CIPHER_SPEC, &[1]);
        let sealed = channel.sealer.seal(self.finished_in, &done)?;
        Ok(ServerStep::Open(vec![change, sealed], channel))
    }
}
