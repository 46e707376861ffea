//! One digital key: the one that was issued before, where it is as good as a new one, else a new one.

use chrono::TimeDelta;
use sqlx::AnyConnection;
use terskel_api::Bytes;
use terskel_api::dispatch::{Door, IssuedKey, Lock};
use terskel_keys::digital_key::{self, Claims};
use terskel_model::capability::{Capabilities, Capability};
use terskel_model::digital_key::{KeyBasis, KeyWanting};
use terskel_model::door::Operation;
use terskel_model::event::EventKind;
use terskel_model::permission::Because;
use terskel_model::rules::KEY_CLOCK_SLACK;
use terskel_model::{KeyId, PermissionId, PhoneId, Timestamp, WorkerId};

use super::entries::{self, Packed};
use super::source;
use crate::app::App;
use crate::audit::Entry;
use crate::auth::phone_keys;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// Who issues: the `iss` claim.
const ISSUER: &str = "terskel-station";

/// A phone asks for the keys of its dispatch again when they have less than five minutes left, and is to get others then.
const RENEWED_BEFORE: TimeDelta = TimeDelta::minutes(10);

/// What has been decided.
pub(super) struct Order<'a> {
    pub(super) worker: WorkerId,
    pub(super) phone: PhoneId,
    /// What that phone can do.
    pub(super) can: &'a Capabilities,
    pub(super) door: &'a Door,
    pub(super) lock: &'a Lock,
    pub(super) until: Timestamp,
    pub(super) operations: Vec<Operation>,
    pub(super) because: Because,
    pub(super) once: bool,
}

/// The key for it, or why there is none. It does not outlive the lock's own secret.
pub(super) async fn key_for(
    order: Order<'_>,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Result<IssuedKey, KeyWanting>, Failure> {
    // It would open with it as often as it likes.
    if order.once && !order.can.has(&Capability::KeysForOnce) {
        return Ok(Err(KeyWanting::AppTooOld));
    }
    let held = match source::held(order.lock.id, app, tx).await? {
        Ok(held) => held,
        Err(wanting) => return Ok(Err(wanting)),
    };
    let until = held.until.map_or(order.until, |end| end.min(order.until));
    if until.timestamp() <= app.now().timestamp() {
        return Ok(Err(KeyWanting::TokenEnded));
    }
    let order = Order { until, ..order };
    let packed = entries::pack(&order, held.credential, app, tx).await?;
    match order.good_key(&packed.plan, app, tx).await? {
        Some(key) => Ok(Ok(key)),
        None => order.issue(held.from, &packed, app, tx).await.map(Ok),
    }
}

