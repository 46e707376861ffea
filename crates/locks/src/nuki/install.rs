//! Installing a Nuki: in pairing mode, which its button begins (6).

use zeroize::Zeroizing;

use super::family::{beacon_id, nuki_id};
use super::phone::{PairingRequest, PairingSession};
use super::{BEACON_COMPANY, Generation, PAIRING_SERVICE, ULTRA_PAIRING_SERVICE, phone};
use crate::family::{Heard, Invalid};
use crate::install::{Asks, BoxPairing, Found, Install, Installer, Pairing, PairingEvent, PairingProblem};

/// How a lock's name begins; the rest is its id.
const NAMED: &str = "Nuki_";
/// Bytes that a lock has for the name of an authorization.
const NAME: usize = 32;

pub(super) struct Installing;

impl Install for Installing {
    /// In pairing mode a lock names its pairing service; else its beacon tells who it is.
    fn found(&self, heard: &Heard<'_>) -> Option<Found> {
        let pairs = |service| heard.services.contains(&service);
        let beacon = heard.from_company(BEACON_COMPANY).and_then(beacon_id);
        let named = heard.name.and_then(|name| nuki_id(name.strip_prefix(NAMED)?).ok());
        let asks = match (pairs(PAIRING_SERVICE), pairs(ULTRA_PAIRING_SERVICE)) {
            (_, true) => Asks::Pin,
            (true, false) => Asks::PinOrNothing,
            // Which generation it is shows when it pairs.
            (false, false) if beacon.is_some() => Asks::PinOrNothing,
            (false, false) => return None,
        };
        let ready = pairs(PAIRING_SERVICE) || pairs(ULTRA_PAIRING_SERVICE);
        Some(Found { device_id: format!("{:08x}", named.or(beacon)?), asks, ready, latch: true })
    }

    fn pair(&self, found: &Found, code: &str, installer: Installer) -> Result<BoxPairing, Invalid> {
        let generation = if found.asks == Asks::Pin { Generation::Ultra } else { Generation::Classic };
        let request = PairingRequest {
            generation,
            name: short(&installer.name),
            app_id: Some(installer.number),
            pin: pin(generation, code)?,
            administrator: true,
            unlatch: installer.knob_outside,
        };
        let device_id = found.device_id.clone();
        let session = PairingSession::new(request, installer.entropy);
        let close = phone::PairingCommand::Close;
        Ok(Box::new(Pairing::new(session, close, move |event| word(event, &device_id))))
    }
}

fn pin(generation: Generation, code: &str) -> Result<Option<u32>, Invalid> {
    let (code, digits) = (code.trim(), if generation == Generation::Ultra { 6 } else { 4 });
    if code.is_empty() && generation == Generation::Classic {
        return Ok(None);
    }
    let good = code.len() == digits && code.bytes().all(|byte| byte.is_ascii_digit());
    let pin = code.parse().ok().filter(|_| good);
    pin.map(Some).ok_or_else(|| Invalid::new("code", format!("must be {digits} digits")))
}

fn short(name: &str) -> String {
    let mut name = name.to_owned();
    while name.len() > NAME {
        name.pop();
    }
    name
}

fn word(event: phone::PairingEvent, device_id: &str) -> PairingEvent {
    match event {
        phone::PairingEvent::Paired { credential, .. } => PairingEvent::Paired {
            credential: Zeroizing::new(credential.to_bytes().to_vec()),
            device_id: device_id.to_owned(),
        },
        phone::PairingEvent::Failed { problem, detail } => {
            PairingEvent::Failed { problem: why(problem), detail }
        }
    }
}

fn why(problem: phone::PairingProblem) -> PairingProblem {
    use phone::PairingProblem as P;
    match problem {
        P::NotPairing => PairingProblem::NotReady,
        P::WrongPin | P::NoPin => PairingProblem::WrongCode,
        P::TooManyPins => PairingProblem::TooManyCodes,
        P::Full => PairingProblem::Full,
        P::BadAuthenticator | P::LockError => PairingProblem::LockError,
        P::LinkLost | P::Unconfirmed | P::Closed => PairingProblem::LinkLost,
        P::NoAnswer => PairingProblem::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_as_many_digits_as_the_generation_and_may_be_left_out_where_the_lock_pairs_without() {
        assert_eq!(pin(Generation::Classic, " 0042 ").unwrap(), Some(42));
        assert_eq!(pin(Generation::Classic, "").unwrap(), None);
        assert_eq!(pin(Generation::Ultra, "012345").unwrap(), Some(12345));
        for (generation, wrong) in [
            (Generation::Ultra, ""),
            (Generation::Ultra, "1234"),
            (Generation::Classic, "12345"),
            (Generation::Classic, "12a4"),
        ] {
            assert_eq!(pin(generation, wrong).unwrap_err().field, "code");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_its_characters() {
        assert_eq!(short("Siv Eide"), "Siv Eide");
        assert_eq!(short(&"å".repeat(20)), "å".repeat(16));
    }
}
