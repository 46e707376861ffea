//! From payloads of the reliable layer to requests, and back.

use terskel_model::Uptime;

use super::SimulatedLock;
use super::lock::Stage;
use crate::danalock::afi::{Message, code};
use crate::danalock::reliable::Heard;
use crate::danalock::tls::{Server, ServerStep};
use crate::device::DeviceTime;

impl SimulatedLock {
    pub(super) fn hear(&mut self, heard: Heard, now: DeviceTime) {
        match heard {
            Heard::Opened => {
                let server = Server::new(self.identity(), self.finished_in(), self.entropy.clone());
                self.stage = Stage::Handshake(Box::new(server));
                self.waiting = None;
            }
            Heard::Data(record) => self.take(&record, now),
            // A lock that has ended the session itself goes; one that was left waits for the next session.
            Heard::Closed | Heard::Dead => {
                self.waiting = None;
                self.stage = if matches!(self.stage, Stage::Leaving) { Stage::Gone } else { Stage::Idle };
            }
        }
    }

    fn take(&mut self, record: &[u8], now: DeviceTime) {
        match &mut self.stage {
            Stage::Handshake(server) => match server.take(record) {
                Ok(ServerStep::Wait) => {}
                Ok(ServerStep::Send(records)) => self.send_all(records, now.uptime),
                Ok(ServerStep::Open(records, channel)) => {
                    self.stage = Stage::Open { channel, token: None };
                    self.send_all(records, now.uptime);
                }
                Err(_) => self.leave(now.uptime),
            },
            Stage::Open { channel, .. } => {
                let Ok(plain) = channel.open(record) else { return self.leave(now.uptime) };
                match Message::decode(&plain) {
                    Some(Message::Request { command, payload }) => self.obey(command, payload, now),
                    _ => self.leave(now.uptime),
                }
            }
            Stage::Away | Stage::Idle | Stage::Leaving | Stage::Gone => {}
        }
    }

    fn send_all(&mut self, records: Vec<Vec<u8>>, now: Uptime) {
        for record in records {
            self.link.send(record, now);
        }
    }

    /// Seals and sends a message, if a phone is there to take it.
    pub(super) fn say(&mut self, message: &[u8], now: Uptime) {
        if let Stage::Open { channel, .. } = &mut self.stage
            && let Ok(record) = channel.seal(message)
        {
            self.link.send(record, now);
        }
    }

    /// Answers the request that waits with a status alone.
    pub(super) fn answer_waiting(&mut self, status: u8, now: Uptime) {
        let Some(command) = self.waiting.take() else { return };
        if self.faults.fin_instead_of_result {
            self.leave(now);
        } else if !self.faults.drop_result {
            self.say(&command.result(status, &[]), now);
        }
    }

    /// Ends the session, and then the connection.
    pub(super) fn leave(&mut self, now: Uptime) {
        self.waiting = None;
        if self.link.is_open() {
            self.link.close(now);
            self.stage = Stage::Leaving;
        } else {
            self.stage = Stage::Gone;
        }
    }

    /// Whether that token may log in now.
    pub(super) fn judge(&self, blob: &[u8], now: DeviceTime) -> Result<usize, u8> {
        let known = |token: &super::Token| crate::secret::same(&token.blob, blob);
        let place = self.config.tokens.iter().position(known).ok_or(code::TOKEN_UNKNOWN)?;
        let token = self.config.tokens.get(place).ok_or(code::TOKEN_UNKNOWN)?;
        let time = self.time(now);
        if token.valid_from.is_some_and(|from| time < from) {
            return Err(code::TOKEN_NOT_YET);
        }
        if token.valid_to.is_some_and(|to| to < time) {
            return Err(code::TOKEN_EXPIRED);
        }
        Ok(place)
    }
}
