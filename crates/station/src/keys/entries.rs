//! A Nuki's own list of who may come in (`locks::nuki::errand`): an entry for each phone that a lead's permission lets in, which
//! the lock itself ends, and which is removed when the permission is taken away.
//!
//! The first key of that phone for the lock carries the standing secret and the errand to write the entry; once the phone has
//! told that it is there, keys carry the entry alone. What a phone needs to write entries is the lock's PIN: it travels with
//! errands, and once a day with a dispatch (`chore.rs`). All other keys open and lock, and can do no more.

mod chore;
mod told;

use chrono::TimeDelta;
use ring::digest::{SHA256, digest};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_locks::nuki::Credential;
use terskel_locks::nuki::errand::{self, Errand, Wanted};
use terskel_model::capability::Capability;
use terskel_model::world::random;
use terskel_model::{LockId, PermissionId, PhoneId, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::issue::Order;
use crate::app::App;
use crate::db::{Columns, ms};
use crate::problem::Failure;

pub(crate) use told::{rejected, told};

/// The family that has such a list.
const FAMILY: &str = "nuki";
/// An entry of a permission without end: a phone that is never seen again is out after this.
const LASTS: TimeDelta = TimeDelta::days(30);
/// It is renewed when less than this is left.
const RENEWED_BEFORE: TimeDelta = TimeDelta::days(10);
/// The lock's clock may be behind.
const EARLY: TimeDelta = TimeDelta::minutes(10);

/// Whose permission has ended, or whose phone is not one of the station's any more.
const UNWANTED: &str =
    "(NOT EXISTS (SELECT 1 FROM permissions p WHERE p.id = e.permission_id AND p.taken_ms IS NULL
     AND (p.until_ms IS NULL OR p.until_ms > $2))
   OR EXISTS (SELECT 1 FROM phones h WHERE h.id = e.phone_id AND h.withdrawn_ms IS NOT NULL))";

/// What goes into a key, and what to know it by.
pub(super) struct Packed {
    pub(super) secret: Zeroizing<Vec<u8>>,
    /// Empty: the lock's secret and nothing else.
    pub(super) plan: String,
}

