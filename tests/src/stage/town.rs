//! The demo municipality: what an administrator sets up at a new station before the first shift.

use anyhow::Result;
use chrono::TimeDelta;
use serde::Serialize;
use terskel_api::admin::{
    Created, EnrolmentCode, NewDoor, NewEnrolment, NewHub, NewLock, NewResident, NewShift, NewTeam,
    NewWorker, SetPhonePolicy,
};
use terskel_api::authority::KeySet;
use terskel_api::continuity::{Contact, Continuity, TeamContinuity};
use terskel_api::dispatch::PhysicalKey;
use terskel_api::{Bytes, Secret, path};
use terskel_keys::{AuthorityKey, AuthorityKeys};
use terskel_model::continuity::ContactRole;
use terskel_model::phone_policy::{NoticePolicy, PhonePolicy};
use terskel_model::{TeamId, WorkerId, World};
use terskel_simulator::{Door, Resident, Street};

use super::station::Client;

/// The team that the demo calls out.
pub const TEAM_CODE: &str = "vest";
/// Its name.
pub const TEAM_NAME: &str = "Nattpatrulje Vest";

/// A person who can sign in.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Name.
    pub name: &'static str,
    /// Staff number.
    pub staff_number: &'static str,
    /// PIN, of a made-up person.
    pub pin: &'static str,
}

/// On shift.
pub const ADA: Person = Person { name: "Ada Solli", staff_number: "101", pin: "2580" };
/// On shift.
pub const BO: Person = Person { name: "Bo Lunde", staff_number: "102", pin: "1470" };
/// Leads the team.
pub const LEAD: Person = Person { name: "Siv Eide", staff_number: "100", pin: "96321" };

/// What was set up.
#[derive(Clone, Debug)]
pub struct Town {
    /// The team's id.
    pub team: TeamId,
    /// What the hubs in the homes are installed with.
    pub authority: AuthorityKeys,
}

/// What unlocks the app on the stage's phones, where it was chosen.
pub const UNLOCK_CODE: &str = "7391";

/// Sets up team, lead, two workers on shift and all residents of `street`.
///
/// # Errors
/// When the station refuses any of it.
pub async fn seed(admin: &Client, street: &Street, world: &impl World) -> Result<Town> {
    let team = NewTeam { code: TEAM_CODE.into(), name: TEAM_NAME.into() };
    let team: Created = admin.post(path::TEAMS, &team).await?;
    let team = TeamId(team.id);
    worker(admin, LEAD, Some(team)).await?;
    for person in [ADA, BO] {
        let worker = worker(admin, person, None).await?;
        shift(admin, worker, team, world).await?;
    }
    // Stories and demonstrations stand still now and then.
    let policy = SetPhonePolicy { lock_after_s: 900, notices: NoticePolicy::Initials };
    let _: PhonePolicy = admin.post(&path::TEAM_POLICY.replace("{id}", &team.to_string()), &policy).await?;
    for resident in &street.residents {
        let _: Created = admin.post(path::RESIDENTS, &described(resident, team)?).await?;
    }
    let lead = admin.lead(LEAD.staff_number, LEAD.pin).await?;
    let _: TeamContinuity = lead.put(path::CONTINUITY, &plan()).await?;
    Ok(Town { team, authority: authority(admin).await? })
}

/// What Vest does when something does not work.
fn plan() -> Continuity {
    let contact = |role, name: &str, phone_number: &str| Contact {
        role,
        name: name.into(),
        phone_number: phone_number.into(),
    };
    Continuity {
        plan: "Uten nett: nøklene for vakta virker. Meld fra til responssenteret hver time.".into(),
        contacts: vec![
            contact(ContactRole::ResponseCentre, "Responssenteret", "+47 55 50 01 10"),
            contact(ContactRole::Lead, LEAD.name, "+47 90 00 00 01"),
        ],
    }
}

/// A one-time code for one phone.
///
/// # Errors
/// When the station refuses.
pub async fn enrolment_code(admin: &Client, note: &str) -> Result<Secret> {
    let code: EnrolmentCode = admin.post(path::ENROLMENTS, &NewEnrolment { note: note.into() }).await?;
    Ok(code.code)
}

async fn worker(admin: &Client, person: Person, leads: Option<TeamId>) -> Result<WorkerId> {
    let new = NewWorker {
        staff_number: person.staff_number.into(),
        name: person.name.into(),
        pin: Secret::new(person.pin),
        leads,
        organisation: None,
    };
    let made: Created = admin.post(path::WORKERS, &new).await?;
    Ok(WorkerId(made.id))
}

/// A shift that has begun and lasts long enough to play with.
///
/// # Errors
/// When the station refuses.
pub async fn shift(admin: &Client, worker: WorkerId, team: TeamId, world: &impl World) -> Result<()> {
    let now = world.now();
    let (starts_at, ends_at) = (now - TimeDelta::hours(1), now + TimeDelta::hours(11));
    let _: Created =
        admin.post(path::SHIFTS, &NewShift { worker, team, role: None, starts_at, ends_at }).await?;
    Ok(())
}

/// What the station publishes for everybody.
async fn authority(admin: &Client) -> Result<AuthorityKeys> {
    let told: KeySet = admin.get(path::AUTHORITY_KEYS).await?;
    Ok(told.ed25519().map(AuthorityKey).collect())
}

fn described(resident: &Resident, team: TeamId) -> Result<impl Serialize + use<>> {
    Ok(NewResident {
        number: resident.number.clone(),
        team,
        first_name: resident.first_name.clone(),
        last_name: resident.last_name.clone(),
        birth_year: resident.birth_year,
        address: resident.address.clone(),
        town: resident.town.clone(),
        phone_number: resident.phone_number.clone(),
        way_in: resident.way_in.clone(),
        time_zone: None,
        doors: resident.doors.iter().map(door).collect::<Result<_>>()?,
        hub: resident.hub.as_ref().map(|hub| NewHub {
            id: hub.id,
            address: hub.address.clone(),
            public_key: Bytes(hub.public_key().to_vec()),
        }),
    })
}

/// Of a lock that nobody has been let into, the station knows nothing: it is still to be installed.
fn door(door: &Door) -> Result<NewDoor> {
    let known = |lock: &terskel_simulator::Lock| {
        let Some(credential) = lock.credential()? else { return Ok(None) };
        Ok::<_, anyhow::Error>(Some(NewLock {
            id: lock.id,
            family: lock.family.clone(),
            address: lock.address.clone(),
            device_id: lock.device_id.clone(),
            credential: Secret::new(hex(&credential)),
        }))
    };
    let lock = door.lock.as_ref().map(known);
    Ok(NewDoor {
        id: door.id,
        kind: door.kind.clone(),
        name: door.name.clone(),
        lock: lock.transpose()?.flatten(),
        code: door.code.as_ref().map(|code| Secret::new(code.expose())),
        physical_key: door
            .physical_key
            .as_ref()
            .map(|(cabinet, tag)| PhysicalKey { cabinet: cabinet.clone(), tag: tag.clone() }),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
