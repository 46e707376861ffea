//! What the lock's records do to a session: handshake, login, results and events (6.3, 7.1).

use terskel_model::Uptime;

use super::ANSWER_WITHIN;
use super::failure;
use super::request::{Asked, Outstanding};
use super::session::{LockSession, Stage};
use crate::danalock::afi::{Event, Login, Message, Status};
use crate::danalock::certificate::Trust;
use crate::danalock::tls::{Client, ClientStep};
use crate::failure::Failure;
use crate::lock::LockEvent;

impl LockSession {
    /// The reliable layer is open: the handshake starts.
    pub(super) fn greet(&mut self, now: Uptime) {
        self.trips.heard();
        let (client, hello) = Client::start(self.expected(now), self.visitor.entropy.clone());
        self.link.send(hello, now);
        self.stage = Stage::Handshake { client: Box::new(client), give_up: now + ANSWER_WITHIN };
    }

    /// Takes a record.
    pub(super) fn take(&mut self, record: &[u8], now: Uptime) -> Result<(), Failure> {
        self.trips.heard();
        match &mut self.stage {
            Stage::Handshake { client, give_up } => {
                *give_up = now + ANSWER_WITHIN;
                let step = client.take(record)?;
                self.step(step, now)
            }
            Stage::LoggingIn(channel) | Stage::Open(channel) => {
                let plain = channel.open(record)?;
                self.take_message(&plain, now)
            }
            _ => Ok(()),
        }
    }

    fn step(&mut self, step: ClientStep, now: Uptime) -> Result<(), Failure> {
        match step {
            ClientStep::Wait => {}
            ClientStep::Send(records) => {
                for record in records {
                    self.link.send(record, now);
                }
            }
            ClientStep::Open { channel, fingerprint } => {
                if self.credential.trust == Trust::FirstSeen {
                    self.events.push_back(LockEvent::FirstSeen { fingerprint });
                }
                self.stage = Stage::LoggingIn(channel);
                let login = Login::encode(&self.credential.login_token);
                self.ask(Asked::Login, &login, now)?;
            }
        }
        Ok(())
    }

    /// Sends a request; the caller has seen to it that none is under way.
    pub(super) fn ask(&mut self, asked: Asked, request: &[u8], now: Uptime) -> Result<(), Failure> {
        let (Stage::LoggingIn(channel) | Stage::Open(channel)) = &mut self.stage else { return Ok(()) };
        let record = channel.seal(request)?;
        let number = self.link.send(record, now);
        self.outstanding = Some(Outstanding { asked, number, give_up: now + ANSWER_WITHIN });
        Ok(())
    }

    fn take_message(&mut self, plain: &[u8], now: Uptime) -> Result<(), Failure> {
        match Message::decode(plain) {
            Some(Message::Event { class, event, payload }) => {
                if let Some(state) = Event::decode(class, event, payload) {
                    self.learn_moving(state);
                    self.learn(state);
                }
                Ok(())
            }
            Some(Message::Result { command, status, payload }) => {
                let waiting = self.outstanding.take().filter(|waiting| waiting.asked.command() == command);
                // A command that is still in the phone can't have a result; it stays there.
                let waiting = waiting.filter(|waiting| waiting.asked != Asked::Operate || self.is_given());
                let waiting = waiting.ok_or_else(|| failure::unexpected("a result"))?;
                self.last_result = now;
                self.take_result(waiting.asked, Status(status), payload, now)
            }
            Some(Message::Request { .. }) => Err(failure::unexpected("a request")),
            None => Err(failure::unexpected("something unreadable")),
        }
    }

    fn take_result(
        &mut self,
        asked: Asked,
        status: Status,
        payload: &[u8],
        now: Uptime,
    ) -> Result<(), Failure> {
        match asked {
            Asked::Login => self.logged_in(status)?,
            Asked::Operate => self.operated(status, now),
            Asked::State => self.state_told(status, payload, now),
            Asked::Power => self.power_told(status, payload),
            Asked::Information => self.described(status, payload),
            Asked::Clock => {}
        }
        self.advance(now)
    }

    fn logged_in(&mut self, status: Status) -> Result<(), Failure> {
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::LoggingIn(channel) => self.stage = Stage::Open(channel),
            other => self.stage = other,
        }
        if status.0 == 0 { Ok(()) } else { Err(failure::login(status)) }
    }
}
