//! Brings a proven lock to the station, as soon as there is network, and wipes it from the phone.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::Secret;
use terskel_api::admin::NewLock;
use terskel_api::installation::Installation;
use terskel_api::problem::code;
use tokio::time::sleep;

use crate::session::call;
use crate::state::{Backoff, Core};
use crate::station_client::StationError;
use crate::store::{InstallationFacts, Phone, Session, Snapshot, StoreError};

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Runs until the engine ends.
pub(crate) async fn keep_bringing(core: Arc<Core>) {
    let mut facts = core.facts();
    let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
    loop {
        let snapshot = facts.borrow_and_update().clone();
        let due = due(&snapshot);
        match due {
            Some((phone, session, installation)) => match bring(&core, phone, session, installation).await {
                Ok(true) => backoff.reset(),
                Ok(false) => sleep(backoff.wait(&*core.world)).await,
                Err(error) => {
                    tracing::error!(%error, "store");
                    sleep(backoff.wait(&*core.world)).await;
                }
            },
            None if facts.changed().await.is_err() => return,
            None => {}
        }
    }
}

/// Proven, its proof is at the station, and the lead who has proven it is signed in: the station takes it from nobody else.
fn due(snapshot: &Snapshot) -> Option<(&Phone, &Session, &InstallationFacts)> {
    let session = snapshot.session.as_ref().filter(|session| session.leads && !session.rejected)?;
    let installation = snapshot.installation.as_ref()?;
    let (_, proven) = installation.proven_by(session.worker);
    let ready = proven.is_some() && installation.told && installation.refused.is_none();
    ready.then_some((snapshot.phone.as_ref()?, session, installation))
}

/// Whether it came to an end. False: try again.
async fn bring(
    core: &Core,
    phone: &Phone,
    session: &Session,
    facts: &InstallationFacts,
) -> Result<bool, StoreError> {
    let Some(body) = described(core, facts).await? else { return Ok(false) };
    let answer =
        call(core, phone, session.id, |station, credential| station.install(credential, body.clone())).await;
    match answer {
        Ok(()) => {
            core.store.installation_done(facts.lock.id).await?;
            core.show(|live| live.install.installed = Some(facts.place.name.clone()));
        }
        Err(StationError::Problem { problem }) if is_final(&problem.code) => {
            tracing::warn!(code = problem.code, field = problem.field, "the station refuses the lock");
            core.store.installation_refused(facts.lock.id, &problem.code).await?;
        }
        Err(error) => {
            tracing::info!(%error, "the lock could not be brought");
            return Ok(false);
        }
    }
    core.refresh().await?;
    Ok(true)
}

async fn described(core: &Core, facts: &InstallationFacts) -> Result<Option<Installation>, StoreError> {
    let secret = core.store.installation_secret(facts.lock.id).await?;
    let (Some(secret), Some(opened), Some(locked)) = (secret, facts.opened, facts.locked) else {
        return Ok(None);
    };
    let lock = NewLock {
        id: facts.lock.id,
        family: facts.lock.family.clone(),
        address: facts.lock.address.clone(),
        device_id: facts.lock.device_id.clone(),
        credential: hex(&secret),
    };
    let (resident, door, new_door) = (facts.place.resident, facts.place.door, facts.place.new_door());
    Ok(Some(Installation { resident, door, new_door, lock, opened, locked }))
}

fn hex(bytes: &[u8]) -> Secret {
    use std::fmt::Write as _;
    let mut text = zeroize::Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        // A string takes all that is written to it.
        write!(text, "{byte:02x}").ok();
    }
    Secret::new(text.as_str())
}

/// Trying again would not mend it.
fn is_final(code: &str) -> bool {
    ![code::UNAUTHENTICATED, code::SLOW_DOWN, code::INTERNAL, code::USE_NONCE, code::INVALID_PROOF]
        .contains(&code)
}
