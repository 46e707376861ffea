//! Connecting with patience: Bluetooth connections fail for no reason of ours, and work at the next try.

use std::time::Duration;

use terskel_locks::session::Profile;
use tokio::time::{self, Instant};

use crate::{DeviceRef, Link, Radio, RadioError};

/// Waits between the attempts; there is one attempt more.
const BACK_OFF: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1000)];
/// No attempt takes longer: a device that is in range answers within one or two advertising intervals.
const ATTEMPT: Duration = Duration::from_secs(8);

/// Connects, in up to four attempts, at most for `limit` in all.
///
/// # Errors
/// Of the last attempt. [`RadioError::Off`], [`RadioError::Absent`] and [`RadioError::Missing`] end it at once: another
/// attempt would not mend them.
pub async fn connect(
    radio: &dyn Radio,
    device: &DeviceRef,
    profile: &Profile,
    limit: Duration,
) -> Result<Box<dyn Link>, RadioError> {
    let deadline = Instant::now() + limit;
    let mut waits = BACK_OFF.into_iter();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let error = match radio.connect(device, profile, left.min(ATTEMPT)).await {
            Ok(link) => return Ok(link),
            Err(error) => error,
        };
        let wait = waits.next().filter(|wait| Instant::now() + *wait < deadline);
        let (true, Some(wait)) = (may_pass(&error), wait) else {
            return Err(error);
        };
        tracing::debug!(%error, ?wait, "connecting again");
        time::sleep(wait).await;
    }
}

fn may_pass(error: &RadioError) -> bool {
    match error {
        RadioError::Timeout(..) | RadioError::LinkLost | RadioError::Failed(_) => true,
        RadioError::Off | RadioError::Absent | RadioError::Missing(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::AdapterState;
    use crate::testing::{FakeRadio, link};

    type Attempts = Vec<Result<Box<dyn Link>, RadioError>>;

    async fn try_with(attempts: Attempts, limit: Duration) -> (Result<(), RadioError>, usize) {
        let (radio, _air) = FakeRadio::new(AdapterState::On);
        *radio.connects.lock().unwrap() = attempts.into();
        let profile = Profile { service: Uuid::nil(), notify: vec![] };
        let result = connect(&radio, &DeviceRef("flat".into()), &profile, limit).await;
        (result.map(drop), radio.connects.lock().unwrap().len())
    }

    fn failed() -> Result<Box<dyn Link>, RadioError> {
        Err(RadioError::Failed("le-connection-abort-by-local".into()))
    }

    #[tokio::test(start_paused = true)]
    async fn the_fourth_attempt_may_succeed() {
        let attempts = vec![failed(), Err(RadioError::LinkLost), failed(), Ok(link().0)];
        assert_eq!(try_with(attempts, Duration::from_secs(30)).await, (Ok(()), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_fifth_is_not_made() {
        let attempts = vec![failed(), failed(), failed(), failed(), Ok(link().0)];
        let (result, unused) = try_with(attempts, Duration::from_secs(30)).await;
        assert!(matches!(result, Err(RadioError::Failed(_))), "{result:?}");
        assert_eq!(unused, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_ends_it() {
        let attempts = vec![Err(RadioError::Missing(Uuid::nil())), Ok(link().0)];
        assert_eq!(
            try_with(attempts, Duration::from_secs(30)).await,
            (Err(RadioError::Missing(Uuid::nil())), 1)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_holds_for_all_attempts_together() {
        let attempts = vec![failed(), failed(), Ok(link().0)];
        let (result, unused) = try_with(attempts, Duration::from_millis(300)).await;
        assert!(matches!(result, Err(RadioError::Failed(_))), "{result:?}");
        assert_eq!(unused, 1);
    }
}
