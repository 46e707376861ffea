//! A link that counts protocol round trips: something written, then something heard.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, Uptime};
use terskel_radio::{Link, LinkEvent, RadioError};
use uuid::Uuid;

/// How often the direction has turned from phone to device and back.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips(Arc<Mutex<Counter>>);

#[derive(Debug, Default)]
struct Counter {
    asked: Option<Uptime>,
    turns: usize,
}

impl RoundTrips {
    /// So far.
    #[must_use]
    pub fn so_far(&self) -> usize {
        self.lock().turns
    }

    fn asked(&self) {
        self.lock().asked = Some(SystemWorld.uptime());
    }

    /// What comes sooner than a connection interval after a write was already on its way.
    fn heard(&self, interval: Duration) {
        let mut counter = self.lock();
        if counter.asked.is_some_and(|asked| SystemWorld.uptime() - asked >= interval) {
            counter.asked = None;
            counter.turns += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts on the way through to `link`, whose connection interval is `interval`.
#[must_use]
pub fn counting(link: Box<dyn Link>, interval: Duration) -> (Box<dyn Link>, RoundTrips) {
    let trips = RoundTrips::default();
    (Box::new(Counting { link, interval, trips: trips.clone() }), trips)
}

struct Counting {
    link: Box<dyn Link>,
    interval: Duration,
    trips: RoundTrips,
}

impl Link for Counting {
    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn write(
        &self,
        characteristic: Uuid,
        value: &[u8],
        with_response: bool,
    ) -> BoxFuture<'static, Result<(), RadioError>> {
        self.trips.asked();
        self.link.write(characteristic, value, with_response)
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        Box::pin(async {
            let event = self.link.next().await;
            if matches!(event, LinkEvent::Received { .. }) {
                self.trips.heard(self.interval);
            }
            event
        })
    }
}
