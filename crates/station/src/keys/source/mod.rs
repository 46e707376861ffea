//! Where the secrets of a lock family come from, other than from whoever installs its locks.
//!
//! A source is asked by the background ([`keep`]) well before what it gave ends, and by a request ([`try_for`]) where there is
//! nothing to issue a key of; never inside a transaction. What it gave is sealed as any lock's secret is. While it does not
//! answer it is left alone for a while: then requests do without, and use what is still good.

pub(crate) mod danalock;
mod keep;
mod pause;
mod refused;
mod status;
mod stored;

use std::time::Duration;

use futures_util::future::BoxFuture;
use terskel_model::digital_key::KeyWanting;
use terskel_model::door::LockFamily;
use terskel_model::{LockId, Timestamp};
use zeroize::Zeroizing;

use pause::Pause;

pub(crate) use keep::{keep, keep_up, try_for, wants};
pub(crate) use refused::refused;
pub(crate) use status::status;
pub(crate) use stored::{begin, held, is_fetched};

/// A family's source.
pub(crate) trait KeySource: Send + Sync {
    fn family(&self) -> LockFamily;
    /// What there is for one lock, given the secret that the station has of it (empty: none).
    fn fetch<'a>(
        &'a self,
        device_id: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Box<dyn Fetched>, SourceError>>;
}

/// What a source gave for a lock.
pub(crate) trait Fetched: Send + Sync {
    /// From when it is good.
    fn from(&self) -> Option<Timestamp>;
    /// Until when it is good.
    fn until(&self) -> Option<Timestamp>;
    /// The lock's secret with this in it, in place of what was there (empty: nothing).
    fn merged(&self, held: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// Why a source gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceError {
    /// No answer, in time, that can be read.
    #[error("the key service does not answer")]
    Silent,
    /// It does not know the station's account.
    #[error("the key service does not accept the station's account")]
    Refused,
    /// It has nothing for this lock.
    #[error("the key service has nothing for this lock")]
    Unknown,
}

impl SourceError {
    fn wanting(self) -> KeyWanting {
        match self {
            Self::Silent => KeyWanting::ServiceSilent,
            Self::Refused => KeyWanting::ServiceRefused,
            Self::Unknown => KeyWanting::LockUnknown,
        }
    }
}

/// All sources, by family.
#[derive(Default)]
pub(crate) struct Sources(Vec<Source>);

struct Source {
    service: Box<dyn KeySource>,
    pause: Pause,
}

/// A lock, and how its vendor calls it.
pub(crate) struct Lock {
    id: LockId,
    device_id: String,
}

impl Sources {
    pub(crate) fn new(services: Vec<Box<dyn KeySource>>) -> Self {
        let source = |service| Source { service, pause: Pause::default() };
        Self(services.into_iter().map(source).collect())
    }

    /// Whether locks of this family can do without a secret when they are added.
    pub(crate) fn has(&self, family: &LockFamily) -> bool {
        self.of(family).is_some()
    }

    fn of(&self, family: &LockFamily) -> Option<&Source> {
        self.0.iter().find(|source| source.service.family() == *family)
    }

    /// Since when it is.
    fn failing_since(&self, family: &LockFamily) -> Option<Timestamp> {
        self.of(family)?.pause.since()
    }

    /// What is wrong with a family's source as a whole.
    fn trouble(&self, family: &LockFamily) -> Option<KeyWanting> {
        match self.of(family) {
            Some(source) => source.pause.because().map(SourceError::wanting),
            None => Some(KeyWanting::NoService),
        }
    }
}

/// One question, within its time.
async fn ask(
    source: &Source,
    lock: &Lock,
    limit: Duration,
    now: Timestamp,
) -> Result<Box<dyn Fetched>, SourceError> {
    let answer = tokio::time::timeout(limit, source.service.fetch(&lock.device_id, now)).await;
    let answer = answer.unwrap_or(Err(SourceError::Silent));
    match &answer {
        Ok(_) | Err(SourceError::Unknown) => source.pause.works(),
        Err(error) => source.pause.begin(*error, now),
    }
    answer
}
