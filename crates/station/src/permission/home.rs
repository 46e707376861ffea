//! A home, with everything about it that a decision needs.

use sqlx::AnyConnection;
use terskel_api::dispatch::{Door, Hub, Resident};
use terskel_model::dispatch::Holder;
use terskel_model::door::Operation;
use terskel_model::permission::{BrokenGlass, Facts, InHand, Residence, TimeZone, Use};
use terskel_model::rules::BREAK_GLASS_LIFETIME;
use terskel_model::{DispatchId, PhoneId, ResidentId, Timestamp};
use uuid::Uuid;

use super::Person;
use crate::app::App;
use crate::db::{Columns, ms};
use crate::dispatch;
use crate::problem::Failure;

pub(crate) struct Home {
    pub(crate) residence: Residence,
    pub(crate) resident: Resident,
    /// As those see them who hold no dispatch.
    pub(crate) doors: Vec<Door>,
    pub(crate) hub: Option<Hub>,
    /// Dispatches that somebody has accepted and not closed.
    in_hand: Vec<(DispatchId, Holder)>,
    /// With the dispatch that each one's key is of, where it is of one.
    uses: Vec<(Use, Option<DispatchId>)>,
    /// Emergencies of the last quarter of an hour, and whose.
    broken: Vec<(Holder, BrokenGlass)>,
}

impl Home {
    /// `None`: there is no such resident.
    pub(crate) async fn load(
        app: &App,
        id: ResidentId,
        reader: &mut AnyConnection,
    ) -> Result<Option<Self>, Failure> {
        let row = sqlx::query(
            "SELECT r.id AS resident_id, r.team_id, r.time_zone, r.first_name, r.last_name, r.birth_year, r.address, r.town,
             r.phone_number, r.way_in, r.hub_id, h.address AS hub_address, h.public_key
             FROM residents r LEFT JOIN hubs h ON h.id = r.hub_id WHERE r.id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let doors = dispatch::doors(app, reader, &id.to_string()).await?;
        Ok(Some(Self {
            residence: Residence {
                resident: id,
                team: row.id("team_id")?,
                time_zone: row.text("time_zone")?.parse().unwrap_or(TimeZone::OSLO),
            },
            resident: dispatch::resident(&row)?,
            doors: doors.iter().map(dispatch::outside).collect(),
            hub: dispatch::hub(&row)?,
            in_hand: in_hand(id, reader).await?,
            uses: uses(id, reader).await?,
            broken: broken(id, app.now(), reader).await?,
        }))
    }

    /// What is the case when `person` wants `operation` of `door`. Somebody who is not signed in could sign in on any
    /// phone: on one that has used nothing.
    pub(crate) fn facts(&self, person: &Person, door: &Door, operation: Operation) -> Facts {
        let phone = person.phone.unwrap_or(PhoneId(Uuid::nil()));
        let holder = Holder { worker: person.worker, phone };
        let held = self.in_hand.iter().find(|(_, by)| *by == holder).map(|(dispatch, _)| *dispatch);
        let used = |(used, of): &(Use, Option<DispatchId>)| Use {
            held: used.held && (of.is_none() || *of == held),
            ..used.clone()
        };
        Facts {
            operation,
            door: door.id,
            residence: self.residence.clone(),
            worker: person.worker,
            phone,
            organisation: person.organisation,
            leads: person.leads,
            shift: Some(person.shift.clone()),
            dispatch: held.map(|dispatch| InHand { dispatch }),
            break_glass: self.broken.iter().find(|(by, _)| *by == holder).map(|(_, broken)| *broken),
            uses: self.uses.iter().map(used).collect(),
        }
    }
}

async fn in_hand(
    resident: ResidentId,
    reader: &mut AnyConnection,
) -> Result<Vec<(DispatchId, Holder)>, Failure> {
    let rows = sqlx::query(
        "SELECT id, worker_id, phone_id FROM dispatches
         WHERE resident_id = $1 AND phase IN ('accepted', 'arrived') ORDER BY accepted_ms",
    )
    .bind(resident.to_string())
    .fetch_all(reader)
    .await?;
    let held = |row: &sqlx::any::AnyRow| {
        Ok((row.id("id")?, Holder { worker: row.id("worker_id")?, phone: row.id("phone_id")? }))
    };
    Ok(rows.iter().map(held).collect::<sqlx::Result<_>>()?)
}

async fn broken(
    resident: ResidentId,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<(Holder, BrokenGlass)>, Failure> {
    let rows = sqlx::query(
        "SELECT id, worker_id, phone_id, at_ms FROM broken_glass WHERE resident_id = $1 AND at_ms > $2
         ORDER BY at_ms DESC",
    )
    .bind(resident.to_string())
    .bind(ms(now - BREAK_GLASS_LIFETIME))
    .fetch_all(reader)
    .await?;
    let glass = |row: &sqlx::any::AnyRow| {
        let by = Holder { worker: row.id("worker_id")?, phone: row.id("phone_id")? };
        Ok((by, BrokenGlass { id: row.id("id")?, at: row.time("at_ms")? }))
    };
    Ok(rows.iter().map(glass).collect::<sqlx::Result<_>>()?)
}

async fn uses(
    resident: ResidentId,
    reader: &mut AnyConnection,
) -> Result<Vec<(Use, Option<DispatchId>)>, Failure> {
    let rows = sqlx::query(
        "SELECT u.permission_id, u.door_id, u.phone_id, u.key_until_ms, u.opened_ms, k.id AS held, k.dispatch_id
         FROM permission_uses u JOIN resident_doors rd ON rd.door_id = u.door_id JOIN doors d ON d.id = u.door_id
         LEFT JOIN issued_keys k ON k.id = u.key_id AND k.withdrawn_ms IS NULL AND k.lock_id = d.lock_id
         WHERE rd.resident_id = $1",
    )
    .bind(resident.to_string())
    .fetch_all(reader)
    .await?;
    let used = |row: &sqlx::any::AnyRow| {
        let used = Use {
            permission: row.id("permission_id")?,
            door: row.id("door_id")?,
            phone: row.id("phone_id")?,
            key_until: row.time("key_until_ms")?,
            opened: row.time_or_none("opened_ms")?.is_some(),
            held: row.text_or_none("held")?.is_some(),
        };
        Ok((used, row.id_or_none("dispatch_id")?))
    };
    Ok(rows.iter().map(used).collect::<sqlx::Result<_>>()?)
}
