//! A station of a few lines, with moods. It checks every signature it is shown.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use terskel_api::Secret;
use terskel_api::authority::{KeySet, PublicKey};
use terskel_api::break_glass::{BreakGlass, GlassBroken};
use terskel_api::dispatch::{Accepted, Decline, Dispatch, STREAM_TIME, StreamTime};
use terskel_api::event::{EventBatch, EventReceipt, EventReceipts};
use terskel_api::installation::Installation;
use terskel_api::key::{KeyBundle, KeyHome, ShiftKey};
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::roster::RosterPage;
use terskel_api::session::{Refreshed, SignIn, SignedIn};
use terskel_api::withdrawal::Withdrawal;
use terskel_keys::{Authority, PhonePublic, badge, event, sign_in};
use terskel_locks::nuki::errand::Errand;
use terskel_model::capability::Capabilities;
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::{DispatchId, EventId, LockId, PhoneId, SessionId, TeamId, Timestamp, WorkerId};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::TestWorld;
use super::weather::Sky;
use crate::station_client::{Answer, ByteStream, Credential, Station, StationError, Stations};

mod keys;
mod lead;
mod roster;
mod way;
pub(crate) use way::Way;

/// How the station feels today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Good,
    /// Nothing comes through.
    Unreachable,
    /// Takes no token, and gives no other.
    Unauthenticated,
    /// Does not get through with why it has ended a session.
    OrdersLost,
    /// Gives the next tokens, and the answer is lost.
    RefreshLost,
    /// Does everything, and its answers to accept are lost.
    AnswersLost,
    /// Has no key for the first door: its lock's vendor gives none.
    VendorSilent,
    /// Refuses events of this kind for good.
    Refuses(&'static str),
    /// Fails at every batch with an event of this kind.
    FailsAt(&'static str),
    /// Somebody else is always first.
    AlreadyAccepted,
    /// Refuses batches of more than one event.
    TooLarge,
    /// Takes no lock.
    RefusesLocks,
}

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The first door's lock does not know its secret: this is another's.
    Foreign(Vec<u8>),
    /// It allows this alone.
    Only(Operation),
}

/// Shared by the stations that are one.
pub(crate) type Firsts = Arc<Mutex<HashMap<DispatchId, WorkerId>>>;

pub(crate) struct FakeStation {
    pub(crate) world: Arc<TestWorld>,
    pub(crate) phone: PhoneId,
    pub(crate) worker: WorkerId,
    pub(crate) shift: Duration,
    pub(crate) key_lifetime: Duration,
    pub(crate) shift_key_lifetime: Duration,
    pub(crate) credentials: Vec<(LockId, Vec<u8>)>,
    /// What is between it and the phone.
    pub(crate) sky: Sky,
    /// Who accepted first, where there is more than this phone.
    pub(crate) firsts: OnceLock<Firsts>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mood: Mood,
    /// Seeds: the one that signs, and those that are told.
    signs: [u8; 32],
    told: Vec<[u8; 32]>,
    public: Option<PhonePublic>,
    tokens: Option<Tokens>,
    refreshes: usize,
    dispatch: Option<Dispatch>,
    streams: Vec<mpsc::UnboundedSender<Vec<u8>>>,
    frames: Vec<Vec<u8>>,
    cursors: Vec<Option<String>>,
    cursor: u64,
    events: Vec<PhoneEvent>,
    known: HashSet<EventId>,
    batches: Vec<usize>,
    /// The home whose glass is broken where nobody permitted anything.
    glass: Option<Dispatch>,
    /// The home that the worker has permission for, and the keys that were issued by it.
    permitted: Option<KeyHome>,
    shift_keys: Vec<ShiftKey>,
    /// The locks that were brought.
    installed: Vec<Installation>,
    /// The homes of the team on shift.
    roster: roster::Roster,
    /// What its lead sees and decides.
    led: lead::Led,
    /// The worker leads no team.
    follows: bool,
    /// Who signs in, where that is somebody else.
    relief: Option<WorkerId>,
    /// The order by which the session was taken away.
    taken_away: Option<Withdrawal>,
    policy: Option<PhonePolicy>,
    /// What it says that it can do. None: it is from before stations said so, and refuses to be told.
    can: Option<Capabilities>,
    /// What is to be done at Nukis besides opening them.
    errands: Vec<Errand>,
    /// What is wrong with keys that it issues on these grounds.
    flaws: Vec<(KeyBasis, Flaw)>,
}

