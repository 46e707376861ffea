//! Gives the virtual air the one thing it lacks: connection events.
//!
//! The virtual controllers hand packets over at once. This relay between the lock's Bluetooth host and its controller
//! holds data packets of both directions until the next connection event, so that a question and its answer take two,
//! as they do over the air. Commands and events between host and controller pass at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use terskel_model::world::SystemWorld;
use terskel_model::{Clock, Uptime};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;

use crate::{LinkRecord, Packet};

/// Packet kinds of the UART transport (H4).
const COMMAND: u8 = 1;
const DATA: u8 = 2;
const EVENT: u8 = 4;
const DISCONNECTION_COMPLETE: u8 = 0x05;
const COMMAND_COMPLETE: u8 = 0x0e;
const LE_META: u8 = 0x3e;
const LE_CONNECTION_COMPLETE: u8 = 0x01;
const LE_ENHANCED_CONNECTION_COMPLETE: u8 = 0x0a;
/// Before an ATT packet: kind, connection and length (5), then L2CAP's length and channel (4).
const BEFORE_ATT: usize = 9;
/// Enough to tell what an ATT packet is.
const HEAD: usize = 7;
/// Bluetooth controllers hold several packets until their event comes; the virtual one says that it holds one, as its
/// events are always now. The relay holds them in its place, and so must say what it can hold.
const HELD_PACKETS: u8 = 8;
/// Room for any packet of a controller.
const LONGEST_PACKET: usize = 4096;
/// What may wait between host and relay.
const BUFFER: usize = 65_536;

/// The air as the relay has seen it, with an interval of our choice instead of the one that was agreed: the software
/// emulation is too slow for the real one, and events are what counts.
#[derive(Clone, Debug)]
pub struct Air {
    interval: Duration,
    links: Arc<Mutex<Vec<LinkRecord>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToHost,
    ToController,
}

impl Air {
    /// Air with this connection interval.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self { interval, links: Arc::default() }
    }

    /// All links so far.
    #[must_use]
    pub fn links(&self) -> Vec<LinkRecord> {
        self.lock().clone()
    }

    /// When to hand on a packet that is there at `now`.
    fn due(&self, packet: &[u8], direction: Direction, now: Uptime) -> Uptime {
        let mut links = self.lock();
        if direction == Direction::ToHost && is_connection(packet) {
            links.push(LinkRecord::new(now, self.interval));
        }
        let Some(link) = links.last_mut().filter(|link| !link.ended) else { return now };
        match packet {
            [EVENT, DISCONNECTION_COMPLETE, ..] => link.ended = true,
            [DATA, ..] => {
                let (event, due) = link.next_event(now);
                let head = packet.iter().skip(BEFORE_ATT).take(HEAD).map(|b| format!("{b:02x}")).collect();
                link.packets.push(Packet { event, from_phone: direction == Direction::ToHost, head });
                return due;
            }
            _ => {}
        }
        now
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LinkRecord>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the relay before a controller; the host speaks to what is handed out.
pub fn paced<C>(controller: C, air: &Air) -> DuplexStream
where
    C: AsyncRead + AsyncWrite + Send + 'static,
{
    let (host, relay) = tokio::io::duplex(BUFFER);
    let (from_controller, to_controller) = tokio::io::split(controller);
    let (from_host, to_host) = tokio::io::split(relay);
    tokio::spawn(pump(from_controller, to_host, Direction::ToHost, air.clone()));
    tokio::spawn(pump(from_host, to_controller, Direction::ToController, air.clone()));
    host
}

/// Reads on while packets wait for their event: two of one direction may go in the same one.
async fn pump(from: impl AsyncRead + Unpin, to: impl AsyncWrite + Unpin, direction: Direction, air: Air) {
    let (sender, waiting) = mpsc::unbounded_channel();
    tokio::join!(take(from, sender, direction, air), hand_on(waiting, to));
}

async fn take(
    mut from: impl AsyncRead + Unpin,
    waiting: mpsc::UnboundedSender<(Uptime, Vec<u8>)>,
    direction: Direction,
    air: Air,
) {
    let (mut read, mut last) = (Vec::new(), Uptime::default());
    // The kernel's channel cuts off what does not fit into one read.
    let mut packet = [0; LONGEST_PACKET];
    while let Ok(length @ 1..) = from.read(&mut packet).await {
        read.extend_from_slice(&packet[..length]);
        while let Some(length) = packet_length(&read).filter(|length| *length <= read.len()) {
            let mut packet: Vec<u8> = read.drain(..length).collect();
            if direction == Direction::ToHost {
                widen(&mut packet);
            }
            // Never before one that came earlier.
            last = last.max(air.due(&packet, direction, SystemWorld.uptime()));
            if waiting.send((last, packet)).is_err() {
                return;
            }
        }
    }
}

/// One write for each packet: the kernel's channel takes nothing else.
async fn hand_on(mut waiting: mpsc::UnboundedReceiver<(Uptime, Vec<u8>)>, mut to: impl AsyncWrite + Unpin) {
    while let Some((due, packet)) = waiting.recv().await {
        tokio::time::sleep(due - SystemWorld.uptime()).await;
        if to.write_all(&packet).await.is_err() {
            return;
        }
    }
}

/// Of the packet at the beginning; `None` until its header is there.
fn packet_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [COMMAND, _, _, length, ..] => Some(4 + usize::from(*length)),
        [DATA, _, _, low, high, ..] => Some(5 + usize::from(u16::from_le_bytes([*low, *high]))),
        [EVENT, _, length, ..] => Some(3 + usize::from(*length)),
        // Synchronous and isochronous data: nobody here has any. One byte at a time until something makes sense.
        [kind, ..] if ![COMMAND, DATA, EVENT].contains(kind) => Some(1),
        _ => None,
    }
}

