//! The station's keys: what digital keys verify against. The phone believes what the station of its enrolment answers, and
//! nobody else: at enrolment, at each sign-in, and where it asks because a digital key is signed by somebody unknown.

use terskel_api::authority::KeySet;
use terskel_keys::{AuthorityKey, AuthorityKeys, digital_key};

use crate::interface::Problem;
use crate::state::Core;
use crate::store::{KeyState, Phone};

/// More than a station ever has at a time.
const MOST: usize = 16;

/// The keys in the station's answer.
pub(super) fn read(told: &KeySet) -> Result<AuthorityKeys, Problem> {
    let keys: Vec<_> = told.ed25519().map(AuthorityKey).collect();
    if (1..=MOST).contains(&keys.len()) {
        Ok(keys.into_iter().collect())
    } else {
        tracing::error!(count = keys.len(), "the station tells no usable keys");
        Err(Problem::StationFailed)
    }
}

/// Believes `told` in place of what was known. Digital keys that it does not vouch for are worth nothing and go, so that
/// new ones are asked for.
pub(super) async fn learn(core: &Core, phone: &Phone, told: &KeySet) -> Result<(), Problem> {
    let authority = read(told)?;
    if authority == phone.authority {
        return Ok(());
    }
    let (keys, public) = (core.store.keys().await?, phone.identity.public());
    let vouched = |bytes: &[u8]| digital_key::verify(bytes, &authority, &public).is_ok();
    let kept = keys.iter().filter(|key| key.state != KeyState::Withdrawn);
    let orphans: Vec<_> = kept.filter(|key| !vouched(&key.bytes)).map(|key| key.id).collect();
    tracing::info!(orphans = orphans.len(), "the station's keys have changed");
    core.store.save_authority(&authority, &orphans).await?;
    Ok(core.refresh().await?)
}

/// Asks the station for its keys. Returns what the phone knows then.
pub(crate) async fn ask(core: &Core, phone: &Phone) -> Result<Phone, Problem> {
    let told = core.station(phone)?.authority_keys().await?;
    learn(core, phone, &told).await?;
    core.phone()
}
