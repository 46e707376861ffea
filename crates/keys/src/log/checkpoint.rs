use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Frontier, Hash, LogKey, LogPublicKey, NoteError};

/// How large the log was and which root it had then (C2SP `tlog-checkpoint`): three lines, the log's name, its size and
/// its root. The lines that may follow are not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Of the log as it is.
    #[must_use]
    pub fn of(log: &Frontier) -> Self {
        Self { size: log.size(), root: log.root() }
    }

    /// Signs it as a note. The same checkpoint always gives the same note.
    #[must_use]
    pub fn sign(&self, key: &LogKey) -> String {
        key.sign(&format!("{}\n{}\n{}\n", key.public().name(), self.size, STANDARD.encode(self.root)))
    }

    /// Reads a checkpoint that this station has signed of its own log.
    ///
    /// # Errors
    /// [`NoteError`]; also for another log's name, a size with leading zeros and a root of another length.
    pub fn open(note: &str, key: &LogPublicKey) -> Result<Self, NoteError> {
        let mut lines = key.open(note)?.lines();
        let mut line = || lines.next().ok_or(NoteError::Malformed);
        let (name, size, root) = (line()?, line()?, line()?);
        let number: u64 = size.parse().map_err(|_| NoteError::Malformed)?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        match root {
            Some(root) if name == key.name() && number.to_string() == size => Ok(Self { size: number, root }),
            _ => Err(NoteError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::leaf_hash;

    fn station() -> LogKey {
        LogKey::from_seed(&[0x10; 32])
    }

    fn checkpoint() -> Checkpoint {
        let mut log = Frontier::default();
        for leaf in 0..20_852_u64 {
            log.append(leaf_hash(&leaf.to_be_bytes()));
        }
        Checkpoint::of(&log)
    }

    #[test]
    fn a_checkpoint_is_read_back_and_another_stations_is_refused() {
        let note = checkpoint().sign(&station());
        assert_eq!(Checkpoint::open(&note, station().public()), Ok(checkpoint()));
        let stranger = LogKey::from_seed(&[0x11; 32]);
        assert!(matches!(Checkpoint::open(&note, stranger.public()), Err(NoteError::OtherSigner(_))));
    }

    #[test]
    fn every_change_to_a_checkpoint_is_noticed() {
        let note = checkpoint().sign(&station());
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut changed = note.clone().into_bytes();
                changed[at] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                assert!(Checkpoint::open(&changed, station().public()).is_err(), "byte {at}, bit {bit}");
            }
            assert!(Checkpoint::open(&note[..note.floor_char_boundary(at)], station().public()).is_err());
        }
    }

    #[test]
    fn another_logs_name_and_numbers_written_otherwise_are_refused_even_when_signed() {
        let name = station().public().name().to_owned();
        let root = STANDARD.encode([7; 32]);
        let open = |text: &str| Checkpoint::open(&station().sign(text), station().public());
        assert!(open(&format!("{name}\n7\n{root}\n")).is_ok());
        assert!(open(&format!("{name}\n7\n{root}\nfor others\n")).is_ok());
        for text in [
            format!("elsewhere\n7\n{root}\n"),
            format!("{name}\n07\n{root}\n"),
            format!("{name}\n-7\n{root}\n"),
            format!("{name}\n18446744073709551616\n{root}\n"),
            format!("{name}\n7\n{}\n", STANDARD.encode([7; 31])),
            format!("{name}\n7\n"),
        ] {
            assert_eq!(open(&text), Err(NoteError::Malformed), "{text}");
        }
    }

    #[test]
    fn the_document_shows_a_true_checkpoint() {
        let document = include_str!("../../../../docs/audit.md");
        for vector in [checkpoint().sign(&station()), station().public().to_string()] {
            assert!(document.contains(&vector), "docs/audit.md lacks:\n{vector}");
        }
    }

    proptest! {
        #[test]
        fn noise_is_refused_quietly(text in "\\PC{0,80}", lines in prop::collection::vec("\\PC{0,30}", 0..6)) {
            prop_assert!(Checkpoint::open(&text, station().public()).is_err());
            prop_assert!(Checkpoint::open(&lines.join("\n"), station().public()).is_err());
        }
    }
}
