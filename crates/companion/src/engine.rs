//! The engine: what a shell starts, and the one door to it.

use std::path::PathBuf;
use std::sync::Arc;

use terskel_keys::receipt::Direction;
use terskel_locks::family::Families;
use terskel_model::World;
use terskel_model::door::Operation;
use terskel_radio::{AdapterState, Radio};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::access::{NewAccess, Subject};
use crate::interface::{Answer, BluetoothState, Intent, Outcome, Problem, Question, View, VisitSummary};
use crate::state::{Core, PhoneClock};
use crate::station_client::{HttpStations, Stations};
use crate::store::{Store, StoreError, StoreKey};
use crate::visit::AbortOnDrop;
use crate::{access, alerts, install, keys, lock, outbox, roster, session, stream, visit};

/// What an engine is made of.
pub struct EngineConfig {
    /// The encrypted store; made at first start.
    pub store_path: PathBuf,
    /// What it is encrypted with.
    pub store_key: StoreKey,
    /// Clock and randomness.
    pub world: Arc<dyn World>,
    /// The phone's Bluetooth.
    pub radio: Arc<dyn Radio>,
    /// The makes of lock that it can open.
    pub families: Families,
}

/// A running engine. Dropping it stops its tasks; nothing that was recorded is lost.
pub struct Engine {
    core: Arc<Core>,
    _tasks: Vec<AbortOnDrop>,
}

impl Engine {
    /// Opens the store, finishes what an earlier process left unfinished, and starts to work. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be opened with this key.
    pub async fn start(config: EngineConfig) -> Result<Self, StoreError> {
        let stations = Arc::new(HttpStations::new(config.world.clone()));
        let EngineConfig { store_path, store_key, world, radio, families } = config;
        let store = Store::open(&store_path, &store_key).await?;
        Self::start_on(store, world, radio, families, stations).await
    }

    pub(crate) async fn start_on(
        store: Store,
        world: Arc<dyn World>,
        radio: Arc<dyn Radio>,
        families: Families,
        stations: Arc<dyn Stations>,
    ) -> Result<Self, StoreError> {
        let clock = PhoneClock::open(world.clone(), &store).await?;
        // What was going on is told while it is known what it belonged to; then goes what has come to its end.
        if let Some(phone) = store.snapshot().await?.phone {
            store.finish_interrupted(&phone, &clock).await?;
            store.finish_interrupted_test(&phone, &clock).await?;
        }
        lock::finish(&store, &clock).await?;
        store.sweep(clock.now()).await?;
        let core = Arc::new(Core::new(world, radio, families, stations, (store, clock)).await?);
        let _tasks = vec![
            AbortOnDrop(tokio::spawn(stream::keep_reading(core.clone()))),
            AbortOnDrop(tokio::spawn(outbox::keep_sending(core.clone()))),
            AbortOnDrop(tokio::spawn(session::keep_time(core.clone()))),
            AbortOnDrop(tokio::spawn(keys::keep_shift_keys(core.clone()))),
            AbortOnDrop(tokio::spawn(keys::keep_asking_whether_taken_away(core.clone()))),
            AbortOnDrop(tokio::spawn(roster::keep_roster(core.clone()))),
            AbortOnDrop(tokio::spawn(visit::supervise(core.clone()))),
            AbortOnDrop(tokio::spawn(install::keep_bringing(core.clone()))),
            AbortOnDrop(tokio::spawn(show_bluetooth(core.clone()))),
        ];
        Ok(Self { core, _tasks })
    }

    /// Does what the worker wants. Goes on to its end also when the caller stops waiting.
    ///
    /// # Errors
    /// [`Problem`]: it did not go through.
    pub async fn intend(&self, intent: Intent) -> Result<Outcome, Problem> {
        let core = self.core.clone();
        let done = tokio::spawn(async move { carry_out(&core, intent).await });
        done.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an intent ended early");
            Err(Problem::StoreFailed)
        })
    }

    /// Answers a question.
    ///
    /// # Errors
    /// [`Problem::SignedOut`] when nobody is signed in; [`Problem::Locked`].
    pub async fn ask(&self, question: Question) -> Result<Answer, Problem> {
        lock::guard(&self.core)?;
        match question {
            Question::VisitsToday => {
                let snapshot = self.core.snapshot();
                if snapshot.session.is_none() {
                    return Err(Problem::SignedOut);
                }
                let visits = snapshot
                    .visits
                    .iter()
                    .map(|v| VisitSummary {
                        id: v.dispatch,
                        resident_name: v.resident_name.clone(),
                        accepted_at: v.accepted_at,
                        arrived_at: v.arrived_at,
                        left_at: v.left_at,
                        closed_at: v.closed_at,
                        unsent: v.unsent,
                    })
                    .collect();
                Ok(Answer::VisitsToday { visits })
            }
            Question::FindHomes { text, language } => roster::find_homes(&self.core, &text, &language).await,
            Question::TeamHomes => install::team_homes(&self.core).await,
        }
    }

    /// The phone as it is: the present view at once, a new one at every change.
    #[must_use]
    pub fn views(&self) -> watch::Receiver<Arc<View>> {
        self.core.views()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.core.visit.clear();
        install::stop_finding(&self.core);
        access::stop_looking(&self.core);
    }
}

