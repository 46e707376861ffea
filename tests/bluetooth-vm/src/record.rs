//! What the lock writes down: its bolt's movements, and every packet of the links with the connection event that
//! carried it. Both programs read the same clock of the virtual machine.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use terskel_model::Uptime;

/// The lock's side of the story.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// Can it be found?
    pub advertising: bool,
    /// The family's word for the bolt's state.
    pub state: String,
    /// What the bolt did, in order.
    pub movements: Vec<String>,
    /// Its connections, in order.
    pub links: Vec<LinkRecord>,
}

/// One connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkRecord {
    /// The uptime at which it came up: connection events lie at whole intervals from here.
    pub anchor: Duration,
    /// From one connection event to the next.
    pub interval: Duration,
    /// It is gone.
    pub ended: bool,
    /// What went over it.
    pub packets: Vec<Packet>,
}

/// An ATT packet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Packet {
    /// The connection event that carried it, from 1.
    pub event: u64,
    /// The direction.
    pub from_phone: bool,
    /// Its first bytes in hex: operation, handle or range.
    pub head: String,
}

impl Record {
    /// Reads what a lock has written.
    ///
    /// # Errors
    /// There is no such file, or it is no record.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Writes it, in one piece for whoever reads at the same time.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let draft = path.with_extension("draft");
        std::fs::write(&draft, serde_json::to_vec(self)?)?;
        std::fs::rename(draft, path).with_context(|| format!("can't write {}", path.display()))
    }
}

impl LinkRecord {
    /// A link that comes up.
    #[must_use]
    pub fn new(anchor: Uptime, interval: Duration) -> Self {
        Self { anchor: anchor.0, interval, ended: false, packets: Vec::new() }
    }

    /// How many connection events there had been at that time.
    #[must_use]
    pub fn events_until(&self, at: Uptime) -> u64 {
        let events = at.0.saturating_sub(self.anchor).as_nanos() / self.interval.as_nanos().max(1);
        u64::try_from(events).unwrap_or(u64::MAX)
    }

    /// The last connection event before that time that carried anything: what was needed, without what the emulated
    /// processor took afterwards.
    #[must_use]
    pub fn used_until(&self, at: Uptime) -> u64 {
        let there = self.events_until(at);
        self.packets.iter().map(|packet| packet.event).filter(|event| *event <= there).max().unwrap_or(0)
    }

    /// The connection event in which the lock's side confirmed the last subscription.
    #[must_use]
    pub fn subscribed(&self) -> u64 {
        let (mut asked, mut confirmed) = (false, 0);
        for packet in &self.packets {
            match (packet.from_phone, packet.head.as_str()) {
                // A write request of the two bytes for notifications or indications.
                (true, head) if head.starts_with("12") => {
                    asked = head.len() == 10 && (head.ends_with("0100") || head.ends_with("0200"));
                }
                (false, "13") if std::mem::take(&mut asked) => confirmed = packet.event,
                _ => {}
            }
        }
        confirmed
    }

    /// The first connection event after that time, and when it is.
    #[must_use]
    pub fn next_event(&self, after: Uptime) -> (u64, Uptime) {
        let number = self.events_until(after) + 1;
        let periods = u32::try_from(number).unwrap_or(u32::MAX);
        (number, Uptime(self.anchor.saturating_add(self.interval.saturating_mul(periods))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Uptime {
        Uptime(Duration::from_millis(ms))
    }

    #[test]
    fn events_are_counted_from_the_anchor() {
        let link = LinkRecord::new(at(1000), Duration::from_millis(200));
        assert_eq!([999, 1000, 1199, 1200, 1450].map(|ms| link.events_until(at(ms))), [0, 0, 0, 1, 2]);
        assert_eq!(link.next_event(at(1000)), (1, at(1200)));
        assert_eq!(link.next_event(at(1399)), (2, at(1400)));
        assert_eq!(link.next_event(at(1400)), (3, at(1600)));
    }

    #[test]
    fn a_subscription_is_confirmed_by_the_lock() {
        let mut link = LinkRecord::new(at(0), Duration::from_millis(100));
        let heard = [
            (true, "120a000100"),
            (false, "13"),
            (true, "0a0300"),
            (false, "0b36"),
            (true, "1209000004d0ec"),
        ];
        for (event, (from_phone, head)) in (1..).zip(heard) {
            link.packets.push(Packet { event, from_phone, head: head.into() });
        }
        link.packets.push(Packet { event: 9, from_phone: false, head: "13".into() });
        assert_eq!((link.subscribed(), link.used_until(at(350)), link.used_until(at(899))), (2, 3, 5));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let path = std::env::temp_dir().join(format!("terskel-record-{}.json", std::process::id()));
        let mut link = LinkRecord::new(at(7), Duration::from_millis(30));
        link.packets.push(Packet { event: 2, from_phone: true, head: "02f700".into() });
        let record = Record { movements: vec!["unlocked".into()], links: vec![link], ..Record::default() };
        record.write(&path).unwrap();
        let read = Record::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            (read.movements.as_slice(), read.links[0].packets[0].event),
            (&["unlocked".into()][..], 2)
        );
    }
}
