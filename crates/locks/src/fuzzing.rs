//! Targets for fuzzing: everything that reads what a radio brings. Each takes bytes that mean nothing in particular and
//! asserts what must hold of any. `docs/fuzzing.md` says how to run them; the tests replay their corpus.

mod input;
#[cfg(test)]
mod replay;
pub(crate) mod room;
mod visit;

pub(crate) use input::Input;
pub(crate) use room::Room;
pub(crate) use visit::{Holds, judge, visit};

pub use crate::danalock::fuzzing::{
    danalock_afi, danalock_broadcast, danalock_certificate, danalock_credential, danalock_device,
    danalock_frames, danalock_handshake, danalock_reliable, danalock_session, danalock_tls, danalock_visit,
};
pub use crate::dkey::fuzzing::{
    dkey_association, dkey_channel, dkey_device, dkey_frames, dkey_messages, dkey_session, dkey_visit,
};
pub use crate::hub::fuzzing::{hub_device, hub_frames, hub_messages, hub_session, hub_visit};
pub use crate::nuki::fuzzing::{
    nuki_authorizations, nuki_device, nuki_frames, nuki_messages, nuki_pairing, nuki_session, nuki_visit,
};

/// A target: takes any bytes, and panics where something does not hold.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also its folder in the corpus and its file in `fuzz/fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("danalock_afi", danalock_afi),
    ("danalock_broadcast", danalock_broadcast),
    ("danalock_certificate", danalock_certificate),
    ("danalock_credential", danalock_credential),
    ("danalock_device", danalock_device),
    ("danalock_frames", danalock_frames),
    ("danalock_handshake", danalock_handshake),
    ("danalock_reliable", danalock_reliable),
    ("danalock_session", danalock_session),
    ("danalock_tls", danalock_tls),
    ("danalock_visit", danalock_visit),
    ("dkey_association", dkey_association),
    ("dkey_channel", dkey_channel),
    ("dkey_device", dkey_device),
    ("dkey_frames", dkey_frames),
    ("dkey_messages", dkey_messages),
    ("dkey_session", dkey_session),
    ("dkey_visit", dkey_visit),
    ("hub_device", hub_device),
    ("hub_frames", hub_frames),
    ("hub_messages", hub_messages),
    ("hub_session", hub_session),
    ("hub_visit", hub_visit),
    ("nuki_authorizations", nuki_authorizations),
    ("nuki_device", nuki_device),
    ("nuki_frames", nuki_frames),
    ("nuki_messages", nuki_messages),
    ("nuki_pairing", nuki_pairing),
    ("nuki_session", nuki_session),
    ("nuki_visit", nuki_visit),
];
