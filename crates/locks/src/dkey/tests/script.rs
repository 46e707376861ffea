//! Entropy that gives what a transcript was made with: told apart by length.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use terskel_model::Entropy;

/// Two bytes are salts and count; everything else comes from the list, first of fitting length first.
pub(super) struct Script {
    salt: u8,
    count: AtomicU8,
    values: Mutex<Vec<Vec<u8>>>,
}

impl Script {
    pub(super) fn new(salt: u8, values: &[&[u8]]) -> Self {
        let values = values.iter().map(|value| value.to_vec()).collect();
        Self { salt, count: AtomicU8::new(0), values: Mutex::new(values) }
    }
}

impl Entropy for Script {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == 2 {
            bytes.copy_from_slice(&[self.salt, self.count.fetch_add(1, Ordering::Relaxed) + 1]);
            return;
        }
        let mut values = self.values.lock().unwrap();
        let place = values.iter().position(|value| value.len() == bytes.len());
        bytes.copy_from_slice(&values.remove(place.expect("the script has no more of this length")));
    }
}