impl Order<'_> {
    /// The permission whose entry in the lock's own list this phone is to have: none for what is for once, or an emergency.
    pub(super) fn entry_of(&self) -> Option<PermissionId> {
        let Because { dispatch, break_glass, permission } = self.because;
        permission.filter(|_| dispatch.is_none() && break_glass.is_none() && !self.once)
    }

    /// What a dispatch allows moves on with the clock: its key is good until it is nearly over. Any other is good if it
    /// lasts as long as a new one would.
    async fn good_key(
        &self,
        plan: &str,
        app: &App,
        tx: &mut AnyConnection,
    ) -> Result<Option<IssuedKey>, Failure> {
        let new = whole_seconds(self.until);
        let at_least = ms(self.because.dispatch.map_or(new, |_| new.min(app.now() + RENEWED_BEFORE)));
        let row = sqlx::query(
            "SELECT id, signed FROM issued_keys WHERE phone_id = $1 AND worker_id = $2 AND door_id = $3
             AND lock_id = $4 AND COALESCE(dispatch_id, '') = $5 AND COALESCE(permission_id, '') = $6
             AND COALESCE(break_glass_id, '') = $7 AND withdrawn_ms IS NULL AND expires_ms >= $8 AND entry_plan = $9 ORDER BY expires_ms DESC LIMIT 1",
        )
        .bind(self.phone.to_string())
        .bind(self.worker.to_string())
        .bind(self.door.id.to_string())
        .bind(self.lock.id.to_string())
        .bind(self.because.dispatch.map(|id| id.to_string()).unwrap_or_default())
        .bind(self.because.permission.map(|id| id.to_string()).unwrap_or_default())
        .bind(self.because.break_glass.map(|id| id.to_string()).unwrap_or_default())
        .bind(at_least)
        .bind(plan.to_owned())
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(IssuedKey {
            id: row.id("id")?,
            lock: self.lock.id,
            door: self.door.id,
            key: Bytes(row.bytes("signed")?),
        }))
    }

    async fn issue(
        &self,
        from: Option<Timestamp>,
        packed: &Packed,
        app: &App,
        tx: &mut AnyConnection,
    ) -> Result<IssuedKey, Failure> {
        let claims = self.claims(from, app);
        let phone = phone_keys(tx, self.phone).await?;
        let authority = app.authority.signer(app.now(), tx).await?;
        let signed = digital_key::issue(&authority, &claims, &phone, &packed.secret, &*app.world)
            .map_err(|_| Failure::Internal("a digital key could not be issued"))?;
        self.store(app, tx, &claims, (&signed, &packed.plan)).await?;
        Ok(IssuedKey { id: claims.id, lock: self.lock.id, door: self.door.id, key: Bytes(signed) })
    }

    fn claims(&self, from: Option<Timestamp>, app: &App) -> Claims {
        let (now, expires) = (app.now(), whole_seconds(self.until));
        Claims {
            id: KeyId::new(&*app.world),
            issuer: ISSUER.to_owned(),
            worker: self.worker,
            phone: self.phone,
            lock: self.lock.id,
            door: self.door.id,
            family: self.lock.family.clone(),
            basis: self.basis(),
            dispatch: self.because.dispatch,
            permission: self.because.permission,
            operations: self.operations.clone(),
            not_before: from.map_or(now - KEY_CLOCK_SLACK, |from| from.max(now - KEY_CLOCK_SLACK)),
            expires,
            issued_at: now,
        }
    }

    fn basis(&self) -> KeyBasis {
        match self.because {
            Because { dispatch: Some(_), .. } => KeyBasis::Dispatch,
            Because { break_glass: Some(_), .. } => KeyBasis::BreakGlass,
            Because { .. } => KeyBasis::Shift,
        }
    }

    async fn store(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        claims: &Claims,
        (signed, plan): (&[u8], &str),
    ) -> Result<(), Failure> {
        let operations = serde_json::to_string(&claims.operations);
        sqlx::query(
            "INSERT INTO issued_keys (id, dispatch_id, permission_id, door_id, lock_id, worker_id, phone_id, operations,
             expires_ms, signed, break_glass_id, entry_plan)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(claims.id.to_string())
        .bind(self.because.dispatch.map(|id| id.to_string()))
        .bind(self.because.permission.map(|id| id.to_string()))
        .bind(claims.door.to_string())
        .bind(claims.lock.to_string())
        .bind(claims.worker.to_string())
        .bind(claims.phone.to_string())
        .bind(operations.map_err(|_| Failure::Internal("operations could not be written"))?)
        .bind(ms(claims.expires))
        .bind(signed.to_vec())
        .bind(self.because.break_glass.map(|id| id.to_string()))
        .bind(plan.to_owned())
        .execute(&mut *tx)
        .await?;
        if self.once {
            self.use_up(app, tx, claims).await?;
        }
        let entry = Entry {
            dispatch: self.because.dispatch,
            permission: self.because.permission,
            worker: Some(claims.worker),
            phone: Some(claims.phone),
            door: Some(claims.door),
            key: Some(claims.id),
            reason: self.because.break_glass.map(|_| claims.basis.as_str().to_owned()),
            ..Entry::of_station(app, EventKind::KeyIssued)
        };
        entry.store(app, tx).await
    }

    /// A permission for once gives one key for a door that is good at a time, to one phone, until it has opened. It is decided
    /// before (`Permission::once`) that there is to be another where the first is good for nothing any more; here, that the first
    /// never comes back, and that an opening that is told of at this moment counts.
    async fn use_up(&self, app: &App, tx: &mut AnyConnection, claims: &Claims) -> Result<(), Failure> {
        let permission = self.because.permission.map(|id| id.to_string());
        let done = sqlx::query(
            "INSERT INTO permission_uses (permission_id, door_id, phone_id, key_id, key_until_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (permission_id, door_id)
             DO UPDATE SET key_id = excluded.key_id, key_until_ms = excluded.key_until_ms
             WHERE permission_uses.opened_ms IS NULL AND permission_uses.phone_id = excluded.phone_id",
        )
        .bind(permission.clone())
        .bind(claims.door.to_string())
        .bind(claims.phone.to_string())
        .bind(claims.id.to_string())
        .bind(ms(claims.expires))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() != 1 {
            return Err(Failure::Internal("what was for once has been used at this moment"));
        }
        sqlx::query(
            "UPDATE issued_keys SET withdrawn_ms = $1
             WHERE permission_id = $2 AND door_id = $3 AND id <> $4 AND withdrawn_ms IS NULL",
        )
        .bind(ms(app.now()))
        .bind(permission)
        .bind(claims.door.to_string())
        .bind(claims.id.to_string())
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Keys count in whole seconds, and never longer than decided.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}