/// What the session has. A token tells its place in the row.
struct Tokens {
    session: SessionId,
    generation: usize,
    until: Timestamp,
}

/// How long a token is good.
const TOKEN_LASTS: Duration = Duration::from_secs(600);

impl Tokens {
    fn token(&self, kind: &str, generation: usize) -> String {
        format!("{kind} {generation} of {}", self.session)
    }

    fn pair(&self) -> Refreshed {
        Refreshed {
            token: Secret::new(self.token("access", self.generation)),
            token_lasts_s: u32::try_from(TOKEN_LASTS.as_secs()).unwrap(),
            refresh_token: Secret::new(self.token("refresh", self.generation)),
        }
    }
}

impl FakeStation {
    pub(crate) fn new(world: Arc<TestWorld>, credentials: Vec<(LockId, Vec<u8>)>) -> Self {
        Self {
            phone: PhoneId::new(&*world),
            worker: WorkerId::new(&*world),
            shift: Duration::from_secs(8 * 3600),
            key_lifetime: Duration::from_secs(3600),
            shift_key_lifetime: Duration::from_secs(8 * 3600),
            credentials,
            sky: Sky::new(1),
            firsts: OnceLock::new(),
            state: Mutex::new(State {
                signs: [7; 32],
                told: vec![[7; 32]],
                can: Some(Capabilities::ours()),
                ..State::default()
            }),
            world,
        }
    }

    /// What the unit decides about its phones; for most stories, that they stay open.
    pub(crate) fn decide(&self, policy: PhonePolicy) {
        self.state().policy = Some(policy);
    }

    /// An older one.
    pub(crate) fn can_only(&self, can: Option<Capabilities>) {
        self.state().can = can;
    }

    fn policy(&self) -> PhonePolicy {
        let open = PhonePolicy { lock_after_s: 24 * 3600, ..PhonePolicy::default() };
        self.state().policy.clone().unwrap_or(open)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn feel(&self, mood: Mood) {
        let mut state = self.state();
        if matches!(mood, Mood::Unreachable | Mood::Unauthenticated) {
            state.streams.clear();
        }
        state.mood = mood;
    }

    pub(crate) fn authority(&self) -> Authority {
        Authority::from_seed(&self.state().signs)
    }

    /// From now on it signs with this one, and tells those.
    pub(crate) fn rotate(&self, signs: [u8; 32], told: &[[u8; 32]]) {
        let mut state = self.state();
        (state.signs, state.told) = (signs, told.to_vec());
    }

    fn told(&self) -> KeySet {
        let public = |seed| Authority::from_seed(seed).public_key();
        let state = self.state();
        let keys = state.told.iter().map(public);
        KeySet { keys: keys.map(|key| PublicKey::ed25519(key.0, key.kid())).collect() }
    }

    /// Sends the dispatch to every phone, in a new revision.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut Dispatch)) {
        let mut state = self.state();
        let Some(dispatch) = &mut state.dispatch else { return };
        change(dispatch);
        dispatch.revision += 1;
        state.cursor += 1;
        state.broadcast();
    }

    pub(crate) fn dispatch(&self, dispatch: Dispatch) {
        let mut state = self.state();
        state.dispatch = Some(dispatch);
        state.cursor += 1;
        state.broadcast();
    }

    /// The dispatch as it is.
    pub(crate) fn present(&self) -> Option<Dispatch> {
        self.state().dispatch.clone()
    }

