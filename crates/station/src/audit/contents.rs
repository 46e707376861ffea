//! What the station vouches for in an export: which events, and the keys and names to read them with.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AnyConnection;
use terskel_keys::audit::{Contents, Selection};
use terskel_model::{HubId, PhoneId};

use super::select::Found;
use crate::db::Columns;
use crate::problem::Failure;

/// The contents of an export.
pub(super) async fn of(
    selection: &Selection,
    found: &[Found],
    tx: &mut AnyConnection,
) -> Result<Contents, Failure> {
    let mut names = BTreeMap::new();
    for event in found {
        names.extend(event.worker.iter().map(|(worker, name)| (worker.0, name.clone())));
        names.extend(event.door.iter().map(|(door, name)| (door.0, name.clone())));
    }
    let phones: BTreeSet<PhoneId> = found.iter().filter_map(|event| event.told_by).collect();
    Ok(Contents {
        selection: selection.clone(),
        listed: found.iter().map(|event| (event.event.index, event.id)).collect(),
        phones: keys_of(phones, tx).await?,
        hubs: hubs_of(found, tx).await?,
        names: names.into_iter().collect(),
    })
}

/// Also of phones that were withdrawn since.
async fn keys_of(
    phones: BTreeSet<PhoneId>,
    tx: &mut AnyConnection,
) -> Result<Vec<(PhoneId, [u8; 65])>, Failure> {
    let mut keys = Vec::with_capacity(phones.len());
    for phone in phones {
        let row = sqlx::query("SELECT signing_key FROM phones WHERE id = $1")
            .bind(phone.to_string())
            .fetch_one(&mut *tx)
            .await?;
        let key = row.bytes("signing_key")?.try_into();
        keys.push((phone, key.map_err(|_| Failure::Internal("a stored phone key does not parse"))?));
    }
    Ok(keys)
}

/// The hubs whose receipts these events have used.
async fn hubs_of(found: &[Found], tx: &mut AnyConnection) -> Result<Vec<(HubId, [u8; 32])>, Failure> {
    let mut hubs = BTreeMap::new();
    for event in found.iter().filter(|event| event.told_by.is_some()) {
        let row = sqlx::query(
            "SELECT h.id, h.public_key FROM hub_receipts r JOIN hubs h ON h.id = r.hub_id WHERE r.event_id = $1",
        )
        .bind(event.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { continue };
        let key = row.bytes("public_key")?.try_into();
        hubs.insert(row.id("id")?, key.map_err(|_| Failure::Internal("a stored hub key does not parse"))?);
    }
    Ok(hubs.into_iter().collect())
}
