//! Installing a dKey: by the activation code that its administrator has made (6.4).

use zeroize::Zeroizing;

use super::family::device;
use super::phone::{AssociationCommand, AssociationEvent, AssociationProblem, AssociationSession};
use super::{ActivationCode, Credential, SERVICE, TO_SERVER};
use crate::family::{Heard, Invalid};
use crate::install::{Asks, BoxPairing, Found, Install, Installer, Pairing, PairingEvent, PairingProblem};

pub(super) struct Installing;

impl Install for Installing {
    /// A lock says nothing of whether a code waits in it.
    fn found(&self, heard: &Heard<'_>) -> Option<Found> {
        let ours = heard.services.iter().any(|service| [SERVICE, TO_SERVER].contains(service));
        let id = heard.name.filter(|name| device(name).is_ok())?;
        ours.then(|| Found {
            device_id: id.to_ascii_lowercase(),
            asks: Asks::ActivationCode,
            ready: true,
            latch: false,
        })
    }

    fn pair(&self, _: &Found, code: &str, installer: Installer) -> Result<BoxPairing, Invalid> {
        let code = ActivationCode::parse(code).map_err(|error| Invalid::new("code", error.to_string()))?;
        let session = AssociationSession::new(code, installer.entropy);
        Ok(Box::new(Pairing::new(session, AssociationCommand::Close, word)))
    }
}

/// A key that only the phone knows of is worth trying: the code is spent.
fn word(event: AssociationEvent) -> PairingEvent {
    match event {
        AssociationEvent::Associated { credential, lock }
        | AssociationEvent::Unconfirmed { credential, lock } => {
            PairingEvent::Paired { credential: bytes(&credential), device_id: lock.device_id }
        }
        AssociationEvent::Failed { problem, detail } => {
            PairingEvent::Failed { problem: why(problem), detail }
        }
    }
}

fn bytes(credential: &Credential) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(credential.to_bytes().to_vec())
}

fn why(problem: AssociationProblem) -> PairingProblem {
    match problem {
        AssociationProblem::WrongCode => PairingProblem::WrongCode,
        AssociationProblem::Unsupported => PairingProblem::Unsupported,
        AssociationProblem::LockError => PairingProblem::LockError,
        AssociationProblem::LinkLost | AssociationProblem::Closed => PairingProblem::LinkLost,
        AssociationProblem::NoAnswer => PairingProblem::NoAnswer,
    }
}
