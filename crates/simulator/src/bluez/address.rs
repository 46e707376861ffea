//! Devices that change their Bluetooth address, so that nobody can follow them about.

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::world::random;

use super::{Bluez, Due};

/// A device keeps its address while it is connected, and looks again after this.
const AGAIN: Duration = Duration::from_secs(1);

impl Bluez {
    /// It is time for device `i` to change its address.
    pub(super) fn address_due(&mut self, i: usize, now: Uptime) {
        let next = if self.change_address(i, now) { self.timing.address_lifetime } else { AGAIN };
        self.timers.push(now + next, Due::NewAddress { peripheral: i });
    }

    /// Device `i` advertises under another address from now on; the daemon drops what it knew of the old one. False
    /// while it is connected.
    pub(crate) fn change_address(&mut self, i: usize, now: Uptime) -> bool {
        if self.peripherals[i].is_connected() {
            return false;
        }
        self.abort_connect(i);
        self.forget(i);
        let mut address: [u8; 6] = random(&*self.world);
        // Static random: the two highest bits are ones (Core Specification, vol. 6 part B, 1.3.2.1).
        address[0] |= 0xc0;
        let address = address.map(|byte| format!("{byte:02X}")).join(":");
        tracing::debug!(device = %self.peripherals[i].id, address, "changes its address");
        self.peripherals[i].move_to(address);
        self.expect_advertisement(i, now);
        true
    }
}
