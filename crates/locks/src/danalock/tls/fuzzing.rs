//! Targets for fuzzing: records, messages and the two machines of the handshake. See [`crate::fuzzing`].

use std::collections::VecDeque;

use terskel_model::Uptime;

use super::message::{
    ClientHello, ClientKeyExchange, ServerHello, ServerKeyExchange, certificate_list, finished, kind,
    message, only_certificate, parse, verify_data,
};
use super::{Channel, Client, ClientStep, Record, Server, ServerStep, content};
use crate::danalock::fuzzing::{expected, identity};
use crate::fuzzing::{Input, room};

/// Records and messages. Each has one form, and nothing may follow it.
pub fn danalock_tls(bytes: &[u8]) {
    let longer = [bytes, &[0]].concat();
    if let Some(record) = Record::decode(bytes) {
        assert_eq!(Record::encode(record.content, record.body), bytes);
        assert_eq!(Record::decode(&longer), None);
    }
    if let Some((kind, body)) = parse(bytes) {
        assert_eq!(message(kind, body), bytes);
        assert_eq!(parse(&longer), None);
    }
    if let Some(data) = verify_data(bytes) {
        assert_eq!(finished(&data), bytes);
    }
    if let Some(der) = only_certificate(bytes) {
        assert_eq!(certificate_list(Some(der)).get(4..), Some(bytes));
        assert_eq!(only_certificate(&longer), None);
    }
    if let Some(read) = ClientHello::decode(bytes) {
        assert_eq!(read.encode().get(4..).and_then(ClientHello::decode), Some(read));
        assert_eq!(ClientHello::decode(&longer), None);
    }
    if let Some(read) = ServerHello::decode(bytes) {
        assert_eq!(read.encode(&[7; 32]).get(4..).and_then(ServerHello::decode), Some(read));
        assert_eq!(ServerHello::decode(&longer), None);
    }
    if let Some(read) = ServerKeyExchange::decode(bytes) {
        assert_eq!(read.encode().get(4..), Some(bytes));
        assert_eq!(ServerKeyExchange::decode(&longer), None);
    }
    if let Some(read) = ClientKeyExchange::decode(bytes) {
        assert_eq!(read.encode().get(4..), Some(bytes));
        assert_eq!(ClientKeyExchange::decode(&longer), None);
    }
}

struct Shake {
    client: Client,
    server: Server,
    to_server: VecDeque<Vec<u8>>,
    to_client: VecDeque<Vec<u8>>,
    channels: [Option<Box<Channel>>; 2],
    /// A side has heard what the other one did not say just so.
    touched: [bool; 2],
    failed: [bool; 2],
}

impl Shake {
    fn server(&mut self, record: &[u8]) {
        match self.server.take(record) {
            Ok(ServerStep::Wait) => {}
            Ok(ServerStep::Send(records)) => self.to_client.extend(records),
            Ok(ServerStep::Open(records, channel)) => {
                self.to_client.extend(records);
                self.opened(1, channel);
            }
            Err(_) => self.failed[1] = true,
        }
    }

    fn client(&mut self, record: &[u8]) {
        match self.client.take(record) {
            Ok(ClientStep::Wait) => {}
            Ok(ClientStep::Send(records)) => self.to_server.extend(records),
            Ok(ClientStep::Open { channel, .. }) => self.opened(0, channel),
            Err(_) => self.failed[0] = true,
        }
        assert!(self.client.remembered() < 4096, "a lock makes the phone remember without end");
    }

    fn deliver(&mut self, to_server: bool, record: &[u8], made: bool) {
        // Once a side is open, its handshake is over.
        let open = self.channels[usize::from(to_server)].is_some();
        self.touched[usize::from(to_server)] |= made && !open;
        if to_server {
            self.server(record);
        } else {
            self.client(record);
        }
    }

    fn opened(&mut self, side: usize, channel: Box<Channel>) {
        assert!(!self.failed[side], "opens after it has failed");
        assert!(!self.touched[side], "opens although the handshake was touched");
        self.channels[side] = Some(channel);
    }
}

/// A handshake in which records are changed, lost, repeated and made up: no side opens unless all was as it should be.
pub fn danalock_handshake(bytes: &[u8]) {
    let (Some(expected), Some(identity)) = (expected(room::wall(Uptime::default())), identity()) else {
        return;
    };
    let (client, hello) = Client::start(expected, room::world(1));
    let server = Server::new(identity, content::APPLICATION, room::world(2));
    let mut shake = Shake {
        client,
        server,
        to_server: VecDeque::from([hello]),
        to_client: VecDeque::new(),
        channels: [None, None],
        touched: [false; 2],
        failed: [false; 2],
    };
    let mut input = Input::new(bytes);
    while let Some(step) = input.byte() {
        let to_server = step & 1 == 0;
        let queue = if to_server { &mut shake.to_server } else { &mut shake.to_client };
        let mut record = match step >> 1 & 7 {
            0..=3 | 5 => queue.pop_front(),
            4 => {
                shake.touched[usize::from(to_server)] |= queue.pop_front().is_some();
                continue;
            }
            6 => Some(input.chunk().unwrap_or_default().to_vec()),
            _ => {
                let content = if step & 0x10 == 0 { content::HANDSHAKE } else { content::ALERT };
                let kind = [kind::CERTIFICATE_REQUEST, kind::SERVER_HELLO_DONE, kind::CLIENT_HELLO]
                    [usize::from(step >> 5) % 3];
                Some(Record::encode(content, &message(kind, input.chunk().unwrap_or_default())))
            }
        };
        let Some(record) = &mut record else { continue };
        let made = step >> 1 & 7 >= 6;
        if step >> 1 & 7 == 3 {
            let (at, change) = (input.byte().unwrap_or_default(), input.byte().unwrap_or_default());
            let length = record.len();
            if let Some(byte) = record.get_mut(usize::from(at) % length.max(1)) {
                *byte ^= change;
                shake.touched[usize::from(to_server)] |= change != 0;
            }
        }
        shake.deliver(to_server, record, made);
        if step >> 1 & 7 == 5 {
            shake.deliver(to_server, record, true);
        }
    }
    if let [Some(client), Some(server)] = &mut shake.channels {
        let sealed = client.seal(b"open").unwrap_or_default();
        assert_eq!(server.open(&sealed).ok().as_deref().map(Vec::as_slice), Some(&b"open"[..]));
        assert!(server.open(&sealed).is_err(), "the same record twice");
    }
}
