//! What a lock tells while nothing is asked of it: in a session, and to everybody.

use std::sync::atomic::Ordering;

use terskel_locks::lock::{LockEvent, LockState};
use tokio::time::Instant;

use super::door::{DoorKeeper, HOLD_MOST, LINGER};
use super::family;
use super::slot::Happened;

impl DoorKeeper {
    /// What the session tells while nothing is asked.
    pub(super) async fn hear(&mut self, happened: Happened<LockEvent>) {
        match happened {
            // From here on nobody else gets at the lock: what the family's hello takes counts too.
            Happened::Connected => self.close_at = Some(Instant::now() + HOLD_MOST),
            Happened::Failed(error) => {
                tracing::debug!(%error, "could not hold the lock ready");
                self.look_again = false;
            }
            Happened::Event(event) => self.learn(event).await,
            Happened::Over => {
                self.ready = false;
                self.tell_care().await;
            }
        }
    }

    async fn learn(&mut self, event: LockEvent) {
        self.care.learn(&event);
        match event {
            LockEvent::Ready(_) => {
                self.ready = true;
                let held = Instant::now() + self.hold;
                self.close_at = Some(self.close_at.map_or(held, |at| at.min(held)));
            }
            LockEvent::State(state) => self.note(state).await,
            LockEvent::Log(entries) => {
                let last = entries.iter().map(|entry| entry.index).max();
                self.log_after = last.unwrap_or(0).max(self.log_after);
                self.close_at = Some(Instant::now() + LINGER);
            }
            LockEvent::Entries(_) => self.close_at = Some(Instant::now() + LINGER),
            LockEvent::Moving(_)
            | LockEvent::Clock { .. }
            | LockEvent::FirstSeen { .. }
            | LockEvent::Outcome { .. }
            | LockEvent::Ended { .. } => {}
        }
    }

    /// What the lock says to everybody, where its family lets that be read.
    pub(super) async fn overhear(&mut self) {
        let Some(seen) = self.seen.borrow().clone() else { return };
        self.lend_ear();
        let state = self.ear.as_mut().and_then(|ear| ear.hear(&family::heard(&seen.sighting)));
        if let Some(state) = state {
            self.care.learn(&LockEvent::State(state));
            self.note(state).await;
        }
    }

    /// Once a digital key: opening one takes its time, and advertisements are many.
    fn lend_ear(&mut self) {
        let key = self.favourite_to_prepare();
        if key.is_none() || self.ear_by == key {
            return;
        }
        self.ear_by = key;
        let credential = self.core.phone().ok().zip(self.choose_to_prepare().ok());
        let credential = credential.and_then(|(phone, key)| key.open_credential(&phone.identity).ok());
        self.ear = credential.and_then(|it| family::eavesdropper(self.core.families, &self.lock, &it));
    }

    /// What is new about the lock's health goes to the station, in the name of who is signed in.
    pub(super) async fn tell_care(&mut self) {
        let Ok((phone, session)) = self.core.signed_in() else { return };
        let Some(news) = self.care.news() else { return };
        let kept = !news.entries.is_empty();
        let (place, core) = ((self.dispatch, self.door), &self.core);
        let told = core.store.report_lock(place, news, &phone, session.worker, &core.clock).await;
        match told {
            Ok(()) => {
                core.keys_to_change.fetch_or(kept, Ordering::Relaxed);
                core.outbox.notify_one();
            }
            Err(error) => tracing::error!(%error, "store"),
        }
        self.core.refresh_or_log().await;
    }

    /// Keeps what the lock says of itself.
    pub(super) async fn note(&mut self, state: LockState) {
        if state.locked.is_some() {
            self.look_again = false;
        }
        let snapshot = self.core.snapshot();
        let known = snapshot.door(self.dispatch, self.door);
        let news = |new: Option<u8>, old: Option<u8>| new.is_some() && new != old;
        let locked = (state.locked.map(u8::from), known.and_then(|k| k.locked).map(u8::from));
        let battery = (state.battery_percent, known.and_then(|k| k.battery_percent));
        if !news(locked.0, locked.1) && !news(battery.0, battery.1) {
            return;
        }
        let saved = self
            .core
            .store
            .save_lock_state(self.dispatch, self.door, state.locked, state.battery_percent)
            .await;
        if let Err(error) = saved {
            tracing::error!(%error, "store");
        }
        self.core.refresh_or_log().await;
    }
}
