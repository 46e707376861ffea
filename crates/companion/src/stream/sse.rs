//! Server-sent events (WHATWG HTML §9.2), sans-I/O: bytes in, events out.

/// Longer than any dispatch: a longer line is not from a station.
const LONGEST_LINE: usize = 1 << 20;

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// What to give as `Last-Event-ID` after it; the last one seen, if any.
    pub(super) id: Option<String>,
    /// Its name; `message` when it has none, nothing where the stream only says how far it is.
    pub(super) name: String,
    /// Its data lines, joined by line breaks.
    pub(super) data: String,
}

/// A line is longer than any of a station's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the stream is too long")]
pub(super) struct TooLong;

/// Takes the stream apart, however it is cut into chunks.
#[derive(Debug, Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed right after it belongs to it.
    after_cr: bool,
    begun: bool,
    id: Option<String>,
    /// The block that is being read has an id.
    has_id: bool,
    name: String,
    data: Vec<String>,
    size: usize,
}

impl Parser {
    /// The events that `bytes` complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let joined = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
            match byte {
                b'\n' if joined => {}
                b'\r' | b'\n' => events.extend(self.end_of_line()),
                _ if self.line.len() + self.size >= LONGEST_LINE => return Err(TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(events)
    }

    fn end_of_line(&mut self) -> Option<SseEvent> {
        let raw = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&raw);
        // A byte order mark may stand before the first line.
        let line = if self.begun { &*text } else { text.trim_start_matches('\u{feff}') };
        self.begun = true;
        if line.is_empty() {
            return self.end_of_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = value.to_owned(),
            "data" => {
                self.size += value.len();
                self.data.push(value.to_owned());
            }
            "id" if !value.contains('\0') => {
                self.id = Some(value.to_owned());
                self.has_id = true;
            }
            // Comments have an empty field name; `retry` is ours to choose; the rest is not known.
            _ => {}
        }
        None
    }

    fn end_of_event(&mut self) -> Option<SseEvent> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        self.size = 0;
        let has_id = std::mem::take(&mut self.has_id);
        let name = match (data.is_empty(), name.is_empty()) {
            (true, _) if !has_id => return None,
            (true, _) => String::new(),
            (false, true) => "message".to_owned(),
            (false, false) => name,
        };
        Some(SseEvent { id: self.id.clone(), name, data: data.join("\n") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: Option<&str>, name: &str, data: &str) -> SseEvent {
        SseEvent { id: id.map(str::to_owned), name: name.into(), data: data.into() }
    }

    const STREAM: &str = "\u{feff}: hello\n\nid: 7\nevent: dispatch\ndata: {\"a\":\ndata: 1}\n\n\
        : heartbeat\n\ndata:plain\r\n\r\nid: 8\r\n\r\nretry: 5\rdata:  two \rdata\r\rdata: cut off";

    fn expected() -> Vec<SseEvent> {
        vec![
            event(Some("7"), "dispatch", "{\"a\":\n1}"),
            event(Some("7"), "message", "plain"),
            event(Some("8"), "", ""),
            event(Some("8"), "message", " two \n"),
        ]
    }

    #[test]
    fn however_the_stream_is_cut_the_same_events_come_out() {
        for size in 1..=STREAM.len() {
            let mut parser = Parser::default();
            let events: Vec<_> =
                STREAM.as_bytes().chunks(size).flat_map(|chunk| parser.feed(chunk).unwrap()).collect();
            assert_eq!(events, expected(), "in chunks of {size}");
        }
    }

    #[test]
    fn letters_of_more_bytes_survive_a_cut_and_an_unfinished_event_is_not_told() {
        let mut parser = Parser::default();
        let bytes = "data: Bjørnstad 👵\n".as_bytes();
        for byte in bytes {
            assert_eq!(parser.feed(&[*byte]).unwrap(), []);
        }
        assert_eq!(parser.feed(b"\n").unwrap(), [event(None, "message", "Bjørnstad 👵")]);
    }

    #[test]
    fn an_endless_line_and_an_endless_event_are_refused() {
        let mut parser = Parser::default();
        assert_eq!(parser.feed(&vec![b'x'; LONGEST_LINE + 1]), Err(TooLong));
        let mut parser = Parser::default();
        let line = [b"data:".as_slice(), &[b'x'; 1000], b"\n"].concat();
        assert!((0..2000).any(|_| parser.feed(&line).is_err()));
    }
}
