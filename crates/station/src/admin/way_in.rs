//! Doors, locks and hub of a resident. A stairwell door that serves several residents is given with each of them, the
//! same each time; a difference is a conflict, not a change.

use ring::digest::{SHA256, digest};
use sqlx::AnyConnection;
use terskel_api::admin::{NewDoor, NewHub, NewLock};
use terskel_locks::family::{FAMILIES, find};
use terskel_model::ResidentId;
use zeroize::Zeroizing;

use crate::app::App;
use crate::check::{bluetooth_address, bytes, required};
use crate::db::Columns;
use crate::keys::source;
use crate::problem::{Failure, conflict, invalid};

/// The most doors between street and resident.
pub(crate) const MOST_DOORS: usize = 10;
/// The longest secret of a lock, bytes: a digital key that carries it must fit into a phone's request.
const LONGEST_CREDENTIAL: usize = 1024;

pub(super) fn check_doors(doors: Vec<NewDoor>) -> Result<Vec<NewDoor>, Failure> {
    if doors.len() > MOST_DOORS {
        return Err(invalid("doors", format!("are more than {MOST_DOORS}")));
    }
    let checked = |(i, door): (usize, NewDoor)| {
        required(&format!("doors[{i}].kind"), door.kind.as_str(), 50)?;
        let name = required(&format!("doors[{i}].name"), &door.name, 200)?;
        let lock = door.lock.map(|lock| check_lock(&format!("doors[{i}].lock"), lock)).transpose()?;
        if let Some(code) = &door.code {
            required(&format!("doors[{i}].code"), code.expose(), 50)?;
        }
        if let Some(key) = &door.physical_key {
            required(&format!("doors[{i}].physical_key.cabinet"), &key.cabinet, 200)?;
            required(&format!("doors[{i}].physical_key.tag"), &key.tag, 100)?;
        }
        Ok(NewDoor { name, lock, ..door })
    };
    doors.into_iter().enumerate().map(checked).collect()
}

pub(crate) fn check_lock(at: &str, lock: NewLock) -> Result<NewLock, Failure> {
    required(&format!("{at}.family"), lock.family.as_str(), 50)?;
    let address = match lock.address.as_str() {
        // Where the platform hides addresses, it is found by its id.
        "" => String::new(),
        address => bluetooth_address(&format!("{at}.address"), address)?,
    };
    let device_id = required(&format!("{at}.device_id"), &lock.device_id, 100)?;
    credential(at, &lock)?;
    Ok(NewLock { address, device_id, ..lock })
}

/// The credential's bytes; what a lock of that family can be given. Those of unknown families are only bounded. Empty for a
/// lock whose secret is fetched.
fn credential(at: &str, lock: &NewLock) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if lock.credential.expose().is_empty() {
        return Ok(Zeroizing::default());
    }
    let bytes = unhex(&format!("{at}.credential"), lock.credential.expose().as_bytes())?;
    if let Some(family) = find(FAMILIES, &lock.family) {
        let checked = family.check(&lock.device_id, &bytes);
        checked.map_err(|wrong| invalid(&format!("{at}.{}", wrong.field), wrong.problem))?;
    }
    Ok(bytes)
}

fn unhex(field: &str, hex: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if !(2..=LONGEST_CREDENTIAL * 2).contains(&hex.len()) || !hex.len().is_multiple_of(2) {
        return Err(invalid(field, format!("must be hex, of 1 to {LONGEST_CREDENTIAL} bytes")));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(hex.len() / 2));
    for pair in hex.chunks_exact(2) {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
            return Err(invalid(field, "is not hex"));
        };
        bytes.push(high << 4 | low);
    }
    Ok(bytes)
}

pub(super) fn check_hub(hub: NewHub) -> Result<NewHub, Failure> {
    bytes::<32>("hub.public_key", &hub.public_key.0)?;
    Ok(NewHub { address: bluetooth_address("hub.address", &hub.address)?, ..hub })
}

