//! The code that unlocks the app, and how often a wrong one was typed.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::Secret;
use terskel_keys::event::session_name;
use terskel_model::event::EventKind;

use super::events::{Draft, record};
use super::{Phone, Result, Session, Store, StoreError};
use crate::state::PhoneClock;

/// What the app is locked with.
#[derive(Clone)]
pub(crate) struct AppLock {
    /// argon2id, in PHC text form; empty when it is spent.
    pub(crate) hash: Secret,
    /// Wrong codes since the last right one.
    pub(crate) wrong: u32,
}

impl Store {
    /// A code was chosen.
    pub(crate) async fn save_app_lock(&self, hash: &Secret) -> Result<()> {
        sqlx::query(
            "INSERT INTO app_lock (only, hash, wrong) VALUES (1, $1, 0)
             ON CONFLICT (only) DO UPDATE SET hash = excluded.hash, wrong = 0",
        )
        .bind(hash.expose())
        .execute(&mut *self.connection().await?)
        .await?;
        Ok(())
    }

    /// A code is about to be tried: counted as wrong until it has proved right. `None`: none was chosen.
    pub(crate) async fn count_unlock(&self) -> Result<Option<AppLock>> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        sqlx::query("UPDATE app_lock SET wrong = wrong + 1").execute(&mut *tx).await?;
        let lock = read(&mut tx).await?;
        tx.commit().await?;
        Ok(lock)
    }

    /// It was right.
    pub(crate) async fn forgive_unlock(&self) -> Result<()> {
        sqlx::query("UPDATE app_lock SET wrong = 0").execute(&mut *self.connection().await?).await?;
        Ok(())
    }

    /// There were too many wrong ones: keys and residents go with the code, and the event that says so is written. What is
    /// left of the lock says why until the next sign-in.
    pub(crate) async fn spend_app_lock(
        &self,
        phone: &Phone,
        session: &Session,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        super::retention::wipe_homes(&mut tx).await?;
        super::installation::wipe(&mut tx).await?;
        sqlx::query("UPDATE app_lock SET hash = ''").execute(&mut *tx).await?;
        sqlx::query("UPDATE session SET badge = x''").execute(&mut *tx).await?;
        let draft = Draft {
            reason: Some(crate::lock::WRONG_CODES.to_owned()),
            session: Some(session_name(session.id)),
            ..Draft::of_phone(EventKind::PhoneWiped, clock.now(), session.worker)
        };
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Option<AppLock>> {
    let row = sqlx::query("SELECT hash, wrong FROM app_lock").fetch_optional(connection).await?;
    row.map(|row| {
        let wrong: i64 = row.try_get("wrong")?;
        Ok(AppLock {
            hash: Secret::new(row.try_get::<String, _>("hash")?),
            wrong: u32::try_from(wrong).map_err(|_| StoreError::Unreadable("count"))?,
        })
    })
    .transpose()
}
