//! The two machines against each other and against 13.6.

use std::sync::Arc;

use proptest::prelude::*;
use terskel_model::Timestamp;
use terskel_model::world::ManualWorld;
use zeroize::Zeroizing;

use super::keys::{Side, Transcript};
use super::message::{self, ClientHello, ClientKeyExchange, ServerHello, ServerKeyExchange, kind};
use super::*;
use crate::danalock::certificate::{Certificate, Expected, Hash, Trust, verify};
use crate::danalock::tests::vectors::*;

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

struct Fixed(&'static str);

impl terskel_model::Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&hex(self.0));
    }
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, seed))
}

fn client() -> (Client, Vec<u8>) {
    let expected = Expected { serial: LOCK, trust: Trust::Authority(hex(ANCHOR)), at: None };
    Client::start(expected, world(1))
}

fn server() -> Server {
    let identity = Identity {
        certificate: hex(CERTIFICATE),
        scalar: Zeroizing::new(array(LOCK_SCALAR)),
        signature: None,
    };
    Server::new(identity, content::APPLICATION, world(2))
}

fn flight(step: ServerStep) -> Vec<Vec<u8>> {
    match step {
        ServerStep::Send(records) | ServerStep::Open(records, _) => records,
        ServerStep::Wait => vec![],
    }
}

/// What the client says to the lock's flight, of which one record is changed.
fn after(n: usize, change: impl Fn(&mut Vec<u8>)) -> Result<(), TlsError> {
    let (mut client, hello) = client();
    let mut records = flight(server().take(&hello)?);
    change(&mut records[n]);
    records.iter().try_for_each(|record| client.take(record).map(|_| ()))
}

/// Both, with everything said but the lock's last two records.
fn shaken() -> (Client, Vec<Vec<u8>>, Channel) {
    let ((mut client, hello), mut server) = (client(), server());
    let mut last = Vec::new();
    for record in flight(server.take(&hello).unwrap()) {
        if let ClientStep::Send(records) = client.take(&record).unwrap() {
            for record in records {
                last.push(server.take(&record).unwrap());
            }
        }
    }
    match last.pop() {
        Some(ServerStep::Open(records, channel)) => (client, records, *channel),
        _ => panic!("the server does not open"),
    }
}

#[test]
fn key_agreement_of_13_6() {
    let ours = KeyPair::new(&Fixed(CLIENT_SCALAR)).unwrap();
    let theirs = KeyPair::new(&Fixed(SERVER_SCALAR)).unwrap();
    assert_eq!((ours.public(), theirs.public()), (array(CLIENT_POINT), array(SERVER_POINT)));
    for premaster in [ours.agree(&theirs.public()), theirs.agree(&ours.public())] {
        assert_eq!(premaster.unwrap().to_vec(), hex(PREMASTER));
    }
    assert!(ours.agree(&[4; 65]).is_none() && ours.agree(&[0; 65]).is_none());
    assert!(KeyPair::new(&Fixed(ZEROS)).is_none(), "no randomness");
}

#[test]
fn the_signature_and_both_finished_messages_of_13_6() {
    let point: [u8; 65] = array(SERVER_POINT);
    let signed = ServerKeyExchange::signed(&array(CLIENT_RANDOM), &array(SERVER_RANDOM), &point);
    let der = hex(CERTIFICATE);
    assert!(verify(&Certificate::decode(&der).unwrap().point, Hash::Sha512, &signed, &hex(SIGNATURE)));

    let mut transcript = Transcript::default();
    transcript.add(&ClientHello { random: array(CLIENT_RANDOM) }.encode());
    transcript.add(&ServerHello { random: array(SERVER_RANDOM) }.encode(&array(SESSION_ID)));
    transcript.add(&message::certificate_list(Some(&der)));
    transcript.add(&ServerKeyExchange { point, signature: &hex(SIGNATURE) }.encode());
    transcript.add(&message::certificate_request());
    transcript.add(&message::message(kind::SERVER_HELLO_DONE, &[]));
    transcript.add(&message::certificate_list(None));
    transcript.add(&ClientKeyExchange { point: array(CLIENT_POINT) }.encode());
    assert_eq!(transcript.hash().to_vec(), hex(SESSION_HASH));
    let master = keys::Master::new(&array(PREMASTER), &transcript.hash());
    let finished = message::finished(&master.verify_data(Side::Client, &transcript.hash()));
    assert_eq!(finished, hex(CLIENT_FINISHED));
    transcript.add(&finished);
    let finished = message::finished(&master.verify_data(Side::Server, &transcript.hash()));
    assert_eq!(finished, hex(SERVER_FINISHED));
}

