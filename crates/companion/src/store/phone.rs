//! The enrolment.

use std::sync::Arc;

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_keys::{AuthorityKey, AuthorityKeys, PhoneIdentity};
use terskel_model::{KeyId, PhoneId};

use super::{Result, Store, StoreError, id};

/// Why events of an earlier enrolment are not sent.
const ENROLLED_ANEW: &str = "enrolled_anew";

/// The phone as its station knows it.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    /// Its id there.
    pub(crate) id: PhoneId,
    /// Where the station is.
    pub(crate) station_url: String,
    /// What digital keys verify against: what this station told, and nobody else.
    pub(crate) authority: AuthorityKeys,
    /// The private keys.
    pub(crate) identity: Arc<PhoneIdentity>,
}

impl Store {
    /// A new enrolment. Whatever the old one gave is wiped. Unsent events are signed by a phone that is no more, perhaps for
    /// another station: they are never sent, and a person sees which.
    pub(crate) async fn save_phone(&self, phone: &Phone) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        super::retention::wipe_shift(&mut tx).await?;
        super::installation::wipe(&mut tx).await?;
        sqlx::query("UPDATE event SET state = 'refused', code = $1 WHERE state = 'queued'")
            .bind(ENROLLED_ANEW)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM phone").execute(&mut *tx).await?;
        sqlx::query("INSERT INTO phone (only, id, station_url, identity) VALUES (1, $1, $2, $3)")
            .bind(phone.id.to_string())
            .bind(&phone.station_url)
            .bind(phone.identity.to_bytes().to_vec())
            .execute(&mut *tx)
            .await?;
        put_authority(&mut tx, &phone.authority).await?;
        Ok(tx.commit().await?)
    }

    /// The station does not know the phone: it was reported lost. What its shift and an installation gave is wiped.
    pub(crate) async fn disown(&self) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        super::retention::wipe_shift(&mut tx).await?;
        super::installation::wipe(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The station has told its keys; `orphans` are digital keys that no longer verify.
    pub(crate) async fn save_authority(&self, authority: &AuthorityKeys, orphans: &[KeyId]) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        put_authority(&mut tx, authority).await?;
        for key in orphans {
            sqlx::query("DELETE FROM digital_key WHERE id = $1")
                .bind(key.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// The enrolment, if there is one. An identity is made from its bytes once: that is arithmetic on a curve, and
    /// the store is read after everything that happens.
    pub(super) async fn read_phone(&self, connection: &mut SqliteConnection) -> Result<Option<Phone>> {
        let mut known = self.identity.lock().await;
        let phone = read(connection, known.take()).await?;
        *known = phone.as_ref().map(|phone| (phone.id, Arc::clone(&phone.identity)));
        Ok(phone)
    }
}

/// A phone's identity never changes: a new enrolment has a new id as well.
async fn read(
    connection: &mut SqliteConnection,
    known: Option<(PhoneId, Arc<PhoneIdentity>)>,
) -> Result<Option<Phone>> {
    let row =
        sqlx::query("SELECT id, station_url, identity FROM phone").fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let phone = id(row.try_get("id")?)?;
    let identity = match known {
        Some((of, identity)) if of == phone => identity,
        _ => parse(&zeroize::Zeroizing::new(row.try_get::<Vec<u8>, _>("identity")?))?,
    };
    Ok(Some(Phone {
        id: phone,
        station_url: row.try_get("station_url")?,
        authority: read_authority(connection).await?,
        identity,
    }))
}

fn parse(bytes: &[u8]) -> Result<Arc<PhoneIdentity>> {
    PhoneIdentity::from_bytes(bytes).map(Arc::new).map_err(|_| StoreError::Unreadable("identity"))
}

async fn put_authority(tx: &mut SqliteConnection, authority: &AuthorityKeys) -> Result<()> {
    sqlx::query("DELETE FROM authority_key").execute(&mut *tx).await?;
    for key in authority.iter() {
        sqlx::query("INSERT INTO authority_key (key) VALUES ($1)")
            .bind(key.0.to_vec())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn read_authority(connection: &mut SqliteConnection) -> Result<AuthorityKeys> {
    let keys: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT key FROM authority_key ORDER BY key").fetch_all(connection).await?;
    let key = |key: Vec<u8>| key.try_into().map(AuthorityKey);
    keys.into_iter().map(|bytes| key(bytes).map_err(|_| StoreError::Unreadable("authority key"))).collect()
}