    /// Whether this worker is the first to accept, or was.
    fn is_first(&self, dispatch: DispatchId) -> bool {
        let Some(firsts) = self.firsts.get() else { return true };
        *firsts.lock().unwrap().entry(dispatch).or_insert(self.worker) == self.worker
    }

    /// Sends again what it has sent `before` the last.
    pub(crate) fn say_again(&self, before: usize) {
        let state = self.state();
        let frame = state.frames.iter().rev().nth(before);
        for (stream, frame) in state.streams.iter().zip(frame.iter().cycle()) {
            let _ = stream.send(frame.to_vec());
        }
    }

    /// Bytes to every open stream, as they are.
    pub(crate) fn say(&self, bytes: &str) {
        for stream in &self.state().streams {
            let _ = stream.send(bytes.as_bytes().to_vec());
        }
    }

    /// The worker leads no team, from the next sign-in on.
    pub(crate) fn led_by_another(&self) {
        self.state().follows = true;
    }

    /// Who signs in from now on: another worker, or the first again.
    pub(crate) fn relieve(&self, by: Option<WorkerId>) {
        self.state().relief = by;
    }

    fn on_shift(&self) -> WorkerId {
        self.state().relief.unwrap_or(self.worker)
    }

    /// The locks that were brought, each once.
    pub(crate) fn installed(&self) -> Vec<Installation> {
        self.state().installed.clone()
    }

    /// Takes a lock that is proven by events it has.
    fn install(&self, brought: Installation) -> Result<(), StationError> {
        let lead = self.on_shift();
        let mut state = self.state();
        if state.mood == Mood::RefusesLocks {
            return Err(problem(409, code::CONFLICT));
        }
        let proves = |id: EventId, operation: Operation, outcome: DoorOutcome| {
            state.events.iter().any(|event| {
                event.id == id
                    && event.kind == EventKind::LockTested
                    && event.worker == lead
                    && event.operation == Some(operation.clone())
                    && event.outcome == Some(outcome.clone())
                    && event.lock.as_ref().is_some_and(|report| report.lock == brought.lock.id)
            })
        };
        let proven = proves(brought.opened, Operation::Open, DoorOutcome::Opened)
            && proves(brought.locked, Operation::Lock, DoorOutcome::Locked);
        if !proven {
            return Err(problem(422, code::INVALID));
        }
        if state.installed.iter().all(|known| known.lock.id != brought.lock.id) {
            state.installed.push(brought);
        }
        if state.mood == Mood::AnswersLost { Err(StationError::NoNetwork) } else { Ok(()) }
    }

    /// The phone was reported lost.
    pub(crate) fn forget_phone(&self) {
        self.state().public = None;
    }

    pub(crate) fn break_streams(&self) {
        self.state().streams.clear();
    }

    /// What each stream began with.
    pub(crate) fn cursors(&self) -> Vec<Option<String>> {
        self.state().cursors.clone()
    }

    pub(crate) fn batches(&self) -> Vec<usize> {
        self.state().batches.clone()
    }

    /// The kinds of events it took, as they came.
    pub(crate) fn came(&self) -> Vec<String> {
        self.state().events.iter().map(|event| event.kind.as_str().to_owned()).collect()
    }

    /// The events it took, in order; their chain has no gap.
    pub(crate) fn events(&self) -> Vec<PhoneEvent> {
        let events = self.state().events.clone();
        for (event, n) in events.iter().zip(1..) {
            assert_eq!(event.sequence, n, "the chain has a gap");
        }
        events
    }

