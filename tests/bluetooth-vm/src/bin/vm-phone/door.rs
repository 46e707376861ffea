//! One door: the radio, its lock's family and credential, and what the lock writes down.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use terskel_bluetooth_vm::{LinkRecord, Record};
use terskel_locks::family::{BoxSession, FAMILIES, Family, Heard, LockPlace, Visitor, find};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock, Uptime};
use terskel_radio::{AdapterState, BluetoothRadio, Link, Radio, RunningSession, ScanFilter, Sighting};
use terskel_simulator::Lock;
use zeroize::Zeroizing;

/// How long finding, connecting, and an operation may take, time being dilated.
const LIMIT: Duration = Duration::from_secs(40);
/// Between two looks at what the lock writes.
const LOOK: Duration = Duration::from_millis(50);

pub(crate) type Running = RunningSession<LockCommand, LockEvent>;

pub(crate) struct Door {
    radio: BluetoothRadio,
    lock: Lock,
    family: &'static dyn Family,
    credential: Zeroizing<Vec<u8>>,
    record: PathBuf,
}

impl Door {
    pub(crate) fn new(radio: BluetoothRadio, lock: Lock, record: &Path) -> Result<Self> {
        let family = find(FAMILIES, &lock.family).context("an unknown family")?;
        let credential = lock.credential()?.context("a lock without a credential")?;
        Ok(Self { radio, lock, family, credential, record: record.to_owned() })
    }

    /// Waits for bluetoothd, which has only just been started.
    pub(crate) async fn ready(&self) -> Result<()> {
        let mut state = self.radio.state();
        let on = state.wait_for(|state| *state == AdapterState::On);
        tokio::time::timeout(LIMIT, on).await.context("Bluetooth does not come on")??;
        Ok(())
    }

    fn place(&self) -> LockPlace<'_> {
        LockPlace { address: &self.lock.address, device_id: &self.lock.device_id }
    }

    /// Listens until the lock is heard.
    pub(crate) async fn find(&self) -> Result<Sighting> {
        let listen = self.family.listen();
        let filter = ScanFilter { services: listen.services, companies: listen.companies };
        let recognised = |sighting: &Sighting| {
            let heard = Heard {
                address: sighting.address.as_deref(),
                name: sighting.name.as_deref(),
                services: &sighting.services,
                manufacturer: &sighting.manufacturer,
            };
            self.family.recognises(&self.place(), &heard)
        };
        Ok(terskel_radio::find(&self.radio, filter, LIMIT, recognised).await?)
    }

    /// Connects and subscribes.
    pub(crate) async fn connect(&self, heard: &Sighting) -> Result<(BoxSession, Box<dyn Link>)> {
        let visitor = Visitor {
            entropy: Arc::new(SystemWorld),
            clocks: (SystemWorld.now(), SystemWorld.uptime()),
            name: "vm-phone".into(),
        };
        let session = self.family.open(&self.place(), &self.credential, visitor)?;
        let link = terskel_radio::connect(&self.radio, &heard.device, &session.profile(), LIMIT).await?;
        Ok((session, link))
    }

    /// What the lock has written of the newest link.
    pub(crate) fn link(&self) -> Result<LinkRecord> {
        Record::read(&self.record)?.links.pop().context("the lock knows of no link")
    }

    /// Waits until the lock can be found again.
    pub(crate) async fn free(&self) -> Result<()> {
        let freed = async {
            while !Record::read(&self.record)?.advertising {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        tokio::time::timeout(LIMIT, freed).await.context("the lock is not let go")?
    }
}

/// Asks for it and waits for the outcome.
pub(crate) async fn operate(
    session: &mut Running,
    operation: Operation,
    wanted: DoorOutcome,
) -> Result<Uptime> {
    session.send(LockCommand::Operate(operation))?;
    let ended = wait(session, |event| matches!(event, LockEvent::Outcome { .. })).await?;
    match ended {
        LockEvent::Outcome { outcome, .. } if outcome == wanted => Ok(SystemWorld.uptime()),
        other => bail!("wanted {wanted}, and it came to {other:?}"),
    }
}

/// Waits for such an event.
pub(crate) async fn wait(session: &mut Running, wanted: impl Fn(&LockEvent) -> bool) -> Result<LockEvent> {
    let waiting = async {
        loop {
            let event = session.next().await.context("the session has ended")?;
            if wanted(&event) {
                return Ok(event);
            }
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.context("no answer from the lock")?
}

/// Ends politely.
pub(crate) async fn close(mut session: Running) -> Result<()> {
    session.send(LockCommand::Close)?;
    let ending = async { while session.next().await.is_some() {} };
    tokio::time::timeout(LIMIT, ending).await.context("the session does not end")
}