/// The answer to the host's question how many packets it may send ahead (LE Read Buffer Size).
fn widen(packet: &mut [u8]) {
    if let [EVENT, COMMAND_COMPLETE, _, _, 0x02, 0x20, 0, _, _, count] = packet {
        *count = HELD_PACKETS;
    }
}

/// The news of a link that came up well.
fn is_connection(packet: &[u8]) -> bool {
    matches!(packet, [EVENT, LE_META, _, LE_CONNECTION_COMPLETE | LE_ENHANCED_CONNECTION_COMPLETE, 0, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTED: [u8; 5] = [EVENT, LE_META, 2, LE_CONNECTION_COMPLETE, 0];
    const READ: [u8; 12] = [DATA, 0x40, 0, 7, 0, 3, 0, 4, 0, 0x0a, 3, 0];

    fn at(ms: u64) -> Uptime {
        Uptime(Duration::from_millis(ms))
    }

    #[test]
    fn a_question_and_its_answer_take_two_events() {
        let air = Air::new(Duration::from_millis(200));
        assert_eq!(air.due(&READ, Direction::ToHost, at(5)), at(5), "no link, nothing to wait for");
        assert_eq!(air.due(&CONNECTED, Direction::ToHost, at(10)), at(10));
        let asked = air.due(&READ, Direction::ToHost, at(15));
        assert_eq!(asked, at(210));
        assert_eq!(air.due(&READ, Direction::ToController, asked + Duration::from_millis(3)), at(410));
        assert_eq!(air.due(&[EVENT, DISCONNECTION_COMPLETE, 0], Direction::ToHost, at(420)), at(420));
        let links = air.links();
        assert!(links.len() == 1 && links[0].ended);
        assert_eq!(links[0].packets[0].head, "0a0300");
    }

    #[test]
    fn packets_have_lengths_once_their_header_is_there() {
        assert_eq!(packet_length(&READ), Some(READ.len()));
        assert_eq!(packet_length(&READ[..4]), None);
        assert_eq!(packet_length(&CONNECTED), Some(CONNECTED.len()));
        assert_eq!(packet_length(&[COMMAND, 3, 0x0c, 0]), Some(4));
        assert_eq!(packet_length(&[]), None);
    }

    #[test]
    fn the_host_may_send_ahead() {
        let mut answer = [EVENT, COMMAND_COMPLETE, 7, 1, 0x02, 0x20, 0, 251, 0, 1];
        widen(&mut answer);
        assert_eq!(answer[9], HELD_PACKETS);
    }

    #[tokio::test]
    async fn commands_pass_at_once() {
        let (controller, mut other) = tokio::io::duplex(64);
        let mut host = paced(controller, &Air::new(Duration::from_secs(60)));
        host.write_all(&[COMMAND, 3, 0x0c, 0]).await.unwrap();
        let mut seen = [0; 4];
        other.read_exact(&mut seen).await.unwrap();
        assert_eq!(seen, [COMMAND, 3, 0x0c, 0]);
    }
}