/// The secret that a key for this lock carries.
pub(super) async fn pack(
    order: &Order<'_>,
    standing: Zeroizing<Vec<u8>>,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Packed, Failure> {
    let credential = Credential::from_bytes(&standing).ok().filter(|credential| credential.pin.is_some());
    let credential = credential.filter(|_| order.lock.family.as_str() == FAMILY);
    let Some(credential) = credential else { return Ok(Packed { secret: standing, plan: String::new() }) };
    let keeps = order.can.has(&Capability::LockEntries);
    // What is for once is given once, whatever else there would be to do.
    let mut errands =
        if order.once || !keeps { Vec::new() } else { unwanted(order.lock.id, app, tx).await? };
    if let Some(permission) = order.entry_of().filter(|_| keeps) {
        let own = Own { lock: order.lock.id, phone: order.phone, permission };
        let entry = own.entry(app, tx).await?;
        match entry.written() {
            Some(id) if errands.is_empty() => return Ok(entry.alone(id, &credential)),
            Some(_) => {}
            None => errands.push(entry.errand()),
        }
    }
    if !errands.is_empty() {
        return Ok(Packed { plan: plan(&errands), secret: errand::with_errands(&credential, &errands) });
    }
    if !order.once && chore::is_of(order, app, tx).await? {
        return Ok(Packed { plan: chore::PLAN.to_owned(), secret: standing });
    }
    let opens_only = Credential { pin: None, ..credential.clone() };
    Ok(Packed { plan: String::new(), secret: opens_only.to_bytes() })
}

fn plan(errands: &[Errand]) -> String {
    let of = |errand: &Errand| match &errand.wanted {
        Some(wanted) => format!("+{} {}", errand.name, wanted.until.timestamp()),
        None => format!("-{}", errand.name),
    };
    errands.iter().map(of).collect::<Vec<_>>().join(";")
}

/// Entries that the next phone is to remove.
async fn unwanted(lock: LockId, app: &App, tx: &mut AnyConnection) -> Result<Vec<Errand>, Failure> {
    let select = format!(
        "SELECT e.name FROM lock_entries e WHERE e.lock_id = $1 AND {UNWANTED} ORDER BY e.id LIMIT 3"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(select))
        .bind(lock.to_string())
        .bind(ms(app.now()))
        .fetch_all(tx)
        .await?;
    let errand = |row: &AnyRow| Ok(Errand { name: row.text("name")?, wanted: None });
    Ok(rows.iter().map(errand).collect::<sqlx::Result<_>>()?)
}

/// Whose entry.
struct Own {
    lock: LockId,
    phone: PhoneId,
    permission: PermissionId,
}

struct Entry {
    name: String,
    /// The key that it shares with the lock, and the id that its phone says it has.
    secret: Zeroizing<[u8; 36]>,
    from: Timestamp,
    until: Timestamp,
    known: Option<(u32, Timestamp)>,
    /// When the permission ends.
    ends: Option<Timestamp>,
}

impl Own {
    /// As it is, or is to be from now on.
    async fn entry(&self, app: &App, tx: &mut AnyConnection) -> Result<Entry, Failure> {
        let row = sqlx::query("SELECT from_ms, until_ms, given_ms FROM permissions WHERE id = $1")
            .bind(self.permission.to_string())
            .fetch_one(&mut *tx)
            .await?;
        let ends = row.time_or_none("until_ms")?;
        let begins = row.time_or_none("from_ms")?.map_or_else(|| row.time("given_ms"), Ok)?;
        match self.stored(ends, app, tx).await? {
            Some(entry) if entry.lasts(app.now()) => Ok(entry),
            Some(entry) => self.renew(entry, app, tx).await,
            None => self.make(begins - EARLY, ends, app, tx).await,
        }
    }

    async fn stored(
        &self,
        ends: Option<Timestamp>,
        app: &App,
        tx: &mut AnyConnection,
    ) -> Result<Option<Entry>, Failure> {
        let row = sqlx::query(
            "SELECT id, name, secret_sealed, from_ms, until_ms, authorization_id, written_until_ms FROM lock_entries
             WHERE lock_id = $1 AND phone_id = $2 AND permission_id = $3",
        )
        .bind(self.lock.to_string())
        .bind(self.phone.to_string())
        .bind(self.permission.to_string())
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let secret = app.seal.open(row.id::<Uuid>("id")?, &row.bytes("secret_sealed")?)?;
        let secret = secret.as_slice().try_into().map(Zeroizing::new);
        let id = row.int_or_none("authorization_id")?.and_then(|id| u32::try_from(id).ok());
        Ok(Some(Entry {
            name: row.text("name")?,
            secret: secret.map_err(|_| Failure::Internal("an entry's secret has another length"))?,
            from: row.time("from_ms")?,
            until: row.time("until_ms")?,
            known: id.zip(row.time_or_none("written_until_ms")?),
            ends,
        }))
    }

    async fn make(
        &self,
        from: Timestamp,
        ends: Option<Timestamp>,
        app: &App,
        tx: &mut AnyConnection,
    ) -> Result<Entry, Failure> {
        let id = Uuid::from_bytes(random(&*app.world));
        // The household sees the lock's list too: nobody's name is in it.
        let hash = digest(&SHA256, id.as_bytes());
        let number: String = hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let entry = Entry {
            name: format!("Terskel {number}"),
            secret: Zeroizing::new(random(&*app.world)),
            from: whole(from),
            until: whole(until(ends, app.now())),
            known: None,
            ends,
        };
        sqlx::query(
            "INSERT INTO lock_entries (id, lock_id, phone_id, permission_id, name, secret_sealed, from_ms, until_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id.to_string())
        .bind(self.lock.to_string())
        .bind(self.phone.to_string())
        .bind(self.permission.to_string())
        .bind(&entry.name)
        .bind(app.seal.seal(id, entry.secret.as_slice(), &*app.world)?)
        .bind(ms(entry.from))
        .bind(ms(entry.until))
        .execute(tx)
        .await?;
        Ok(entry)
    }

    async fn renew(&self, entry: Entry, app: &App, tx: &mut AnyConnection) -> Result<Entry, Failure> {
        let entry = Entry { until: whole(until(entry.ends, app.now())), ..entry };
        sqlx::query(
            "UPDATE lock_entries SET until_ms = $1 WHERE lock_id = $2 AND phone_id = $3 AND permission_id = $4",
        )
        .bind(ms(entry.until))
        .bind(self.lock.to_string())
        .bind(self.phone.to_string())
        .bind(self.permission.to_string())
        .execute(tx)
        .await?;
        Ok(entry)
    }
}

impl Entry {
    /// Whether it need not be renewed yet.
    fn lasts(&self, now: Timestamp) -> bool {
        self.until >= self.ends.map_or(now + RENEWED_BEFORE, |ends| whole(ends).min(now + RENEWED_BEFORE))
    }

    /// The id under which the lock knows it, where it need not be told anything new.
    fn written(&self) -> Option<u32> {
        self.known.filter(|(_, written)| *written == self.until).map(|(id, _)| id)
    }

    fn errand(&self) -> Errand {
        let wanted = Wanted { shared_key: self.shared_key(), from: self.from, until: self.until };
        Errand { name: self.name.clone(), wanted: Some(wanted) }
    }

    /// A secret of its own, without the PIN.
    fn alone(&self, authorization_id: u32, standing: &Credential) -> Packed {
        let [.., a, b, c, d] = *self.secret;
        let credential = Credential {
            authorization_id,
            shared_key: *self.shared_key(),
            app_id: u32::from_le_bytes([a, b, c, d]).max(1),
            generation: standing.generation,
            pin: None,
            unlatch: standing.unlatch,
        };
        Packed { secret: credential.to_bytes(), plan: format!("{} alone as {authorization_id}", self.name) }
    }

    fn shared_key(&self) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&self.secret[..32]);
        key
    }
}

/// Until when the lock is to take it.
fn until(ends: Option<Timestamp>, now: Timestamp) -> Timestamp {
    ends.map_or(now + LASTS, |ends| ends.min(now + LASTS))
}

/// Locks count in whole seconds.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}
