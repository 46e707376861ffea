//! How long the system may take. btleplug's own limits are 30 s, or none.

use std::time::Duration;

/// A question to the Bluetooth service on this machine, without air in between.
pub(super) const CALL: Duration = Duration::from_secs(3);
/// Reaching the bus at all; libdbus blocks a thread for it.
pub(super) const BUS: Duration = Duration::from_secs(10);
/// Starting or stopping discovery; adapters have been seen to take most of a second.
pub(super) const DISCOVERY: Duration = Duration::from_secs(4);
/// Waiting for discovery to stop before a connection is made; after that the connection is tried all the same.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// A write: the lock protocols give up on an answer after 5 s.
pub(super) const WRITE: Duration = Duration::from_secs(5);
/// A disconnect: BlueZ answers after 1.9–3.3 s.
pub(super) const DISCONNECT: Duration = Duration::from_secs(6);
/// Between two looks at the adapter.
pub(super) const LOOK: Duration = Duration::from_secs(2);
/// Before a discovery that was refused is asked for again (BlueZ says Busy while the adapter powers up).
pub(super) const RETRY: Duration = Duration::from_millis(200);
/// After so long without anything wanted heard, discovery is started anew.
pub(super) const SILENCE: Duration = Duration::from_secs(15);
