//! Who is interested in what: scans by filter, links by device, and the names under which devices were seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use btleplug::platform::PeripheralId;
use tokio::sync::mpsc;

use super::reconnect::Acquaintance;
use crate::{DeviceRef, ScanFilter, Sighting};

/// Sightings a scan may leave unread; more are dropped, since adverts repeat.
const UNREAD: usize = 64;

/// What happened to the connection of a device, as the system tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Connected,
    Disconnected,
    /// The adapter, the service or the bus is gone, and the connection with it.
    AdapterGone,
}

#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    next_scan: u64,
    scans: HashMap<u64, (ScanFilter, mpsc::Sender<Sighting>)>,
    links: HashMap<PeripheralId, Vec<mpsc::UnboundedSender<Change>>>,
    names: HashMap<DeviceRef, PeripheralId>,
    /// What the last link to a device has left, if it ended well.
    met: HashMap<PeripheralId, Acquaintance>,
    /// Held by whoever has, makes or closes the link to a device.
    turns: HashMap<DeviceRef, Arc<tokio::sync::Mutex<()>>>,
}

impl Registry {
    pub(super) fn add_scan(
        &self,
        filter: ScanFilter,
    ) -> (u64, mpsc::Sender<Sighting>, mpsc::Receiver<Sighting>) {
        let (sender, receiver) = mpsc::channel(UNREAD);
        let mut inner = self.lock();
        let id = inner.next_scan;
        inner.next_scan += 1;
        inner.scans.insert(id, (filter, sender.clone()));
        (id, sender, receiver)
    }

    pub(super) fn remove_scan(&self, id: u64) {
        self.lock().scans.remove(&id);
    }

    pub(super) fn forget_scans(&self) {
        self.lock().scans.clear();
    }

    /// One filter that lets through all that any scan wants; `None` when there is no scan.
    pub(super) fn wanted(&self) -> Option<ScanFilter> {
        let inner = self.lock();
        let mut scans = inner.scans.values().map(|(filter, _)| filter.clone());
        let first = scans.next()?;
        Some(scans.fold(first, union))
    }

    /// Tells the scans that want it; false when none does.
    pub(super) fn sighted(&self, id: &PeripheralId, sighting: &Sighting) -> bool {
        let mut inner = self.lock();
        let mut wanted = false;
        inner.names.insert(sighting.device.clone(), id.clone());
        for (filter, scan) in inner.scans.values() {
            if matches(filter, sighting) {
                // A full channel has fresher sightings in it than its reader has read.
                let _ = scan.try_send(sighting.clone());
                wanted = true;
            }
        }
        wanted
    }

    pub(super) fn name(&self, device: &DeviceRef) -> Option<PeripheralId> {
        self.lock().names.get(device).cloned()
    }

    /// From now on every change of the device's connection, in order.
    pub(super) fn follow(&self, device: &PeripheralId) -> mpsc::UnboundedReceiver<Change> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut inner = self.lock();
        let followers = inner.links.entry(device.clone()).or_default();
        followers.retain(|f| !f.is_closed());
        followers.push(sender);
        receiver
    }

    /// Whether a link of ours is up or being made.
    pub(super) fn has_link(&self, device: &PeripheralId) -> bool {
        self.lock().links.get(device).is_some_and(|followers| followers.iter().any(|f| !f.is_closed()))
    }

    pub(super) fn changed(&self, device: &PeripheralId, change: Change) {
        if let Some(followers) = self.lock().links.get(device) {
            for follower in followers {
                let _ = follower.send(change);
            }
        }
    }

    /// The link to a device has ended well.
    pub(super) fn remember(&self, device: PeripheralId, left: Acquaintance) {
        self.lock().met.insert(device, left);
    }

    /// What the last link has left, for one use.
    pub(super) fn recall(&self, device: &PeripheralId) -> Option<Acquaintance> {
        self.lock().met.remove(device)
    }

    /// All links are gone with the adapter.
    pub(super) fn all_gone(&self) {
        self.lock().met.clear();
        for follower in self.lock().links.values().flatten() {
            let _ = follower.send(Change::AdapterGone);
        }
    }

    pub(super) fn turn(&self, device: &DeviceRef) -> Arc<tokio::sync::Mutex<()>> {
        self.lock().turns.entry(device.clone()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn union(mut all: ScanFilter, more: ScanFilter) -> ScanFilter {
    all.services.extend(more.services);
    all.services.sort_unstable();
    all.services.dedup();
    all.companies.extend(more.companies);
    all.companies.sort_unstable();
    all.companies.dedup();
    all
}

/// Any of the services or any of the companies; a filter that names nothing wants everything.
fn matches(filter: &ScanFilter, sighting: &Sighting) -> bool {
    if filter.services.is_empty() && filter.companies.is_empty() {
        return true;
    }
    filter.services.iter().any(|s| sighting.services.contains(s))
        || filter.companies.iter().any(|c| sighting.manufacturer.iter().any(|(company, _)| company == c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const DKEY: Uuid = Uuid::from_u128(0xd);
    const HUB: Uuid = Uuid::from_u128(0xb);

    fn filter(services: &[Uuid], companies: &[u16]) -> ScanFilter {
        ScanFilter { services: services.to_vec(), companies: companies.to_vec() }
    }

    fn heard(services: &[Uuid], companies: &[u16]) -> Sighting {
        Sighting {
            device: DeviceRef("hci0/dev_1".into()),
            address: None,
            name: None,
            rssi: Some(-60),
            services: services.to_vec(),
            manufacturer: companies.iter().map(|c| (*c, vec![1])).collect(),
        }
    }

    #[test]
    fn a_scan_hears_services_or_companies() {
        let wanted = filter(&[DKEY], &[0x6]);
        assert!(matches(&wanted, &heard(&[HUB, DKEY], &[])));
        assert!(matches(&wanted, &heard(&[], &[0x6])));
        assert!(!matches(&wanted, &heard(&[HUB], &[0x7])));
        assert!(matches(&filter(&[], &[]), &heard(&[], &[])));
    }

    #[test]
    fn one_discovery_serves_all_scans() {
        let registry = Registry::default();
        assert_eq!(registry.wanted(), None);
        let (door, _tx1, _rx1) = registry.add_scan(filter(&[HUB, DKEY], &[]));
        let (_, _tx2, _rx2) = registry.add_scan(filter(&[DKEY], &[]));
        assert_eq!(registry.wanted(), Some(filter(&[HUB.min(DKEY), HUB.max(DKEY)], &[])));
        registry.remove_scan(door);
        assert_eq!(registry.wanted(), Some(filter(&[DKEY], &[])));
    }
}
