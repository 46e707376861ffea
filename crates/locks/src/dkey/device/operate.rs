//! What a lock does for a key (6.5 to 6.7).

use super::SimulatedLock;
use super::lock::Stage;
use super::mechanism::Stuck;
use crate::device::DeviceTime;
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Changes, Mode, StatusReport, UnlockAnswer, error, feature, id, is_command, kind, mask,
};

/// Every notification there is.
const ALL: u8 = 0x7f;
/// What a lock was seen to answer; of unknown meaning.
const UNLOCK_TIMEOUT: i32 = 6;
const UNLOCK_LENGTH: usize = 7;

impl SimulatedLock {
    pub(super) fn operate(&mut self, holder: [u8; 4], frame: &Frame, now: DeviceTime) {
        match frame.id {
            id::GET_MASK => self.channel.send(mask(ALL)),
            id::SET_MASK => {
                self.mask = frame.payload.first().copied().unwrap_or(0) & ALL;
                let wanted =
                    self.mechanism.values().into_iter().filter(|(kind, _)| self.mask & (1 << kind) != 0);
                self.channel.send(Changes(wanted.collect()).encode(id::SET_MASK_ANSWER));
            }
            id::UNLOCK if frame.payload.len() == UNLOCK_LENGTH => self.unlock(holder, now),
            id::UNLOCK => self.channel.ack(frame.id, error::NOT_SUPPORTED),
            id::CHANGE_MODE if Mode::decode(&frame.payload) == Some(Mode::LOCK) => self.lock(holder, now),
            id::CHANGE_MODE => self.channel.ack(frame.id, error::NOT_SUPPORTED),
            command if is_command(command) => self.refuse(command),
            _ => {}
        }
    }

    fn unlock(&mut self, holder: [u8; 4], now: DeviceTime) {
        let answer = |error| UnlockAnswer { error, timeout: UNLOCK_TIMEOUT }.encode();
        if self.disabled(holder) {
            return self.channel.send(answer(error::NO_AVAILABLE_KEYS));
        }
        if self.run(false, holder, now).is_err() {
            return self.channel.send(answer(error::WRONG_STATE));
        }
        self.channel.send(answer(0));
        self.tell_moved([0, 1]);
        if self.key(holder).is_some_and(|key| key.features & feature::ONE_TIME != 0) {
            self.disable(holder, true);
        }
    }

    fn lock(&mut self, holder: [u8; 4], now: DeviceTime) {
        if self.disabled(holder) {
            return self.channel.ack(id::CHANGE_MODE, error::NO_AVAILABLE_KEYS);
        }
        if self.run(true, holder, now).is_err() {
            return self.channel.ack(id::CHANGE_MODE, error::WRONG_STATE);
        }
        self.channel.ack(id::CHANGE_MODE, 0);
        self.tell_moved([1, 1]);
    }

    fn disabled(&self, holder: [u8; 4]) -> bool {
        self.key(holder).is_none_or(|key| key.features & feature::KEY_DISABLED != 0)
    }

    fn run(&mut self, lock: bool, holder: [u8; 4], now: DeviceTime) -> Result<(), Stuck> {
        let by = format!("{:08x}", u32::from_be_bytes(holder));
        let moved = self.mechanism.throw(lock, by, now.wall);
        if moved.is_err() {
            self.channel.send(StatusReport { kind: StatusReport::STUCK, report: vec![] }.encode());
        }
        moved
    }

    /// The report's bytes are a stand-in: nobody knows what real locks put there.
    fn tell_moved(&mut self, report: [u8; 2]) {
        self.channel.send(StatusReport { kind: StatusReport::LOCK_UNLOCK, report: report.to_vec() }.encode());
        self.notify(kind::UNLOCK_STATUS);
    }

    /// Tells the phone of a value, if it is there and wants to know.
    pub(super) fn notify(&mut self, kind: u8) {
        if !matches!(self.stage, Stage::Ready { .. }) || self.mask & (1 << kind) == 0 {
            return;
        }
        let news = self.mechanism.values().into_iter().filter(|(of, _)| *of == kind).collect();
        self.channel.send(Changes(news).encode(id::CHANGES));
    }
}
