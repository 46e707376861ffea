//! Finding a device: listening until the right one is heard.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time;

use crate::{AdapterState, Radio, RadioError, ScanFilter, Sighting};

/// How long Bluetooth may be away before a search says so: a radio that has just been started needs a moment.
const PATIENCE: Duration = Duration::from_secs(2);

/// Listens for `filter` until `wanted` says yes, at most for `limit`.
///
/// # Errors
/// [`RadioError::Off`] or [`RadioError::Absent`] once Bluetooth has been away for two seconds without a break (or at
/// the limit); [`RadioError::Timeout`] when nothing fitting was heard.
pub async fn find(
    radio: &dyn Radio,
    filter: ScanFilter,
    limit: Duration,
    mut wanted: impl FnMut(&Sighting) -> bool,
) -> Result<Sighting, RadioError> {
    let state = radio.state();
    let search = async {
        let mut sightings = radio.scan(filter).await?;
        // One future for the whole search: sightings must not renew its patience.
        let mut away = std::pin::pin!(away(radio.state()));
        loop {
            tokio::select! {
                sighting = sightings.recv() => match sighting {
                    Some(sighting) if wanted(&sighting) => return Ok(sighting),
                    Some(_) => {}
                    None => return Err(RadioError::Absent),
                },
                error = &mut away => return Err(error),
            }
        }
    };
    match time::timeout(limit, search).await {
        Ok(found) => found,
        Err(_) => Err(unusable(*state.borrow()).unwrap_or(RadioError::Timeout(limit, "searching"))),
    }
}

/// Ends when Bluetooth has been away for [`PATIENCE`].
async fn away(mut state: watch::Receiver<AdapterState>) -> RadioError {
    loop {
        let Ok(seen) = state.wait_for(|s| *s != AdapterState::On).await.map(|s| *s) else {
            return RadioError::Absent;
        };
        if time::timeout(PATIENCE, state.wait_for(|s| *s == AdapterState::On)).await.is_err() {
            return unusable(*state.borrow()).or(unusable(seen)).unwrap_or(RadioError::Absent);
        }
    }
}

/// The error for a state in which nothing can be done.
pub(crate) fn unusable(state: AdapterState) -> Option<RadioError> {
    match state {
        AdapterState::On => None,
        AdapterState::Off => Some(RadioError::Off),
        AdapterState::Absent => Some(RadioError::Absent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceRef;
    use crate::testing::FakeRadio;

    const LIMIT: Duration = Duration::from_secs(10);

    fn sighting(name: &str) -> Sighting {
        Sighting {
            device: DeviceRef(name.into()),
            address: None,
            name: Some(name.into()),
            rssi: Some(-70),
            services: vec![],
            manufacturer: vec![],
        }
    }

    async fn find_stairwell(radio: &FakeRadio) -> Result<String, RadioError> {
        let found = find(radio, ScanFilter::default(), LIMIT, |s| s.device.0 == "stairwell").await;
        found.map(|s| s.device.0)
    }

    #[tokio::test(start_paused = true)]
    async fn the_right_one_among_others() {
        let (radio, air) = FakeRadio::new(AdapterState::On);
        air.send(sighting("flat")).await.unwrap();
        air.send(sighting("stairwell")).await.unwrap();
        assert_eq!(find_stairwell(&radio).await, Ok("stairwell".into()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_there() {
        let (radio, _air) = FakeRadio::new(AdapterState::On);
        assert_eq!(find_stairwell(&radio).await, Err(RadioError::Timeout(LIMIT, "searching")));
    }

    #[tokio::test(start_paused = true)]
    async fn bluetooth_that_is_off_is_said_so_soon() {
        let (radio, _air) = FakeRadio::new(AdapterState::Off);
        let start = time::Instant::now();
        assert_eq!(find_stairwell(&radio).await, Err(RadioError::Off));
        assert!(start.elapsed() < LIMIT / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_adapter_that_comes_up_in_time_is_used() {
        let (radio, air) = FakeRadio::new(AdapterState::Absent);
        let search = find_stairwell(&radio);
        let wake = async {
            time::sleep(PATIENCE / 2).await;
            radio.state.send_replace(AdapterState::On);
            time::sleep(PATIENCE * 2).await;
            air.send(sighting("stairwell")).await.unwrap();
        };
        assert_eq!(tokio::join!(search, wake).0, Ok("stairwell".into()));
    }
}
