//! Entropy that gives what a transcript was made with: told apart by length.

use std::sync::Mutex;

use terskel_model::Entropy;

/// First of fitting length first.
pub(super) struct Script(Mutex<Vec<Vec<u8>>>);

impl Script {
    pub(super) fn new(vectors: &[&str]) -> Self {
        Self(Mutex::new(vectors.iter().map(|name| super::vectors::vector(name)).collect()))
    }
}

impl Entropy for Script {
    fn fill(&self, bytes: &mut [u8]) {
        let mut values = self.0.lock().unwrap();
        let place = values.iter().position(|value| value.len() == bytes.len());
        bytes.copy_from_slice(&values.remove(place.expect("the script has no more of this length")));
    }
}
