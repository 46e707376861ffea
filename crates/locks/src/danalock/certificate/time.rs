//! Times in certificates, always UTC with seconds.

use terskel_model::Timestamp;

use super::der::{Element, element, tag};

/// Reads UTCTime or GeneralizedTime.
pub(super) fn time(element: Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(element.content).ok()?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let full = match (element.tag, digits.len()) {
        // Years of two digits run from 1950 to 2049 (RFC 5280).
        (tag::UTC_TIME, 12) if digits < "5" => format!("20{digits}"),
        (tag::UTC_TIME, 12) => format!("19{digits}"),
        (tag::GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| full.get(from..to);
    let (date, clock) =
        ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?, part(12, 14)?));
    format!("{}-{}-{}T{}:{}:{}Z", date.0, date.1, date.2, clock.0, clock.1, clock.2).parse().ok()
}

/// Writes a time as RFC 5280 wants it.
pub(super) fn encode(at: Timestamp) -> Vec<u8> {
    let full = at.format("%Y%m%d%H%M%SZ").to_string();
    match full.strip_prefix("20").filter(|short| *short < "5") {
        Some(short) => element(tag::UTC_TIME, &[short.as_bytes()]),
        None => element(tag::GENERALIZED_TIME, &[full.as_bytes()]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::der::Reader;
    use super::*;

    #[test]
    fn both_forms_are_read_and_written() {
        for (text, tag) in [
            ("2020-01-01T00:00:00Z", tag::UTC_TIME),
            ("2049-12-31T23:59:59Z", tag::UTC_TIME),
            ("2099-01-01T00:00:00Z", tag::GENERALIZED_TIME),
        ] {
            let at: Timestamp = text.parse().unwrap();
            let bytes = encode(at);
            let element = Reader::new(&bytes).next().unwrap();
            assert_eq!((element.tag, time(element)), (tag, Some(at)));
        }
        let read = |tag, content: &[u8]| time(Reader::new(&element(tag, &[content])).next().unwrap());
        assert_eq!(read(tag::UTC_TIME, b"500101000000Z"), "1950-01-01T00:00:00Z".parse().ok());
        for bad in [&b"20200101000000"[..], b"20201301000000Z", b"202001010000Z", b"2020010100000\xffZ"] {
            assert_eq!(read(tag::GENERALIZED_TIME, bad), None);
        }
    }
}
