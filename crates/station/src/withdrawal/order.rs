//! Writing the orders down.

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PermissionId, PhoneId, SessionId, TeamId, WithdrawalId, WorkerId};

use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, ms};
use crate::dispatch::next_revision;
use crate::problem::Failure;

/// Takes away the keys that were issued by a permission and have not ended; one order for each phone.
pub(crate) async fn keys_of_permission(
    permission: PermissionId,
    team: TeamId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    let held = sqlx::query(
        "SELECT DISTINCT phone_id, worker_id FROM issued_keys
         WHERE permission_id = $1 AND expires_ms > $2 AND withdrawn_ms IS NULL ORDER BY phone_id, worker_id",
    )
    .bind(permission.to_string())
    .bind(ms(app.now()))
    .fetch_all(&mut *tx)
    .await?;
    let mut orders = Vec::with_capacity(held.len());
    for row in &held {
        let order = Order {
            phone: row.id("phone_id")?,
            worker: row.id("worker_id")?,
            team,
            session: None,
            permission: Some(permission),
            reason: WithdrawalReason::PermissionTakenAway,
        };
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

/// Ends the open sessions, and takes away all their keys.
pub(crate) async fn sessions_of(
    whose: Whose,
    reason: &WithdrawalReason,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    let (column, id) = match whose {
        Whose::Shift(id) => ("shift_id", id.to_string()),
        Whose::Worker(id) => ("worker_id", id.to_string()),
        Whose::Phone(id) => ("phone_id", id.to_string()),
    };
    let open = sqlx::query(AssertSqlSafe(format!(
        "UPDATE sessions SET ended_ms = $1 WHERE {column} = $2 AND ended_ms IS NULL AND ends_ms > $1
         RETURNING id, phone_id, worker_id, team_id"
    )))
    .bind(ms(app.now()))
    .bind(id)
    .fetch_all(&mut *tx)
    .await?;
    let mut orders = Vec::with_capacity(open.len());
    for row in &open {
        let order = Order {
            phone: row.id("phone_id")?,
            worker: row.id("worker_id")?,
            team: row.id("team_id")?,
            session: Some(row.id("id")?),
            permission: None,
            reason: reason.clone(),
        };
        orders.push(order.store(app, tx).await?);
    }
    Ok(orders)
}

struct Order {
    phone: PhoneId,
    worker: WorkerId,
    team: TeamId,
    session: Option<SessionId>,
    /// Only the keys of this one; without it all of this worker on this phone.
    permission: Option<PermissionId>,
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
            permission: self.permission,
            reason: Some(self.reason.as_str().to_owned()),
            ..Entry::of_station(app, EventKind::KeysWithdrawn)
        };
        entry.store(app, tx).await?;
        Ok(id)
    }

    async fn take_keys(&self, id: WithdrawalId, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query(
            "UPDATE issued_keys SET withdrawn_ms = $1, withdrawal_id = $2
             WHERE phone_id = $3 AND worker_id = $4 AND expires_ms > $1 AND withdrawn_ms IS NULL
             AND ($5 = '' OR permission_id = $5)",
        )
        .bind(ms(app.now()))
        .bind(id.to_string())
        .bind(self.phone.to_string())
        .bind(self.worker.to_string())
        .bind(self.permission.map(|permission| permission.to_string()).unwrap_or_default())
        .execute(tx)
        .await?;
        Ok(())
    }
}
