//! A link that counts protocol round trips: something written, then something heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use terskel_radio::{Link, LinkEvent, RadioError};
use uuid::Uuid;

/// How often the direction has turned from phone to device and back.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips(Arc<Counter>);

#[derive(Debug, Default)]
struct Counter {
    asked: AtomicBool,
    turns: AtomicUsize,
}

impl RoundTrips {
    /// So far.
    #[must_use]
    pub fn so_far(&self) -> usize {
        self.0.turns.load(Ordering::SeqCst)
    }
}

/// Counts on the way through to `link`.
#[must_use]
pub fn counting(link: Box<dyn Link>) -> (Box<dyn Link>, RoundTrips) {
    let trips = RoundTrips::default();
    (Box::new(Counting { link, trips: trips.clone() }), trips)
}

struct Counting {
    link: Box<dyn Link>,
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
        self.trips.0.asked.store(true, Ordering::SeqCst);
        self.link.write(characteristic, value, with_response)
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        Box::pin(async {
            let event = self.link.next().await;
            if matches!(event, LinkEvent::Received { .. }) && self.trips.0.asked.swap(false, Ordering::SeqCst)
            {
                self.trips.0.turns.fetch_add(1, Ordering::SeqCst);
            }
            event
        })
    }
}
