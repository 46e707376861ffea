//! Letting the phone into a lock. The secret is stored, with the event, before anybody hears of it.

use std::time::Duration;

use terskel_api::dispatch::Lock;
use terskel_locks::install::{BoxPairing, Installer, PairingEvent, PairingProblem};
use terskel_locks::session::Session as _;
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{DoorId, LockId, ResidentId, name};
use terskel_radio::RadioError;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::desk::FoundLock;
use super::lead;
use super::test::radio_reason;
use crate::interface::{DoorInput, Outcome, Problem, TeamHome};
use crate::state::Core;
use crate::store::{Place, Tried};
use crate::visit::CONNECT_WITHIN;

/// Longer than every limit inside a pairing.
const WATCHDOG: Duration = Duration::from_secs(60);

/// What the lock gave.
type Given = (Zeroizing<Vec<u8>>, String);

/// Pairs with the lock that was found as `device`.
pub(crate) async fn pair(
    core: &Core,
    device: &str,
    code: Zeroizing<String>,
    (resident, place, knob_outside): (ResidentId, DoorInput, Option<bool>),
) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    let _turn = core.install.turn.try_lock().map_err(|_| Problem::Busy)?;
    if core.snapshot().installation.is_some() {
        return Err(Problem::Busy);
    }
    let home = core.store.team_home(resident).await?.map(super::homes::shown).ok_or(Problem::NotFound)?;
    let place = placed(core, &home, place)?;
    let found = core.show(|live| live.install.found.iter().find(|lock| lock.device.0 == device).cloned());
    let found = found.ok_or(Problem::NotFound)?;
    let machine = machine(core, &found, &code, (&session.worker_name, knob_outside))?;
    let given = working(core, attempt(core, &found, machine)).await;
    let device_id = given.as_ref().map_or(found.found.device_id.clone(), |(_, id)| id.clone());
    let lock = Lock {
        id: LockId::new(&*core.world),
        family: LockFamily::from(found.family.name()),
        address: found.address.clone(),
        device_id,
        log_after: 0,
    };
    let tried = Tried { place: &place, lock: &lock, worker: session.worker };
    let result = match given {
        Ok((secret, _)) => {
            core.store.lock_paired(&tried, &secret, &phone, &core.clock).await?;
            Ok(Outcome::Done)
        }
        Err(reason) => {
            core.store.pairing_failed(&tried, &reason, &phone, &core.clock).await?;
            Err(Problem::NotPaired { reason })
        }
    };
    core.outbox.notify_one();
    core.refresh().await?;
    if result.is_ok() {
        super::stop_finding(core);
    }
    result
}

fn placed(core: &Core, home: &TeamHome, input: DoorInput) -> Result<Place, Problem> {
    let (door, kind, name, position) = match input {
        DoorInput::Known { id } => {
            let door = home.doors.iter().find(|door| door.id == id).ok_or(Problem::NotFound)?;
            (id, DoorKind::from(door.kind.as_str()), door.name.clone(), None)
        }
        DoorInput::New { kind, name, position } => {
            let invalid = |_| Problem::Invalid { field: "doorName".into() };
            let name = name::required(&name, 200).map_err(invalid)?;
            (DoorId::new(&*core.world), DoorKind::from(kind.as_str()), name, Some(position))
        }
    };
    let address = Some(format!("{}, {}", home.address, home.town));
    Ok(Place { resident: home.resident, home: address, door, kind, name, position })
}

fn machine(
    core: &Core,
    lock: &FoundLock,
    code: &str,
    (worker, knob_outside): (&str, Option<bool>),
) -> Result<BoxPairing, Problem> {
    let family = lock.family.install().ok_or(Problem::NotFound)?;
    // Nobody guesses it: behind a knob a lock that leaves the latch opens nothing.
    if lock.found.latch && knob_outside.is_none() {
        return Err(Problem::Invalid { field: "knobOutside".into() });
    }
    let installer = Installer {
        entropy: core.world.clone(),
        name: format!("Terskel {worker}"),
        number: core.install.number(&lock.device, &*core.world),
        knob_outside: knob_outside == Some(true),
    };
    family.pair(&lock.found, code, installer).map_err(|_| Problem::Invalid { field: "lockCode".into() })
}

async fn working<T>(core: &Core, doing: impl Future<Output = T>) -> T {
    core.show(|live| live.install.working = Some("pair"));
    let done = doing.await;
    core.show(|live| live.install.working = None);
    done
}

/// An error: why not, in a code.
async fn attempt(core: &Core, lock: &FoundLock, machine: BoxPairing) -> Result<Given, String> {
    if !lock.found.ready {
        return Err(PairingProblem::NotReady.as_str().to_owned());
    }
    let reached = |error: RadioError| radio_reason(&error).as_str().to_owned();
    let profile = machine.profile();
    let link = terskel_radio::connect(&*core.radio, &lock.device, &profile, CONNECT_WITHIN).await;
    let mut session = terskel_radio::run(machine, link.map_err(reached)?, core.world.clone());
    match timeout(WATCHDOG, session.next()).await {
        Ok(Some(PairingEvent::Paired { credential, device_id })) => Ok((credential, device_id)),
        Ok(Some(PairingEvent::Failed { problem, detail })) => {
            tracing::info!(?problem, detail, "not paired");
            Err(problem.as_str().to_owned())
        }
        Ok(None) | Err(_) => Err(PairingProblem::NoAnswer.as_str().to_owned()),
    }
}