async fn carry_out(core: &Arc<Core>, intent: Intent) -> Result<Outcome, Problem> {
    if !matches!(intent, Intent::Touched) {
        tracing::info!(?intent, "intent");
    }
    if matches!(intent, Intent::SignIn { .. } | Intent::Unlock { .. }) {
        return do_it(core, intent).await;
    }
    lock::guard(core)?;
    lock::touched(core);
    let done = do_it(core, intent).await;
    // What takes its time, at a door, say, is not followed by a locked screen.
    lock::touched(core);
    done
}

async fn do_it(core: &Arc<Core>, intent: Intent) -> Result<Outcome, Problem> {
    match intent {
        Intent::Enrol { station_url, code, phone_name } => {
            session::enrol(core, &station_url, &code, &phone_name).await
        }
        Intent::SignIn { staff_number, pin } => session::sign_in(core, &staff_number, pin).await,
        Intent::ChooseUnlockCode { code } => lock::choose(core, code).await,
        Intent::Unlock { code } => lock::unlock(core, code).await,
        Intent::Lock => lock::lock_now(core).await,
        Intent::Touched => Ok(Outcome::Done),
        Intent::SignOut => session::sign_out(core).await,
        Intent::Accept { dispatch } => alerts::accept(core, dispatch).await,
        Intent::Decline { dispatch, reason } => alerts::decline(core, dispatch, &reason).await,
        Intent::VisitHome { resident, called } => visit::visit_home(core, resident, called).await,
        Intent::BreakGlass { resident_number, reason, text } => {
            visit::break_glass(core, &resident_number, &reason, &text).await
        }
        Intent::OpenDoor { dispatch, door } => visit::operate(core, dispatch, door, Operation::Open).await,
        Intent::LockDoor { dispatch, door } => visit::operate(core, dispatch, door, Operation::Lock).await,
        Intent::PassDoor { dispatch, door, reason } => visit::pass(core, dispatch, door, &reason).await,
        Intent::ShowCode { dispatch, door } => visit::show_code(core, dispatch, door).await,
        Intent::CheckIn { dispatch } => visit::check(core, dispatch, Direction::In).await,
        Intent::CheckOut { dispatch } => visit::check(core, dispatch, Direction::Out).await,
        Intent::CloseVisit { dispatch } => visit::close(core, dispatch).await,
        Intent::FindLocks => install::find_locks(core),
        Intent::StopFindingLocks => Ok(install::stop_finding(core)),
        Intent::PairLock { device, code, resident, place, knob_outside } => {
            install::pair(core, &device, Zeroizing::new(code), (resident, place, knob_outside)).await
        }
        Intent::TestOpen => install::test(core, Operation::Open).await,
        Intent::TestLock => install::test(core, Operation::Lock).await,
        Intent::GiveUpInstallation => install::give_up(core).await,
        Intent::LookAtHome { resident } => access::look(core, Subject::Home(resident)).await,
        Intent::LookAtPhones => access::look(core, Subject::Phones).await,
        Intent::StopLooking => Ok(access::stop_looking(core)),
        Intent::GiveAccess { permission: id, resident, worker, once, until } => {
            access::give(core, NewAccess { id, resident, worker, once, until }).await
        }
        Intent::TakeAccessAway { permission } => access::take_away(core, permission).await,
        Intent::ReportPhoneLost { phone } => access::report_lost(core, phone).await,
        Intent::DismissRefusal { event } => core.dismiss_refusal(event).await.map(|()| Outcome::Done),
    }
}

/// The status line follows the adapter.
async fn show_bluetooth(core: Arc<Core>) {
    let mut state = core.radio.state();
    loop {
        let bluetooth = match *state.borrow_and_update() {
            AdapterState::On => BluetoothState::On,
            AdapterState::Off => BluetoothState::Off,
            AdapterState::Absent => BluetoothState::Absent,
        };
        core.show(|live| live.bluetooth = bluetooth);
        if state.changed().await.is_err() {
            return;
        }
    }
}
