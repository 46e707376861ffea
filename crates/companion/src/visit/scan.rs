//! Listening for the locks and the hub of the visit's address.

use std::sync::Arc;
use std::time::Duration;

use terskel_radio::{DeviceRef, Radio, ScanFilter, Sighting};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Heard longer ago than this, a device is looked for anew.
const FRESH: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_secs(1);

/// The last time a device was heard.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) device: DeviceRef,
    pub(super) rssi: Option<i16>,
    pub(super) at: Instant,
    /// All that it said.
    pub(super) sighting: Arc<Sighting>,
}

impl Seen {
    pub(super) fn is_fresh(&self) -> bool {
        self.at.elapsed() < FRESH
    }
}

/// Something to listen for.
pub(super) struct Target {
    pub(super) matches: Box<dyn Fn(&Sighting) -> bool + Send>,
    pub(super) seen: watch::Sender<Option<Seen>>,
}

/// Runs until the visit ends.
pub(super) async fn keep_looking(radio: Arc<dyn Radio>, filter: ScanFilter, targets: Vec<Target>) {
    if targets.is_empty() {
        return;
    }
    loop {
        match radio.scan(filter.clone()).await {
            Ok(mut sightings) => {
                while let Some(sighting) = sightings.recv().await {
                    tell(&targets, &sighting);
                }
            }
            Err(error) => tracing::debug!(%error, "not listening"),
        }
        sleep(AGAIN).await;
    }
}

fn tell(targets: &[Target], sighting: &Sighting) {
    let whole = Arc::new(sighting.clone());
    for target in targets.iter().filter(|t| (t.matches)(sighting)) {
        target.seen.send_replace(Some(Seen {
            device: sighting.device.clone(),
            rssi: sighting.rssi,
            at: Instant::now(),
            sighting: whole.clone(),
        }));
    }
}
