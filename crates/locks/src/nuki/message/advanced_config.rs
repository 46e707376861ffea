//! 0x0037 Advanced Config, lock, in answer to 0x0036; 0x0035 Set Advanced Config, phone: the same without its first
//! field, then challenge and PIN (8.8).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | total degrees; not in Set |
//! | 2 | 8 | offsets: unlocked, locked, single-locked, unlocked-to-locked |
//! | 10 | 1 | lock 'n' go timeout, s |
//! | 11 | 5 | single and double press, detached cylinder, battery type, its detection |
//! | 16 | 1 | unlatch duration, s |
//! | 17 | 2 | auto-lock timeout, s |
//! | 19 | 12 | auto-unlock disabled; night mode: 9; auto-lock, immediate auto-lock, auto-update |
//! | 31 | 0 or 2 | Ultra: motor speed, slow at night |

use super::id;
#[cfg(test)]
use super::reader::Reader;
use crate::nuki::Generation;
use crate::nuki::frame::Message;

const LOCK_N_GO: usize = 8;
const UNLATCH: usize = 14;
/// Bytes after the first field.
const CLASSIC: usize = 29;
const ULTRA: usize = 31;

/// How the lock is set up, beyond what most people need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdvancedConfig {
    pub(crate) degrees: u16,
    /// All that can be set.
    fields: Vec<u8>,
}

impl AdvancedConfig {
    /// With these durations in seconds, and nothing else set.
    pub(crate) fn new(generation: Generation, lock_n_go: u8, unlatch: u8) -> Self {
        let mut fields = vec![0; if generation == Generation::Ultra { ULTRA } else { CLASSIC }];
        fields[LOCK_N_GO] = lock_n_go;
        fields[UNLATCH] = unlatch;
        Self { degrees: 720, fields }
    }

    pub(crate) fn encode(&self) -> Message {
        Message::new(id::ADVANCED_CONFIG, [&self.degrees.to_le_bytes()[..], &self.fields].concat())
    }

    #[cfg(test)]
    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self { degrees: reader.u16()?, fields: reader.0.to_vec() })
    }

    /// Takes what is to be set; `None` where it has not as many bytes as this lock has settings.
    pub(crate) fn set(&mut self, body: &[u8]) -> Option<()> {
        (body.len() == self.fields.len()).then(|| self.fields.copy_from_slice(body))
    }

    pub(crate) fn lock_n_go(&self) -> u8 {
        self.fields.get(LOCK_N_GO).copied().unwrap_or_default()
    }

    pub(crate) fn unlatch(&self) -> u8 {
        self.fields.get(UNLATCH).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_lengths_of_8_8() {
        for (generation, length) in [(Generation::Classic, 31), (Generation::Ultra, 33)] {
            let mut config = AdvancedConfig::new(generation, 20, 3);
            let sent = config.encode().payload;
            assert_eq!((sent.len(), sent[10], sent[16]), (length, 20, 3));
            assert_eq!(AdvancedConfig::decode(&sent), Some(config.clone()));
            let mut body = sent[2..].to_vec();
            (body[8], body[14]) = (40, 5);
            assert_eq!(config.set(&body), Some(()));
            assert_eq!((config.lock_n_go(), config.unlatch()), (40, 5));
            assert_eq!(config.set(&body[1..]), None);
        }
    }
}
