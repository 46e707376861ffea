//! What is between phone and station, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use terskel_api::authority::KeySet;
use terskel_api::break_glass::{BreakGlass, GlassBroken};
use terskel_api::dispatch::{Accepted, Decline};
use terskel_api::event::{EventBatch, EventReceipts};
use terskel_api::installation::Installation;
use terskel_api::key::KeyBundle;
use terskel_api::permission::{GivenPermission, HomeAccess, NewPermission};
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::roster::RosterPage;
use terskel_api::session::{Refreshed, SignIn, SignedIn};
use terskel_api::team::{OwnTeam, TeamPhones};
use terskel_api::withdrawal::{TakenAway, Withdrawal, Withdrawals};
use terskel_model::world::{ManualWorld, random};
use terskel_model::{DispatchId, PermissionId, PhoneId, ResidentId, SessionId, Timestamp};
use tokio::sync::watch;
use tokio::time::sleep;

use super::station::Way;
use crate::station_client::{Answer, ByteStream, Credential, LeadStation, Station, StationError, Stations};

/// The limit of one call, as of `HttpStation`.
const WHOLE: Duration = Duration::from_secs(10);

/// How the way is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    #[default]
    Clear,
    /// Something else answers: a page, with 200.
    Portal,
    /// Nothing comes back, and nobody says so.
    Silent,
    /// Each question takes so long to get there, and each answer back.
    Slow(Duration),
    /// One in so many questions is lost, and one in so many answers; streams break.
    Lossy(u8),
    /// So slow that more events than this at once do not get there within the limit.
    Narrow(usize),
}

pub(crate) struct Sky {
    weather: watch::Sender<Weather>,
    /// Answers wait.
    held: watch::Sender<bool>,
    luck: ManualWorld,
}

impl Sky {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            weather: watch::Sender::new(Weather::Clear),
            held: watch::Sender::new(false),
            luck: ManualWorld::new(Timestamp::UNIX_EPOCH, seed),
        }
    }

    /// The weather turns. Streams break, or fall silent.
    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Answers that the station has given wait until they are let go; streams flow.
    pub(crate) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    async fn let_go(&self) {
        self.held.subscribe().wait_for(|held| !held).await.unwrap();
    }

    fn is_lost(&self, one_in: u8) -> bool {
        let [byte] = random::<1>(&self.luck);
        byte % one_in.max(1) == 0
    }

    /// One direction.
    async fn pass(&self) -> Result<(), StationError> {
        let now = *self.weather.borrow();
        match now {
            Weather::Clear | Weather::Narrow(_) => Ok(()),
            Weather::Portal => Err(StationError::Failed(200)),
            Weather::Silent => {
                sleep(WHOLE).await;
                Err(StationError::NoNetwork)
            }
            Weather::Slow(turn) => {
                sleep(turn).await;
                Ok(())
            }
            Weather::Lossy(one_in) if self.is_lost(one_in) => Err(StationError::NoNetwork),
            Weather::Lossy(_) => Ok(()),
        }
    }
}

/// The station behind the weather.
#[derive(Clone)]
pub(crate) struct Weathered(pub(crate) Way);

impl Weathered {
    fn sky(&self) -> &Sky {
        &self.0.0.sky
    }

    /// The question may be lost, and so may the answer, when all has been done.
    fn through<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        async move {
            self.sky().pass().await?;
            let answer = answer.await;
            self.sky().let_go().await;
            self.sky().pass().await?;
            answer
        }
        .boxed()
    }

    /// Until the weather turns, or the stream breaks in the middle of a word.
    fn flowing(&self, bytes: ByteStream) -> ByteStream {
        let weather = self.sky().weather.subscribe();
        let next = |(mut bytes, mut weather, way): (ByteStream, watch::Receiver<Weather>, Self)| async move {
            let chunk = tokio::select! {
                chunk = bytes.next() => chunk?,
                _ = weather.changed() => {
                    if *weather.borrow() == Weather::Silent {
                        std::future::pending::<()>().await;
                    }
                    return None;
                }
            };
            let now = *weather.borrow();
            match (now, chunk) {
                (Weather::Lossy(one_in), Ok(chunk)) if way.sky().is_lost(one_in) => {
                    let half = chunk[..chunk.len() / 2].to_vec();
                    Some((Ok(half), (stream::empty().boxed(), weather, way)))
                }
                (Weather::Slow(turn), chunk) => {
                    sleep(turn).await;
                    Some((chunk, (bytes, weather, way)))
                }
                (_, chunk) => Some((chunk, (bytes, weather, way))),
            }
        };
        stream::unfold((bytes, weather, self.clone()), next).boxed()
    }
}