pub(super) async fn store_hub(tx: &mut AnyConnection, hub: &NewHub) -> Result<(), Failure> {
    let known = sqlx::query("SELECT address, public_key FROM hubs WHERE id = $1")
        .bind(hub.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(row) = known {
        let same = row.text("address")? == hub.address && row.bytes("public_key")? == hub.public_key.0;
        return if same { Ok(()) } else { Err(conflict("hub.id", "is another hub's")) };
    }
    sqlx::query("INSERT INTO hubs (id, address, public_key) VALUES ($1, $2, $3)")
        .bind(hub.id.to_string())
        .bind(&hub.address)
        .bind(hub.public_key.0.clone())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn store_doors(
    app: &App,
    tx: &mut AnyConnection,
    resident: ResidentId,
    doors: &[NewDoor],
) -> Result<(), Failure> {
    for (i, door) in doors.iter().enumerate() {
        let at = format!("doors[{i}]");
        if let Some(lock) = &door.lock {
            store_lock(app, tx, &format!("{at}.lock"), lock).await?;
        }
        store_door(app, tx, &at, door).await?;
        sqlx::query("INSERT INTO resident_doors (resident_id, position, door_id) VALUES ($1, $2, $3)")
            .bind(resident.to_string())
            .bind(i64::try_from(i).unwrap_or(i64::MAX))
            .bind(door.id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn store_door(app: &App, tx: &mut AnyConnection, at: &str, door: &NewDoor) -> Result<(), Failure> {
    let lock = door.lock.as_ref().map(|lock| lock.id.to_string());
    let known = sqlx::query("SELECT kind, name, lock_id FROM doors WHERE id = $1")
        .bind(door.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(row) = known {
        let same = row.text("kind")? == door.kind.as_str()
            && row.text("name")? == door.name
            && row.text_or_none("lock_id")? == lock;
        return if same { Ok(()) } else { Err(conflict(&format!("{at}.id"), "is another door's")) };
    }
    let code = door.code.as_ref().map(|code| app.seal.seal(door.id.0, code.expose().as_bytes(), &*app.world));
    let key = door.physical_key.as_ref();
    sqlx::query(
        "INSERT INTO doors (id, kind, name, lock_id, code_sealed, key_cabinet, key_tag)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(door.id.to_string())
    .bind(door.kind.as_str())
    .bind(&door.name)
    .bind(lock)
    .bind(code.transpose()?)
    .bind(key.map(|key| key.cabinet.clone()))
    .bind(key.map(|key| key.tag.clone()))
    .execute(tx)
    .await?;
    Ok(())
}

/// The same lock again changes nothing.
pub(crate) async fn store_lock(
    app: &App,
    tx: &mut AnyConnection,
    at: &str,
    lock: &NewLock,
) -> Result<(), Failure> {
    let secret = credential(at, lock)?;
    let known = sqlx::query("SELECT family, address, device_id, credential_sealed FROM locks WHERE id = $1")
        .bind(lock.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(row) = known {
        let sealed = row.bytes("credential_sealed")?;
        let fetched = source::is_fetched(lock.id, tx).await?;
        let same = row.text("family")? == lock.family.as_str()
            && row.text("address")? == lock.address
            && row.text("device_id")? == lock.device_id;
        if same && sealed.is_empty() {
            // It was erased when the lock was in no door any more.
            let again = app.seal.seal(lock.id.0, &secret, &*app.world)?;
            sqlx::query("UPDATE locks SET credential_sealed = $1 WHERE id = $2")
                .bind(again)
                .bind(lock.id.to_string())
                .execute(&mut *tx)
                .await?;
            return source::begin(lock.id, &secret, app, tx).await;
        }
        let stored = app.seal.open(lock.id.0, &sealed)?;
        let same = same
            // By their hashes: where these first differ says nothing about the secrets.
            && (fetched || digest(&SHA256, &stored).as_ref() == digest(&SHA256, &secret).as_ref());
        return if same { Ok(()) } else { Err(conflict(&format!("{at}.id"), "is another lock's")) };
    }
    if secret.is_empty() && !app.sources.has(&lock.family) {
        return Err(invalid(
            &format!("{at}.credential"),
            "is missing: the station can fetch none for this family",
        ));
    }
    sqlx::query(
        "INSERT INTO locks (id, family, address, device_id, credential_sealed) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(lock.id.to_string())
    .bind(lock.family.as_str())
    .bind(&lock.address)
    .bind(&lock.device_id)
    .bind(app.seal.seal(lock.id.0, &secret, &*app.world)?)
    .execute(&mut *tx)
    .await?;
    source::begin(lock.id, &secret, app, tx).await
}