#[test]
fn two_machines_agree_and_talk() {
    let (mut client, records, mut lock) = shaken();
    assert!(matches!(client.take(&records[0]), Ok(ClientStep::Wait)));
    let Ok(ClientStep::Open { channel: mut phone, .. }) = client.take(&records[1]) else {
        panic!("not open")
    };
    for n in 0..3 {
        let record = phone.seal(&[n, 1]).unwrap();
        assert_eq!(lock.open(&record).unwrap().to_vec(), [n, 1]);
        assert_eq!(lock.open(&record), Err(TlsError::Seal), "played again");
        let record = lock.seal(&[n, 2, 3]).unwrap();
        assert_eq!(phone.open(&record).unwrap().to_vec(), [n, 2, 3]);
    }
    let mut random = lock.seal(&[1]).unwrap();
    random[5] ^= 1;
    assert_eq!(phone.open(&random), Err(TlsError::Seal), "the nonce is not the counter");
    random[5] ^= 1;
    assert_eq!(phone.open(&random).unwrap().to_vec(), [1]);
    let skipped = [lock.seal(&[1]).unwrap(), lock.seal(&[2]).unwrap()];
    assert_eq!(phone.open(&skipped[1]), Err(TlsError::Seal), "one was left out");
    assert_eq!(phone.open(&[content::ALERT, 3, 3, 0, 2, 1, 0]), Err(TlsError::Alert));
    assert_eq!(
        phone.open(&[content::HANDSHAKE, 3, 3, 0, 1, 0]),
        Err(TlsError::Unexpected("application data"))
    );
}

#[test]
fn a_hello_outside_the_profile_is_refused() {
    let profile = Err(TlsError::Profile("ServerHello"));
    // Record header 5, message header 4, version 2, random 32, session id 33, then the suite.
    assert_eq!(after(0, |hello| hello[9] = 2), profile, "version");
    assert_eq!(after(0, |hello| hello[77] = 0x2b), profile, "suite");
    assert_eq!(after(0, |hello| hello[78] = 1), profile, "compression");
    // Extensions: 2 for the length, 5 for renegotiation info, then the extended master secret.
    assert_eq!(after(0, |hello| hello[87] = 0x18), profile, "no extended master secret");
}

#[test]
fn another_certificate_or_signature_is_refused() {
    assert!(matches!(after(1, |list| list[40] ^= 1), Err(TlsError::Certificate(_))));
    assert_eq!(after(1, |list| list[11] ^= 1), Err(TlsError::Profile("Certificate")), "lengths disagree");
    assert_eq!(after(2, |exchange| exchange[20] ^= 1), Err(TlsError::Signature));
    assert_eq!(after(2, |exchange| exchange[5 + 4 + 69] = 4), Err(TlsError::Profile("ServerKeyExchange")));
}

#[test]
fn only_whole_records_in_their_order_are_taken() {
    for n in 0..5 {
        assert!(after(n, |record| record.push(0)).is_err(), "two in one, {n}");
        assert!(after(n, |record| _ = record.pop()).is_err(), "cut, {n}");
        assert_eq!(after(n, |record| record[0] = content::ALERT), Err(TlsError::Alert));
        assert!(after(n, |record| record[0] = content::APPLICATION).is_err());
    }
    let (mut client, hello) = client();
    let records = flight(server().take(&hello).unwrap());
    assert!(client.take(&records[1]).is_err());
    assert!(client.take(&records[0]).is_err(), "a machine that failed takes nothing any more");
}

#[test]
fn a_request_for_a_certificate_may_be_missing() {
    let (mut client, hello) = client();
    let mut records = flight(server().take(&hello).unwrap());
    records.remove(3);
    let last = records.iter().map(|record| client.take(record).unwrap()).last();
    assert!(matches!(last, Some(ClientStep::Send(records)) if records.len() == 4));
}

#[test]
fn a_finished_is_checked_by_either_side() {
    let (mut client, mut records, _) = shaken();
    assert!(matches!(client.take(&records[0]), Ok(ClientStep::Wait)));
    records[1][20] ^= 1;
    assert_eq!(client.take(&records[1]).map(|_| ()), Err(TlsError::Seal));

    let (mut client, hello) = self::client();
    let mut server = server();
    let mut result = Ok(());
    for record in flight(server.take(&hello).unwrap()) {
        if let ClientStep::Send(mut records) = client.take(&record).unwrap() {
            records[3][20] ^= 1;
            result = records.iter().try_for_each(|record| server.take(record).map(|_| ()));
        }
    }
    assert_eq!(result, Err(TlsError::Seal));
}

#[test]
fn a_client_that_does_not_offer_the_profile_is_refused() {
    let (_, hello) = client();
    for n in [9, 5 + 4 + 34 + 1 + 2 + 3] {
        let mut other = hello.clone();
        other[n] ^= 1;
        assert_eq!(server().take(&other).map(|_| ()), Err(TlsError::Profile("ClientHello")), "{n}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_the_decoders_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), n in 0_usize..134) {
        Record::decode(&bytes);
        message::parse(&bytes);
        message::only_certificate(&bytes);
        message::verify_data(&bytes);
        ServerHello::decode(&bytes);
        ServerKeyExchange::decode(&bytes);
        ClientKeyExchange::decode(&bytes);
        let (mut client, mut hello) = client();
        let _ = client.take(&bytes);
        hello[n] ^= bytes.first().unwrap_or(&1);
        ClientHello::decode(&hello[9..]);
        let _ = server().take(&hello);
    }
}
