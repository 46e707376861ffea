//! `GET /v1/withdrawals`: which phones have wiped what was taken away, for the lead.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::withdrawal::{PhoneWithdrawal, Withdrawals};
use terskel_model::capability::{Capabilities, Capability};
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{PermissionId, PhoneId, WithdrawalId};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::problem::Failure;

macro_rules! select_withdrawals {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.reason, o.phone_id, p.name AS phone_name, o.worker_id, w.name AS worker_name, o.ordered_ms,
             o.confirmed_ms, (SELECT COUNT(*) FROM issued_keys WHERE withdrawal_id = o.id) AS keys,
             (SELECT max(expires_ms) FROM issued_keys WHERE withdrawal_id = o.id) AS until_ms,
             (SELECT capabilities FROM sessions s WHERE s.phone_id = o.phone_id
               ORDER BY CASE WHEN ended_ms IS NULL THEN 0 ELSE 1 END, started_ms DESC LIMIT 1) AS capabilities
             FROM withdrawals o JOIN phones p ON p.id = o.phone_id JOIN workers w ON w.id = o.worker_id ",
            $rest
        )
    };
}

/// The last hundred orders of the own team, the newest first.
#[utoipa::path(
    get, path = path::WITHDRAWALS, tag = "withdrawals", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = Withdrawals),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<Shared>, lead: TeamLead) -> Result<Json<Withdrawals>, Failure> {
    let rows = sqlx::query(select_withdrawals!("WHERE o.team_id = $1 ORDER BY o.revision DESC LIMIT 100"))
        .bind(lead.team.to_string())
        .fetch_all(&mut *app.reader().await?)
        .await?;
    Ok(Json(Withdrawals { phones: rows.iter().map(order).collect::<sqlx::Result<_>>()? }))
}

/// The orders that took the keys of a permission away when that was: a lead who has not heard the answer asks again.
pub(crate) async fn by_permission(
    permission: PermissionId,
    reader: &mut AnyConnection,
) -> Result<Vec<PhoneWithdrawal>, Failure> {
    let rows = sqlx::query(select_withdrawals!(
        "WHERE o.reason = $2 AND o.id IN (SELECT withdrawal_id FROM issued_keys WHERE permission_id = $1)
         ORDER BY o.revision"
    ))
    .bind(permission.to_string())
    .bind(WithdrawalReason::PermissionTakenAway.as_str())
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(order).collect::<sqlx::Result<_>>()?)
}

/// The orders that a phone got because it was lost.
pub(super) async fn by_loss(
    phone: PhoneId,
    reader: &mut AnyConnection,
) -> Result<Vec<PhoneWithdrawal>, Failure> {
    let rows =
        sqlx::query(select_withdrawals!("WHERE o.reason = $2 AND o.phone_id = $1 ORDER BY o.revision"))
            .bind(phone.to_string())
            .bind(WithdrawalReason::PhoneLost.as_str())
            .fetch_all(reader)
            .await?;
    Ok(rows.iter().map(order).collect::<sqlx::Result<_>>()?)
}

/// These orders, as the lead sees them.
pub(crate) async fn view(
    orders: &[WithdrawalId],
    reader: &mut AnyConnection,
) -> Result<Vec<PhoneWithdrawal>, Failure> {
    let mut seen = Vec::with_capacity(orders.len());
    for id in orders {
        let row = sqlx::query(select_withdrawals!("WHERE o.id = $1"))
            .bind(id.to_string())
            .fetch_one(&mut *reader)
            .await?;
        seen.push(order(&row)?);
    }
    Ok(seen)
}

fn order(row: &AnyRow) -> sqlx::Result<PhoneWithdrawal> {
    let until = row.try_get::<Option<i64>, _>("until_ms")?;
    let can = Capabilities::from_text(row.text_or_none("capabilities")?.as_deref());
    Ok(PhoneWithdrawal {
        id: row.id("id")?,
        reason: row.text("reason")?.as_str().into(),
        phone: row.id("phone_id")?,
        phone_name: row.text("phone_name")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        ordered_at: row.time("ordered_ms")?,
        keys: u32::try_from(row.int("keys")?).unwrap_or(u32::MAX),
        keys_until: until.map(|_| row.time("until_ms")).transpose()?,
        confirmable: can.has(&Capability::Withdrawals),
        confirmed_at: row.time_or_none("confirmed_ms")?,
    })
}
