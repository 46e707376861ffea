//! Writing the orders down.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PermissionId, PhoneId, ResidentId, SessionId, TeamId, WithdrawalId, WorkerId};

use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, ms};
use crate::dispatch::next_revision;
use crate::permission::own_doors;
use crate::problem::Failure;

/// Takes away the keys that were issued by a permission and have not ended; one order for each phone.
pub(crate) async fn keys_of_permission(
    permission: PermissionId,
    team: TeamId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    orders_for(Keys::OfPermission(permission), team, &WithdrawalReason::PermissionTakenAway, app, tx).await
}

/// Takes away the keys of a home whose resident has the service no more.
pub(crate) async fn keys_of_home(
    resident: ResidentId,
    team: TeamId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    orders_for(Keys::OfHome(resident), team, &WithdrawalReason::ServiceEnded, app, tx).await
}

/// One order for each phone and worker that have such keys.
async fn orders_for(
    keys: Keys,
    team: TeamId,
    reason: &WithdrawalReason,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    let (which, of) = keys.which("$2");
    let held = sqlx::query(AssertSqlSafe(format!(
        "SELECT DISTINCT phone_id, worker_id FROM issued_keys
         WHERE expires_ms > $1 AND withdrawn_ms IS NULL AND {which} ORDER BY phone_id, worker_id"
    )))
    .bind(ms(app.now()))
    .bind(of)
    .fetch_all(&mut *tx)
    .await?;
    let mut orders = Vec::with_capacity(held.len());
    for row in &held {
        let (phone, worker) = (row.id("phone_id")?, row.id("worker_id")?);
        let order = Order { phone, worker, team, session: None, keys, reason: reason.clone() };
        orders.push(order.store(app, tx).await?);
    }
    Ok(orders)
}

/// Whose sessions are ended.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    Shift(terskel_model::ShiftId),
    Worker(WorkerId),
    Phone(PhoneId),
}

/// Ends the open sessions, and takes away all their keys; also those of whoever has no session open any more, but keys that
/// nobody took away: its end was the station's doing (an old refresh token came again), or the phone has not wiped after
/// signing out. Such a phone is told by its last session, or when somebody signs in on it.
pub(crate) async fn sessions_of(
    whose: Whose,
    reason: &WithdrawalReason,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    let mut orders = Vec::new();
    let open = "UPDATE sessions SET ended_ms = $1 WHERE {whose} AND ended_ms IS NULL AND ends_ms > $1
         RETURNING id, phone_id, worker_id, team_id";
    let over = "SELECT s.id, s.phone_id, s.worker_id, s.team_id FROM sessions s WHERE s.{whose}
         AND EXISTS (SELECT 1 FROM issued_keys k WHERE k.phone_id = s.phone_id AND k.worker_id = s.worker_id
           AND k.expires_ms > $1 AND k.withdrawn_ms IS NULL)
         AND NOT EXISTS (SELECT 1 FROM sessions o WHERE o.phone_id = s.phone_id AND o.worker_id = s.worker_id
           AND (o.started_ms > s.started_ms OR (o.started_ms = s.started_ms AND o.id > s.id)))";
    for which in [open, over] {
        for row in &whose.sessions(which, app, tx).await? {
            let order = Order {
                phone: row.id("phone_id")?,
                worker: row.id("worker_id")?,
                team: row.id("team_id")?,
                session: Some(row.id("id")?),
                keys: Keys::All,
                reason: reason.clone(),
            };
            orders.push(order.store(app, tx).await?);
        }
    }
    Ok(orders)
}

impl Whose {
    /// What `sql` gives, where `{whose}` is a condition on `sessions`, and `$1` now.
    async fn sessions(self, sql: &str, app: &App, tx: &mut AnyConnection) -> sqlx::Result<Vec<AnyRow>> {
        let (condition, id) = match self {
            Self::Shift(id) => ("shift_id = $2", id.to_string()),
            Self::Worker(id) => ("worker_id = $2", id.to_string()),
            Self::Phone(id) => ("phone_id = $2", id.to_string()),
        };
        let sql = AssertSqlSafe(sql.replace("{whose}", condition));
        sqlx::query(sql).bind(ms(app.now())).bind(id).fetch_all(tx).await
    }
}

/// Which of a worker's keys on a phone.
#[derive(Clone, Copy)]
enum Keys {
    All,
    OfPermission(PermissionId),
    /// Those of a home that has the service no more, but for running dispatches and emergencies.
    OfHome(ResidentId),
}

impl Keys {
    /// A condition on `issued_keys`, and the id that is at `of`, its placeholder.
    fn which(self, of: &str) -> (String, String) {
        match self {
            Self::All => (format!("{of} = ''"), String::new()),
            Self::OfPermission(id) => (format!("permission_id = {of}"), id.to_string()),
            Self::OfHome(id) => (
                format!(
                    "door_id IN {} AND break_glass_id IS NULL AND (dispatch_id IS NULL OR dispatch_id IN (
                     SELECT id FROM dispatches WHERE phase = 'closed'))",
                    own_doors(of)
                ),
                id.to_string(),
            ),
        }
    }

    fn permission(self) -> Option<PermissionId> {
        match self {
            Self::OfPermission(id) => Some(id),
            Self::All | Self::OfHome(_) => None,
        }
    }
}

struct Order {
    phone: PhoneId,
    worker: WorkerId,
    team: TeamId,
    session: Option<SessionId>,
    keys: Keys,
    reason: WithdrawalReason,
}

impl Order {
    async fn store(&self, app: &App, tx: &mut AnyConnection) -> Result<WithdrawalId, Failure> {
        let (id, revision) = (WithdrawalId::new(&*app.world), next_revision(tx).await?);
        sqlx::query(
            "INSERT INTO withdrawals (id, phone_id, worker_id, team_id, session_id, reason, revision, ordered_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id.to_string())
        .bind(self.phone.to_string())
        .bind(self.worker.to_string())
        .bind(self.team.to_string())
        .bind(self.session.map(|session| session.to_string()))
        .bind(self.reason.as_str())
        .bind(revision)
        .bind(ms(app.now()))
        .execute(&mut *tx)
        .await?;
        self.take_keys(id, app, tx).await?;
        let entry = Entry {
            worker: Some(self.worker),
            phone: Some(self.phone),
            permission: self.keys.permission(),
            reason: Some(self.reason.as_str().to_owned()),
            ..Entry::of_station(app, EventKind::KeysWithdrawn)
        };
        entry.store(app, tx).await?;
        Ok(id)
    }

    async fn take_keys(&self, id: WithdrawalId, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let (which, of) = self.keys.which("$5");
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE issued_keys SET withdrawn_ms = $1, withdrawal_id = $2
             WHERE phone_id = $3 AND worker_id = $4 AND expires_ms > $1 AND withdrawn_ms IS NULL AND {which}"
        )))
        .bind(ms(app.now()))
        .bind(id.to_string())
        .bind(self.phone.to_string())
        .bind(self.worker.to_string())
        .bind(of)
        .execute(tx)
        .await?;
        Ok(())
    }
}
