//! Making a key known.

use sqlx::AnyConnection;
use terskel_keys::AuthorityKey;
use terskel_model::Timestamp;

use super::keyring::name;
use super::schedule::{ANNOUNCED_FOR, Schedule};
use super::{AuthorityError, Keyring};
use crate::app::App;
use crate::db::{Columns, Write, ms};
use crate::problem::Failure;

impl Keyring {
    /// At the start of a node: a station that has never signed begins with the first key that it has, and a key that has
    /// come into the environment since the last start takes over in its time.
    pub(crate) async fn begin(&self, app: &App) -> Result<(), AuthorityError> {
        let failed = |error: Failure| {
            tracing::error!(error = error.for_log(), "the authority's keys");
            AuthorityError::Database
        };
        let (now, world) = (app.now(), &*app.world);
        if app.write(&IsNew).await.map_err(failed)? {
            let first = Announce { key: self.first(world)?, signs_from: now, withdraw_others: false };
            app.write(&first).await.map_err(failed)?;
        }
        for key in self.environment() {
            let new = Announce { key: *key, signs_from: now + ANNOUNCED_FOR, withdraw_others: false };
            app.write(&new).await.map_err(failed)?;
        }
        let schedule = async { Schedule::load(&mut *app.reader().await?).await }.await.map_err(failed)?;
        if schedule.signers(now).any(|key| self.get(key).is_some()) {
            Ok(())
        } else {
            Err(AuthorityError::NoKey)
        }
    }
}

/// Whether the station has no key yet.
struct IsNew;

impl Write for IsNew {
    type Output = bool;

    async fn run(&self, _: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let row = sqlx::query("SELECT count(*) AS n FROM authority_keys").fetch_one(tx).await?;
        Ok(row.int("n")? == 0)
    }
}

/// Publishes a key; one that is known stays as it is.
pub(super) struct Announce {
    pub(super) key: AuthorityKey,
    pub(super) signs_from: Timestamp,
    /// Nobody is to believe what they sign, or have signed.
    pub(super) withdraw_others: bool,
}

impl Write for Announce {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let now = ms(app.now());
        if self.withdraw_others {
            sqlx::query("UPDATE authority_keys SET withdrawn_ms = $1 WHERE withdrawn_ms IS NULL")
                .bind(now)
                .execute(&mut *tx)
                .await?;
            // A key that is asked for again is given again: not these.
            sqlx::query(
                "UPDATE issued_keys SET withdrawn_ms = $1 WHERE withdrawn_ms IS NULL AND expires_ms > $1",
            )
            .bind(now)
            .execute(&mut *tx)
            .await?;
        }
        let done = sqlx::query(
            "INSERT INTO authority_keys (kid, public_key, announced_ms, signs_from_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (kid) DO NOTHING",
        )
        .bind(name(self.key))
        .bind(self.key.0.to_vec())
        .bind(now)
        .bind(ms(self.signs_from))
        .execute(tx)
        .await?;
        if done.rows_affected() > 0 {
            tracing::info!(kid = name(self.key), signs_from = %self.signs_from, "a key of the authority");
        }
        Ok(())
    }
}