impl Stations for Weathered {
    fn at(&self, _: &str) -> Result<Arc<dyn Station>, StationError> {
        Ok(Arc::new(self.clone()))
    }
}

impl LeadStation for Weathered {
    fn team<'a>(&'a self, credential: &'a Credential) -> Answer<'a, OwnTeam> {
        self.through(self.0.team(credential))
    }
    fn team_phones<'a>(&'a self, credential: &'a Credential) -> Answer<'a, TeamPhones> {
        self.through(self.0.team_phones(credential))
    }
    fn home_access<'a>(&'a self, credential: &'a Credential, id: ResidentId) -> Answer<'a, HomeAccess> {
        self.through(self.0.home_access(credential, id))
    }
    fn give<'a>(&'a self, credential: &'a Credential, body: NewPermission) -> Answer<'a, GivenPermission> {
        self.through(self.0.give(credential, body))
    }
    fn take_away<'a>(&'a self, credential: &'a Credential, id: PermissionId) -> Answer<'a, TakenAway> {
        self.through(self.0.take_away(credential, id))
    }
    fn report_lost<'a>(&'a self, credential: &'a Credential, phone: PhoneId) -> Answer<'a, Withdrawals> {
        self.through(self.0.report_lost(credential, phone))
    }
    fn withdrawals<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Withdrawals> {
        self.through(self.0.withdrawals(credential))
    }
}

impl Station for Weathered {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled> {
        self.through(self.0.enrol(body))
    }
    fn authority_keys(&self) -> Answer<'_, KeySet> {
        self.through(self.0.authority_keys())
    }
    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn> {
        self.through(self.0.sign_in(body))
    }
    fn refresh<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Refreshed> {
        self.through(self.0.refresh(credential))
    }
    fn sign_out<'a>(&'a self, credential: &'a Credential) -> Answer<'a, ()> {
        self.through(self.0.sign_out(credential))
    }
    fn accept<'a>(&'a self, credential: &'a Credential, dispatch: DispatchId) -> Answer<'a, Accepted> {
        self.through(self.0.accept(credential, dispatch))
    }
    fn decline<'a>(&'a self, credential: &'a Credential, id: DispatchId, body: Decline) -> Answer<'a, ()> {
        self.through(self.0.decline(credential, id, body))
    }
    fn send_events<'a>(&'a self, credential: &'a Credential, batch: EventBatch) -> Answer<'a, EventReceipts> {
        let too_many =
            matches!(*self.sky().weather.borrow(), Weather::Narrow(most) if batch.events.len() > most);
        if too_many {
            return async { Err(sleep(WHOLE).map(|()| StationError::NoNetwork).await) }.boxed();
        }
        self.through(self.0.send_events(credential, batch))
    }
    fn keys<'a>(&'a self, credential: &'a Credential, known: String) -> Answer<'a, Option<KeyBundle>> {
        self.through(self.0.keys(credential, known))
    }
    fn roster<'a>(
        &'a self,
        credential: &'a Credential,
        after: Option<String>,
    ) -> Answer<'a, Option<RosterPage>> {
        self.through(self.0.roster(credential, after))
    }
    fn install<'a>(&'a self, credential: &'a Credential, body: Installation) -> Answer<'a, ()> {
        self.through(self.0.install(credential, body))
    }
    fn break_glass<'a>(&'a self, credential: &'a Credential, body: BreakGlass) -> Answer<'a, GlassBroken> {
        self.through(self.0.break_glass(credential, body))
    }
    fn withdrawal(&self, session: SessionId) -> Answer<'_, Withdrawal> {
        self.through(self.0.withdrawal(session))
    }
    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts> {
        self.through(self.0.send_parting(batch))
    }
    fn stream<'a>(&'a self, credential: &'a Credential, cursor: Option<String>) -> Answer<'a, ByteStream> {
        let begun = self.through(self.0.stream(credential, cursor));
        async move { Ok(self.flowing(begun.await?)) }.boxed()
    }
}
