//! Permissions end with whom they were for.

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::event::EventKind;
use terskel_model::{PermissionId, ResidentId, WorkerId};

use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// The doors of the resident at `of`, a placeholder, that nobody else with the service has on their way.
pub(crate) fn own_doors(of: &str) -> String {
    format!(
        "(SELECT rd.door_id FROM resident_doors rd WHERE rd.resident_id = {of} AND NOT EXISTS (
           SELECT 1 FROM resident_doors o JOIN residents r ON r.id = o.resident_id
           WHERE o.door_id = rd.door_id AND o.resident_id <> rd.resident_id AND r.ended_ms IS NULL))"
    )
}

/// Who or what is no more.
#[derive(Clone, Copy)]
pub(crate) enum Over {
    /// A worker was dismissed.
    Worker(WorkerId),
    /// A resident's service has ended.
    Home(ResidentId),
}

/// Takes away what still stands for them. Nobody has taken it: whom it was for is gone.
pub(crate) async fn end_those(over: Over, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    let (which, id) = match over {
        Over::Worker(id) => ("who_kind = 'worker' AND who_id = $1".to_owned(), id.to_string()),
        Over::Home(id) => (format!("(what_id = $1 OR what_id IN {})", own_doors("$1")), id.to_string()),
    };
    let ended = sqlx::query(AssertSqlSafe(format!(
        "UPDATE permissions SET taken_ms = $2
         WHERE {which} AND taken_ms IS NULL AND (until_ms IS NULL OR until_ms > $2) RETURNING id"
    )))
    .bind(id)
    .bind(ms(app.now()))
    .fetch_all(&mut *tx)
    .await?;
    for row in ended {
        let entry = Entry {
            permission: Some(row.id::<PermissionId>("id")?),
            ..Entry::of_station(app, EventKind::PermissionTakenAway)
        };
        entry.store(app, tx).await?;
    }
    Ok(())
}
