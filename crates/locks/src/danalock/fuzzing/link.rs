//! Frames out of a stream, and the reliable layer.

use terskel_model::Uptime;

use super::SERIAL;
use crate::danalock::VALUE;
use crate::danalock::frame::{Frame, Kind, Stream};
use crate::danalock::reliable::{Heard, PHONE_ADDRESS, Reliable};
use crate::fuzzing::{Input, room};

/// Several times what any known frame needs.
const LONGEST: usize = 4096;

/// A stream gives the same frames however it is cut, keeps no more than the longest frame, and what it gives has one
/// form.
pub fn danalock_frames(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let cuts = input.chunk().unwrap_or_default();
    let wire = input.rest();
    let mut stream = Stream::default();
    let whole = stream.push(wire);
    assert!(stream.collected() <= LONGEST);
    let mut stream = Stream::default();
    let pieces = Input::new(cuts).cut(wire);
    let cut: Vec<_> = pieces.into_iter().flat_map(|piece| stream.push(piece)).collect();
    assert_eq!(cut, whole, "cutting changes what is heard");
    for frame in whole {
        assert_eq!(Stream::default().push(&frame.encode()), [frame]);
    }
    if let Some(frame) = Frame::decode(wire) {
        assert_eq!(Stream::default().push(&frame.encode()), [frame]);
    }
}

struct End {
    link: Reliable,
    stream: Stream,
    sent: Vec<u8>,
    heard: Vec<u8>,
    opened: usize,
}

/// Two ends of a session, and an air that loses, repeats and makes up frames. What is not made up comes in order, and
/// once.
pub fn danalock_reliable(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut now = Uptime::default();
    let mut ends = [Reliable::phone(SERIAL, room::world(1)), Reliable::lock(SERIAL, room::world(2))]
        .map(|link| End { link, stream: Stream::default(), sent: Vec::new(), heard: Vec::new(), opened: 0 });
    ends[0].link.open(now);
    let (mut next, mut forged) = (0_u8, false);
    while let Some(step) = input.byte() {
        let which = usize::from(step & 1);
        match step >> 1 & 7 {
            0 if ends[which].link.is_open() => {
                next = next.wrapping_add(1);
                ends[which].sent.push(next);
                ends[which].link.send(vec![next; usize::from(step / 16) + 1], now);
            }
            1 => carry(&mut ends, which, 1, now),
            2 => carry(&mut ends, which, 0, now),
            3 => carry(&mut ends, which, 2, now),
            4 => {
                forged = true;
                let Some([kind, numbers, ports, payload @ ..]) = input.chunk() else { continue };
                let frame = made_up(which, *kind, *numbers, *ports, payload);
                ends[which].link.received(frame, now);
            }
            5 => ends[which].link.close(now),
            6 => {
                let due = ends[which].link.poll_timeout();
                now = due.unwrap_or(now).max(now);
                ends[which].link.timed_out(now);
            }
            _ => {
                for _ in 0..20 {
                    carry(&mut ends, 0, 1, now);
                    carry(&mut ends, 1, 1, now);
                }
            }
        }
        for (from, to) in [(0, 1), (1, 0)] {
            let (sent, heard) = (&ends[from].sent, &ends[to].heard);
            // A session that is opened anew knows nothing of the one before.
            let again = ends.iter().any(|end| end.opened > 1);
            assert!(forged || again || in_order(heard, sent), "heard {heard:?} of {sent:?}");
        }
    }
    for mut end in ends {
        end.link.silence();
        assert!(end.link.is_drained() && end.link.poll_timeout().is_none());
    }
}

/// Each of `heard` is in `sent`, once and in order.
fn in_order(heard: &[u8], sent: &[u8]) -> bool {
    let mut sent = sent.iter();
    heard.iter().all(|heard| sent.any(|sent| sent == heard))
}

/// Carries a frame of one side: so many times.
fn carry(ends: &mut [End; 2], from: usize, times: usize, now: Uptime) {
    let mut frames = Vec::new();
    let mut bytes = 0;
    // All the values of one frame.
    while frames.is_empty() {
        let Some((_, value)) = ends[from].link.poll(VALUE) else { return };
        bytes += value.len();
        assert!(value.len() <= VALUE && bytes <= LONGEST);
        frames = ends[from].stream.push(&value);
    }
    let to = 1 - from;
    for frame in frames.iter().cycle().take(frames.len() * times) {
        match ends[to].link.received(frame.clone(), now) {
            Some(Heard::Data(payload)) => ends[to].heard.push(payload.first().copied().unwrap_or_default()),
            Some(Heard::Opened) => ends[to].opened += 1,
            Some(Heard::Closed | Heard::Dead) | None => {}
        }
    }
}

/// A frame that nobody has sent, to that end.
fn made_up(to: usize, kind: u8, numbers: u8, ports: u8, payload: &[u8]) -> Frame {
    let (dst, src) = if to == 0 { (PHONE_ADDRESS, SERIAL.0) } else { (SERIAL.0, PHONE_ADDRESS) };
    Frame {
        kind: [Kind::Data, Kind::Syn, Kind::Fin][usize::from(kind) % 3],
        dst,
        src,
        to: ports >> 4,
        from: ports & 0xf,
        seq: numbers & 0xf,
        ack: numbers >> 4,
        payload: payload.to_vec(),
    }
}
