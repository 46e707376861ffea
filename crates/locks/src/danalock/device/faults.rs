//! What is wrong with a lock, by name.

use std::sync::Arc;

use terskel_model::world::random;
use zeroize::Zeroizing;

use super::SimulatedLock;
use crate::danalock::Serial;
use crate::danalock::tls::{Identity, content};
use crate::danalock::vendor::Vendor;

/// Faults of the family.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub(super) wrong_certificate: bool,
    pub(super) wrong_serial_certificate: bool,
    pub(super) finished_as_handshake: bool,
    pub(super) drop_result: bool,
    pub(super) fin_instead_of_result: bool,
    pub(super) next_status: Option<u8>,
}

impl SimulatedLock {
    pub(super) fn break_own(&mut self, name: &str) {
        let status = name.strip_prefix("status_").and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match name {
            "wrong_certificate" => self.faults.wrong_certificate = true,
            "wrong_serial_certificate" => self.faults.wrong_serial_certificate = true,
            "finished_0x16" => self.faults.finished_as_handshake = true,
            "drop_result" => self.faults.drop_result = true,
            "fin_instead_of_result" => self.faults.fin_instead_of_result = true,
            "lose_ack" => self.link.manners().lose_ack = true,
            "duplicate_frames" => self.link.manners().duplicate = true,
            "bytewise" => self.link.manners().bytewise = true,
            _ => self.faults.next_status = status.or(self.faults.next_status),
        }
    }

    pub(super) fn mend_own(&mut self) {
        self.faults = Faults::default();
        *self.link.manners() = Default::default();
    }

    /// What the lock proves who it is with: its own, or an impostor's.
    pub(super) fn identity(&self) -> Identity {
        let own = || Identity {
            certificate: self.config.certificate.clone(),
            scalar: self.config.scalar.clone(),
            #[cfg(test)]
            signature: self.signature.clone(),
        };
        let serial = if self.faults.wrong_serial_certificate {
            let [first, rest @ ..] = self.config.serial.0;
            let [a, b, c, d, e] = rest;
            Serial([first ^ 1, a, b, c, d, e])
        } else if self.faults.wrong_certificate {
            self.config.serial
        } else {
            return own();
        };
        let seed = Zeroizing::new(random(&*Arc::clone(&self.entropy)));
        let impostor = Vendor::new(&seed).and_then(|vendor| vendor.lock(serial));
        impostor.map_or_else(own, |lock| Identity {
            certificate: lock.certificate_der.clone(),
            scalar: lock.scalar.clone(),
            #[cfg(test)]
            signature: None,
        })
    }

    pub(super) fn finished_in(&self) -> u8 {
        let plain = self.config.finished_in == super::FinishedIn::Handshake;
        if plain || self.faults.finished_as_handshake { content::HANDSHAKE } else { content::APPLICATION }
    }
}
