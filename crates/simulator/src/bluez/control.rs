//! What the control API does to devices and to the air around them.

use terskel_locks::device::DeviceFault;
use terskel_model::Uptime;

use super::Bluez;

impl Bluez {
    /// Out of range a link falls silent, and is given up after the supervision timeout.
    pub(crate) fn set_out_of_range(&mut self, i: usize, on: bool, now: Uptime) {
        let p = &mut self.peripherals[i];
        p.faults.out_of_range = on;
        if let Some(link) = p.link().filter(|link| on && !link.silent) {
            link.silent = true;
            self.gone_silent(i, now);
        }
    }

    /// A sleeping device does not advertise; a link that is up stays up.
    pub(crate) fn set_asleep(&mut self, i: usize, on: bool) {
        self.peripherals[i].faults.asleep = on;
    }

    /// The n-th packet from now is lost.
    pub(crate) fn lose_packet(&mut self, i: usize, n: u32) {
        self.peripherals[i].faults.lose_packet = Some(n);
    }

    /// The device's clock is ahead.
    pub(crate) fn set_clock_skew(&mut self, i: usize, seconds: i64) {
        self.peripherals[i].faults.clock_skew_s = seconds;
    }

    /// How strong the device is heard.
    pub(crate) fn set_signal(&mut self, i: usize, dbm: i16) {
        self.peripherals[i].signal_dbm = dbm;
    }

    /// Something inside the device; it may have something to tell about it.
    pub(crate) fn break_device(&mut self, i: usize, fault: DeviceFault, now: Uptime) {
        self.peripherals[i].device.inject(fault);
        self.collect(i, now);
    }

    /// All is well again, the battery as full as it was at the start.
    pub(crate) fn mend(&mut self, i: usize, now: Uptime) {
        self.peripherals[i].clear_air();
        let battery = DeviceFault::Battery(self.peripherals[i].battery_at_start);
        let faults = [DeviceFault::Hang(false), DeviceFault::Jammed(false), DeviceFault::Uncalibrated(false)];
        for fault in faults.into_iter().chain([DeviceFault::Mended, battery]) {
            self.break_device(i, fault, now);
        }
    }
}
