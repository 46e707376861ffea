//! The door that a lock is put in: one of the home's, or a new one in its order.

use sqlx::AnyConnection;
use terskel_api::installation::{Installation, NewDoorPlace};
use terskel_api::problem::code;

use crate::admin::way_in::MOST_DOORS;
use crate::db::Columns;
use crate::problem::{Failure, conflict, invalid, refuse};

/// Farther than any home's doors: two steps of this length keep positions unique on the way.
const FAR: i64 = 1000;

/// What there was at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// This very lock: the request came before.
    Same,
    /// No lock.
    Nothing,
    /// Another lock.
    Other,
}

/// Puts the lock, which is stored, in the door.
pub(super) async fn put(installation: &Installation, tx: &mut AnyConnection) -> Result<Before, Failure> {
    let lock = installation.lock.id.to_string();
    let row = sqlx::query(
        "SELECT d.lock_id FROM doors d JOIN resident_doors rd ON rd.door_id = d.id
         WHERE d.id = $1 AND rd.resident_id = $2",
    )
    .bind(installation.door.to_string())
    .bind(installation.resident.to_string())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else {
        let place = installation.new_door.as_ref();
        let Some(place) = place else { return refuse(code::NOT_FOUND) };
        add(installation, place, tx).await?;
        return Ok(Before::Nothing);
    };
    let before = row.text_or_none("lock_id")?;
    if before.as_ref() == Some(&lock) {
        return Ok(Before::Same);
    }
    if installation.new_door.is_some() {
        return Err(conflict("door", "is there already"));
    }
    sqlx::query("UPDATE doors SET lock_id = $1 WHERE id = $2")
        .bind(lock)
        .bind(installation.door.to_string())
        .execute(tx)
        .await?;
    Ok(if before.is_some() { Before::Other } else { Before::Nothing })
}

async fn add(
    installation: &Installation,
    place: &NewDoorPlace,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let resident = installation.resident.to_string();
    let count = sqlx::query("SELECT COUNT(*) AS n FROM resident_doors WHERE resident_id = $1")
        .bind(&resident)
        .fetch_one(&mut *tx)
        .await?
        .int("n")?;
    if usize::try_from(count).is_ok_and(|count| count >= MOST_DOORS) {
        return Err(invalid("new_door", format!("there are {MOST_DOORS} doors already")));
    }
    let position = i64::from(place.position).min(count);
    let made = sqlx::query(
        "INSERT INTO doors (id, kind, name, lock_id) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
    )
    .bind(installation.door.to_string())
    .bind(place.kind.as_str())
    .bind(&place.name)
    .bind(installation.lock.id.to_string())
    .execute(&mut *tx)
    .await?;
    if made.rows_affected() == 0 {
        return Err(conflict("door", "is another home's"));
    }
    for (by, from) in [(FAR, position), (1 - FAR, FAR)] {
        sqlx::query(
            "UPDATE resident_doors SET position = position + $1 WHERE resident_id = $2 AND position >= $3",
        )
        .bind(by)
        .bind(&resident)
        .bind(from)
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query("INSERT INTO resident_doors (resident_id, position, door_id) VALUES ($1, $2, $3)")
        .bind(&resident)
        .bind(position)
        .bind(installation.door.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
