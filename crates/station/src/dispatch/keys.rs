//! Digital keys for the doors of a dispatch: for this phone alone, an hour long, never past the shift's end.

use sqlx::AnyConnection;
use terskel_api::Bytes;
use terskel_api::dispatch::{Door, IssuedKey, Lock};
use terskel_keys::digital_key::{self, Claims};
use terskel_model::digital_key::KeyBasis;
use terskel_model::door::Operation;
use terskel_model::event::EventKind;
use terskel_model::rules::KEY_CLOCK_SLACK;
use terskel_model::{DispatchId, KeyId};

use crate::app::App;
use crate::audit::Entry;
use crate::auth::{PhoneSession, phone_keys};
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// Who issues: the `iss` claim.
const ISSUER: &str = "terskel-station";

/// Keys for whom, and for which doors.
pub(super) struct KeyRing<'a> {
    pub(super) session: &'a PhoneSession,
    pub(super) dispatch: DispatchId,
    pub(super) doors: &'a [Door],
}

/// One key for each lock on the way: the one that was issued before, as long as it is good, else a new one.
pub(super) async fn keys_for(
    ring: &KeyRing<'_>,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<IssuedKey>, Failure> {
    let mut keys = Vec::with_capacity(ring.doors.len());
    for door in ring.doors {
        let Some(lock) = &door.lock else { continue };
        let key = match ring.good_key(app, tx, door, lock).await? {
            Some(key) => key,
            None => ring.issue(app, tx, door, lock).await?,
        };
        keys.push(key);
    }
    Ok(keys)
}

impl KeyRing<'_> {
    async fn good_key(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        door: &Door,
        lock: &Lock,
    ) -> Result<Option<IssuedKey>, Failure> {
        let row = sqlx::query(
            "SELECT id, signed FROM issued_keys WHERE dispatch_id = $1 AND phone_id = $2 AND worker_id = $3
             AND door_id = $4 AND lock_id = $5 AND expires_ms > $6 ORDER BY expires_ms DESC LIMIT 1",
        )
        .bind(self.dispatch.to_string())
        .bind(self.session.phone.to_string())
        .bind(self.session.worker.to_string())
        .bind(door.id.to_string())
        .bind(lock.id.to_string())
        .bind(ms(app.now()))
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(IssuedKey {
            id: row.id("id")?,
            lock: lock.id,
            door: door.id,
            key: Bytes(row.bytes("signed")?),
        }))
    }

    async fn issue(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        door: &Door,
        lock: &Lock,
    ) -> Result<IssuedKey, Failure> {
        let claims = self.claims(app, door, lock);
        let phone = phone_keys(tx, self.session.phone).await?;
        let sealed = sqlx::query("SELECT credential_sealed FROM locks WHERE id = $1")
            .bind(lock.id.to_string())
            .fetch_one(&mut *tx)
            .await?
            .bytes("credential_sealed")?;
        let credential = app.seal.open(lock.id.0, &sealed)?;
        let signed = digital_key::issue(&app.authority, &claims, &phone, &credential, &*app.world)
            .map_err(|_| Failure::Internal("a digital key could not be issued"))?;
        self.store(app, tx, &claims, &signed).await?;
        Ok(IssuedKey { id: claims.id, lock: lock.id, door: door.id, key: Bytes(signed) })
    }

    fn claims(&self, app: &App, door: &Door, lock: &Lock) -> Claims {
        let now = app.now();
        Claims {
            id: KeyId::new(&*app.world),
            issuer: ISSUER.to_owned(),
            worker: self.session.worker,
            phone: self.session.phone,
            lock: lock.id,
            door: door.id,
            family: lock.family.clone(),
            basis: KeyBasis::Dispatch,
            dispatch: Some(self.dispatch),
            permission: None,
            operations: vec![Operation::Open, Operation::Lock],
            not_before: now - KEY_CLOCK_SLACK,
            expires: (now + KeyBasis::Dispatch.lifetime()).min(self.session.ends_at),
            issued_at: now,
        }
    }

    async fn store(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        claims: &Claims,
        signed: &[u8],
    ) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO issued_keys (id, dispatch_id, door_id, lock_id, worker_id, phone_id, expires_ms, signed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(claims.id.to_string())
        .bind(self.dispatch.to_string())
        .bind(claims.door.to_string())
        .bind(claims.lock.to_string())
        .bind(claims.worker.to_string())
        .bind(claims.phone.to_string())
        .bind(ms(claims.expires))
        .bind(signed.to_vec())
        .execute(&mut *tx)
        .await?;
        let entry = Entry {
            dispatch: Some(self.dispatch),
            worker: Some(claims.worker),
            phone: Some(claims.phone),
            door: Some(claims.door),
            key: Some(claims.id),
            ..Entry::of_station(app, EventKind::KeyIssued)
        };
        entry.store(app, tx).await
    }
}
