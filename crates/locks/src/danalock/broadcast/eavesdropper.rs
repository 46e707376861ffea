//! State out of broadcasts.

use zeroize::Zeroizing;

use super::{Broadcast, COMPANY, lock_flag, sender};
use crate::danalock::Serial;
use crate::family::{self, Heard};
use crate::lock::LockState;

/// Follows one lock. Whoever has the broadcast key can make it believe anything; a recorded broadcast can be played
/// again to one that has heard none yet.
pub(crate) struct Eavesdropper {
    serial: Serial,
    key: Zeroizing<[u8; 16]>,
    last: Option<u16>,
}

impl Eavesdropper {
    pub(crate) fn new(serial: Serial, key: Zeroizing<[u8; 16]>) -> Self {
        Self { serial, key, last: None }
    }
}

impl family::Eavesdropper for Eavesdropper {
    fn hear(&mut self, heard: &Heard<'_>) -> Option<LockState> {
        let data = heard.from_company(COMPANY).filter(|data| sender(data) == Some(self.serial))?;
        let broadcast = Broadcast::decode(data, &self.key)?;
        if self.last.is_some_and(|last| !broadcast.is_newer_than(last)) {
            return None;
        }
        self.last = Some(broadcast.counter);
        Some(state(&broadcast))
    }
}

fn state(broadcast: &Broadcast) -> LockState {
    let has = |flag| broadcast.lock_flags & flag != 0;
    LockState {
        locked: Some(has(lock_flag::LOCKED)),
        battery_percent: Some(broadcast.battery).filter(|percent| *percent <= 100),
        jammed: has(lock_flag::BLOCKED),
        calibrated: Some(has(lock_flag::AUTO_CALIBRATED) || has(lock_flag::POINT_CALIBRATED)),
        ..LockState::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::{BROADCAST_KEY, LOCK, hex};
    use crate::family::Eavesdropper as _;

    #[test]
    fn each_newer_broadcast_is_told_once() {
        let key: [u8; 16] = hex(BROADCAST_KEY).try_into().unwrap();
        let mut ear = Eavesdropper::new(LOCK, key.into());
        let mut hear = |company, data: &str| {
            let manufacturer = [(company, hex(data))];
            ear.hear(&Heard { address: None, name: None, services: &[], manufacturer: &manufacturer })
        };
        let locked = "020a1b2c3d4e5f00684db4cbbc0b1ac52aacb12ca3f62b5c";
        let unlocked = "020a1b2c3d4e5f002ffd38ffc2e637e37141241817d1dd9d";
        assert_eq!(hear(1, locked), None, "another company");
        assert_eq!(hear(COMPANY, &locked.replace("4e5f", "4e5e")), None, "another lock");
        let state = hear(COMPANY, locked).unwrap();
        assert_eq!(
            (state.locked, state.battery_percent, state.calibrated),
            (Some(true), Some(74), Some(true))
        );
        assert_eq!(hear(COMPANY, locked), None, "nothing new");
        assert_eq!(hear(COMPANY, unlocked).unwrap().locked, Some(false));
        assert_eq!(hear(COMPANY, locked), None, "played again");
        assert_eq!(hear(COMPANY, "03"), None);
    }
}
