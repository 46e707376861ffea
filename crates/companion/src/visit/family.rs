//! The registry of lock families, and how devices are told apart in the air.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use terskel_api::dispatch::{Hub, Lock};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session;
use terskel_locks::{dkey, hub};
use terskel_model::door::{DoorReason, LockFamily};
use terskel_model::{Clock, Entropy};
use terskel_radio::{DeviceRef, Link, Radio, RadioError, RunningSession, ScanFilter, Sighting};

/// A session on its way.
pub(super) type Connecting<C, E> = BoxFuture<'static, Result<RunningSession<C, E>, RadioError>>;

/// How long connecting may take, with all its attempts.
pub(super) const CONNECT_WITHIN: std::time::Duration = std::time::Duration::from_secs(15);

/// Everything that can be in a home.
pub(super) fn scan_filter() -> ScanFilter {
    ScanFilter { services: vec![dkey::SERVICE, dkey::TO_SERVER, hub::SERVICE], companies: vec![hub::COMPANY] }
}

/// By address, or by the id it advertises as its name where the platform hides addresses.
pub(super) fn is_lock(lock: &Lock, sighting: &Sighting) -> bool {
    same(&lock.address, sighting.address.as_deref()) || same(&lock.device_id, sighting.name.as_deref())
}

/// By address, or by the tag in its manufacturer data.
pub(super) fn is_hub(wanted: &Hub, sighting: &Sighting) -> bool {
    let tag = hub::manufacturer_data(wanted.id);
    same(&wanted.address, sighting.address.as_deref())
        || sighting.manufacturer.iter().any(|(company, data)| *company == hub::COMPANY && *data == tag)
}

fn same(wanted: &str, heard: Option<&str>) -> bool {
    !wanted.is_empty() && heard.is_some_and(|heard| heard.eq_ignore_ascii_case(wanted))
}

/// Connects to a lock with the secret of its family.
///
/// # Errors
/// [`DoorReason::Unsupported`] for a family that this app does not know, [`DoorReason::NoKey`] for a secret that is
/// none of that family.
pub(super) fn connect_lock(
    lock: &Lock,
    credential: &[u8],
    device: DeviceRef,
    radio: Arc<dyn Radio>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Connecting<LockCommand, LockEvent>, DoorReason> {
    match lock.family {
        LockFamily::Dkey => {
            let credential = dkey::Credential::from_bytes(credential).map_err(|_| DoorReason::NoKey)?;
            let id = u32::from_str_radix(&lock.device_id, 16).ok().map(u32::to_be_bytes);
            Ok(connect(dkey::phone::LockSession::new(credential, id, entropy), device, radio, clock))
        }
        LockFamily::Unknown(_) => Err(DoorReason::Unsupported),
    }
}

/// Connects and drives `session` over the link.
pub(super) fn connect<S>(
    session: S,
    device: DeviceRef,
    radio: Arc<dyn Radio>,
    clock: Arc<dyn Clock>,
) -> Connecting<S::Command, S::Event>
where
    S: Session + Send + 'static,
    S::Command: Send + 'static,
    S::Event: Send + 'static,
{
    async move {
        let profile = session.profile();
        let link: Box<dyn Link> = terskel_radio::connect(&*radio, &device, &profile, CONNECT_WITHIN).await?;
        Ok(terskel_radio::run(session, link, clock))
    }
    .boxed()
}
