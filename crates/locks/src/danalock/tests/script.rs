//! Entropy that gives what a transcript was made with: told apart by length.

use std::sync::Mutex;

use terskel_model::Entropy;

/// Values, of which the first of fitting length comes first.
pub(super) struct Script(Mutex<Vec<Vec<u8>>>);

impl Script {
    pub(super) fn new(values: &[&[u8]]) -> Self {
        Self(Mutex::new(values.iter().map(|value| value.to_vec()).collect()))
    }
}

impl Entropy for Script {
    fn fill(&self, bytes: &mut [u8]) {
        let mut values = self.0.lock().unwrap();
        let place = values.iter().position(|value| value.len() == bytes.len());
        bytes.copy_from_slice(&values.remove(place.expect("the script has no more of this length")));
    }
}