    /// What was told, in order; what phones learn of locks comes when sessions end, and is left out.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let told = self.events().into_iter().filter(|e| e.kind != EventKind::LockReported);
        told.map(|e| e.kind.as_str().to_owned()).collect()
    }

    /// How often it gave next tokens.
    pub(crate) fn refreshes(&self) -> usize {
        self.state().refreshes
    }

    /// The session's token is over before the phone thinks so.
    pub(crate) fn end_token(&self) {
        if let Some(tokens) = &mut self.state().tokens {
            tokens.until = self.world.true_time();
        }
    }

    fn reachable(&self) -> Result<(), StationError> {
        if self.state().mood == Mood::Unreachable { Err(StationError::NoNetwork) } else { Ok(()) }
    }

    fn check(&self, credential: &Credential) -> Result<(), StationError> {
        self.reachable()?;
        let state = self.state();
        let good = state.tokens.as_ref().filter(|tokens| {
            credential.token.expose() == tokens.token("access", tokens.generation)
                && self.world.true_time() < tokens.until
        });
        match (good, &state.mood) {
            (Some(_), mood) if *mood != Mood::Unauthenticated => Ok(()),
            _ => Err(problem(401, code::UNAUTHENTICATED)),
        }
    }

    /// The newest refresh token gives the next pair, the one before it the newest again.
    fn next_tokens(&self, refresh: &Secret) -> Result<Refreshed, StationError> {
        let mut state = self.state();
        let mood = state.mood.clone();
        let refused = || problem(401, code::UNAUTHENTICATED);
        let tokens = state.tokens.as_mut().filter(|_| mood != Mood::Unauthenticated).ok_or_else(refused)?;
        let place = (1..=tokens.generation).find(|place| refresh.expose() == tokens.token("refresh", *place));
        match tokens.generation - place.ok_or_else(refused)? {
            0 => tokens.generation += 1,
            1 => {}
            _ => return Err(refused()),
        }
        tokens.until = self.world.true_time() + TOKEN_LASTS;
        let pair = tokens.pair();
        state.refreshes += 1;
        if mood == Mood::RefreshLost { Err(StationError::NoNetwork) } else { Ok(pair) }
    }

    /// Takes events whose signatures are good.
    fn take(&self, batch: &EventBatch) -> Result<EventReceipts, StationError> {
        let mut state = self.state();
        state.batches.push(batch.events.len());
        if state.mood == Mood::TooLarge && batch.events.len() > 1 {
            return Err(problem(413, code::TOO_LARGE));
        }
        let public = state.public.clone().unwrap();
        if let Mood::FailsAt(kind) = state.mood
            && batch.events.iter().any(|signed| event::peek(&signed.0).unwrap().kind.as_str() == kind)
        {
            return Err(problem(500, code::INTERNAL));
        }
        let mut receipts = Vec::new();
        for signed in &batch.events {
            let event = event::verify(&signed.0, &public).unwrap();
            let refused = (state.mood == Mood::Refuses("door_operated")
                && event.kind.as_str() == "door_operated")
                .then(|| code::BAD_PROOF.to_owned());
            receipts.push(EventReceipt { id: Some(event.id), refused: refused.clone() });
            if event.kind == EventKind::AcceptedOffline {
                event.dispatch.map(|dispatch| self.is_first(dispatch));
            }
            if state.known.insert(event.id) {
                state.events.push(event);
            }
        }
        Ok(EventReceipts { receipts })
    }
}

impl State {
    fn frame(&self) -> Vec<u8> {
        let body = serde_json::to_string(&self.dispatch).unwrap();
        format!("id: {}\nevent: dispatch\ndata: {body}\n\n", self.cursor).into_bytes()
    }

    fn broadcast(&mut self) {
        let frame = self.frame();
        self.frames.push(frame.clone());
        self.streams.retain(|stream| stream.send(frame.clone()).is_ok());
    }
}

pub(crate) fn problem(status: u16, code: &str) -> StationError {
    let problem = ProblemDetails {
        kind: format!("urn:terskel:problem:{code}"),
        title: code.into(),
        status,
        code: code.into(),
        detail: None,
        field: None,
        retry_after_s: Some(60),
        accepted_by: Some("Bo".into()),
        station_time: None,
    };
    StationError::Problem { problem: Box::new(problem) }
}
