//! From btleplug's errors and silences to ours.

use std::future::Future;
use std::time::Duration;

use tokio::time;

use crate::RadioError;

/// Waits for btleplug, at most for `limit`. `doing` completes "no answer within … while".
pub(super) async fn within<T>(
    limit: Duration,
    doing: &'static str,
    call: impl Future<Output = btleplug::Result<T>>,
) -> Result<T, RadioError> {
    match time::timeout(limit, call).await {
        Ok(answer) => answer.map_err(|error| translate(&error)),
        Err(_) => Err(RadioError::Timeout(limit, doing)),
    }
}

pub(super) fn translate(error: &btleplug::Error) -> RadioError {
    use btleplug::Error as E;
    match error {
        E::NotConnected => RadioError::LinkLost,
        E::NoAdapterAvailable => RadioError::Absent,
        _ => in_words(&error.to_string(), &format!("{error:?}")),
    }
}

/// BlueZ names its errors; btleplug shows only the message, which may be empty (Busy), and hides the name in `Debug`.
fn in_words(message: &str, details: &str) -> RadioError {
    let lost = ["Not connected", "org.bluez.Error.NotConnected"];
    if lost.iter().any(|words| message.contains(words) || details.contains(words)) {
        return RadioError::LinkLost;
    }
    RadioError::Failed(if message.is_empty() { details.to_owned() } else { message.to_owned() })
}

/// Whether the bus is alive and there simply is no Bluetooth service on it.
pub(super) fn service_is_missing(error: &btleplug::Error) -> bool {
    let details = format!("{error:?}");
    ["ServiceUnknown", "NameHasNoOwner", "Spawn."].iter().any(|name| details.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_on_a_dead_link_is_a_lost_link() {
        let error = btleplug::Error::Other("Not connected".into());
        assert_eq!(translate(&error), RadioError::LinkLost);
    }

    #[test]
    fn an_error_without_words_shows_its_name() {
        let details = r#"DbusError(D-Bus error:  (org.bluez.Error.Busy))"#;
        assert_eq!(in_words("", details), RadioError::Failed(details.to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_a_timeout() {
        let error =
            within(Duration::from_secs(3), "waiting", std::future::pending::<btleplug::Result<()>>()).await;
        assert_eq!(error, Err(RadioError::Timeout(Duration::from_secs(3), "waiting")));
    }
}
