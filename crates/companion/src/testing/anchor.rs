//! Holds tokio's paused time still while something outside tokio works.

use std::sync::mpsc;

/// Paused time advances by itself whenever every task waits; SQLite's thread is not a task. A blocking task is, so
/// one waits as long as this lives.
pub(crate) struct Anchor {
    _alive: mpsc::Sender<()>,
}

impl Anchor {
    pub(crate) fn drop_here() -> Self {
        let (alive, gone) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gone.recv());
        Self { _alive: alive }
    }
}
