//! How devices are told apart in the air, and sessions with them begun.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use terskel_api::dispatch::{Hub, Lock};
use terskel_locks::family::{BoxSession, Eavesdropper, Families, Family, Heard, LockPlace, Visitor, find};
use terskel_locks::hub;
use terskel_locks::session::Session;
use terskel_model::Clock;
use terskel_model::door::DoorReason;
use terskel_radio::{DeviceRef, Link, Radio, RadioError, ScanFilter, Sighting};

use super::slot::Begin;

/// A session on its way.
pub(crate) type Connecting<C, E> = BoxFuture<'static, Result<Begin<C, E>, RadioError>>;

/// How long connecting may take, with all its attempts.
pub(crate) const CONNECT_WITHIN: std::time::Duration = std::time::Duration::from_secs(15);

/// Everything that can be in a home.
pub(crate) fn scan_filter(families: Families) -> ScanFilter {
    let mut filter = ScanFilter { services: vec![hub::SERVICE], companies: vec![hub::COMPANY] };
    for family in families {
        let listen = family.listen();
        filter.services.extend(listen.services);
        filter.companies.extend(listen.companies);
    }
    filter
}

/// Whether it is this lock that was heard. No device is a lock of an unknown family.
pub(crate) fn is_lock(families: Families, lock: &Lock, sighting: &Sighting) -> bool {
    find(families, &lock.family).is_some_and(|family| family.recognises(&place(lock), &heard(sighting)))
}

/// By address, or by the tag in its manufacturer data.
pub(super) fn is_hub(wanted: &Hub, sighting: &Sighting) -> bool {
    let (heard, tag) = (heard(sighting), hub::manufacturer_data(wanted.id));
    heard.is_at(&wanted.address) || heard.from_company(hub::COMPANY) == Some(&tag)
}

/// What reads the lock's state out of its advertisements, where its family tells there.
pub(super) fn eavesdropper(
    families: Families,
    lock: &Lock,
    credential: &[u8],
) -> Option<Box<dyn Eavesdropper>> {
    find(families, &lock.family)?.eavesdropper(&place(lock), credential)
}

/// What an eavesdropper is given.
pub(crate) fn heard(sighting: &Sighting) -> Heard<'_> {
    Heard {
        address: sighting.address.as_deref(),
        name: sighting.name.as_deref(),
        services: &sighting.services,
        manufacturer: &sighting.manufacturer,
    }
}

/// The session for a lock, with the secret of its family.
///
/// # Errors
/// [`DoorReason::Unsupported`] for a family that this app does not know, [`DoorReason::NoKey`] for a secret that is
/// none of that family.
pub(crate) fn open_lock(
    families: Families,
    lock: &Lock,
    credential: &[u8],
    visitor: Visitor,
) -> Result<(&'static dyn Family, BoxSession), DoorReason> {
    let family = find(families, &lock.family).ok_or(DoorReason::Unsupported)?;
    let session = family.open(&place(lock), credential, visitor).map_err(|wrong| {
        tracing::warn!(%wrong, lock = %lock.id, "not openable");
        DoorReason::NoKey
    })?;
    Ok((family, session))
}

fn place(lock: &Lock) -> LockPlace<'_> {
    LockPlace { address: &lock.address, device_id: &lock.device_id }
}

/// Connects; `session` is driven over the link from its first command on.
pub(crate) fn connect<S>(
    mut session: S,
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
        let begin = move |first: Option<S::Command>| {
            // Before the session knows of the link: it asks for nothing else before it.
            if let Some(command) = first {
                session.command(command, clock.uptime());
            }
            terskel_radio::run(session, link, clock)
        };
        Ok(Box::new(begin) as Begin<S::Command, S::Event>)
    }
    .boxed()
}
