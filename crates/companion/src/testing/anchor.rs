//! Holds tokio's paused time still while something outside tokio works.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;

/// Where time is real there is nothing to hold, and what that costs would be measured.
pub(crate) static TIME_IS_REAL: AtomicBool = AtomicBool::new(false);

/// Paused time advances by itself whenever every task waits; SQLite's thread is not a task. A blocking task is, so
/// one waits as long as this lives.
pub(crate) struct Anchor {
    _alive: Option<mpsc::Sender<()>>,
}

impl Anchor {
    pub(crate) fn drop_here() -> Self {
        if TIME_IS_REAL.load(Relaxed) {
            return Self { _alive: None };
        }
        let (alive, gone) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gone.recv());
        Self { _alive: Some(alive) }
    }
}
