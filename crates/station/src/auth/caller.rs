//! From a request's credential to who is asking. An unknown or ended credential is 401, a known one of the wrong
//! kind 403.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::problem::code;
use terskel_model::{PhoneId, TeamId, TokenId, WorkerId};

use super::PhoneSession;
use super::credential::{Credential, credential};
use super::token::{Role, hash};
use crate::app::{App, Shared};
use crate::db::{Columns, ms};
use crate::problem::{Failure, problem, refuse};

/// A team lead without a phone.
#[derive(Clone, Debug)]
pub(crate) struct LeadSession {
    pub(crate) team: TeamId,
    pub(crate) worker: WorkerId,
    /// What the session's row is found by.
    pub(crate) token_hash: String,
}

/// An administrator's tool.
pub(crate) struct Administrator;

/// A response centre.
pub(crate) struct Centre(pub(crate) TokenId);

/// The lead of a team, with or without a phone.
pub(crate) struct TeamLead {
    pub(crate) team: TeamId,
    pub(crate) worker: WorkerId,
    pub(crate) phone: Option<PhoneId>,
}

#[derive(Clone)]
enum Caller {
    Phone(PhoneSession),
    Lead(LeadSession),
    Machine(Role, TokenId),
}

/// Once for each request: a proof counts once, also where a handler takes one of several callers.
async fn authenticate(parts: &mut Parts, app: &App) -> Result<Caller, Failure> {
    if let Some(known) = parts.extensions.get::<Caller>() {
        return Ok(known.clone());
    }
    let caller = match credential(parts) {
        Some(Credential::Dpop(token)) => Caller::Phone(PhoneSession::of(parts, app, token).await?),
        Some(Credential::Bearer(token)) => bearer(app, token).await?,
        None => return refuse(code::UNAUTHENTICATED),
    };
    parts.extensions.insert(caller.clone());
    Ok(caller)
}

/// A lead without a phone, or a machine. A phone's token is nothing here, whoever brings it.
async fn bearer(app: &App, token: &str) -> Result<Caller, Failure> {
    let (hash, now) = (hash(token), ms(app.now()));
    let mut reader = app.reader().await?;
    if let Some(session) = lead_session(&mut reader, &hash, now).await? {
        return Ok(Caller::Lead(session));
    }
    match machine(&mut reader, &hash).await? {
        Some(caller) => Ok(caller),
        None => refuse(code::UNAUTHENTICATED),
    }
}

/// Leading is asked now, not when the lead signed in: who no longer leads reads no longer.
async fn lead_session(
    reader: &mut AnyConnection,
    token_hash: &str,
    now: i64,
) -> Result<Option<LeadSession>, Failure> {
    let row = sqlx::query(
        "SELECT l.team_id, l.worker_id FROM lead_sessions l JOIN workers w ON w.id = l.worker_id AND w.leads_team = l.team_id
         WHERE l.token_hash = $1 AND l.ended_ms IS NULL AND l.ends_ms > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(reader)
    .await?;
    let read = |row: AnyRow| -> sqlx::Result<LeadSession> {
        Ok(LeadSession {
            team: row.id("team_id")?,
            worker: row.id("worker_id")?,
            token_hash: token_hash.to_owned(),
        })
    };
    Ok(row.map(read).transpose()?)
}

async fn machine(reader: &mut AnyConnection, token_hash: &str) -> Result<Option<Caller>, Failure> {
    let row = sqlx::query("SELECT id, role FROM api_tokens WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional(reader)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let role = Role::parse(&row.text("role")?).ok_or_else(|| problem(code::FORBIDDEN))?;
    Ok(Some(Caller::Machine(role, row.id("id")?)))
}

impl FromRequestParts<Shared> for PhoneSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match authenticate(parts, app).await? {
            Caller::Phone(session) => Ok(session),
            _ => refuse(code::FORBIDDEN),
        }
    }
}

impl FromRequestParts<Shared> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match authenticate(parts, app).await? {
            Caller::Machine(Role::Administrator, _) => Ok(Self),
            _ => refuse(code::FORBIDDEN),
        }
    }
}

impl FromRequestParts<Shared> for Centre {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match authenticate(parts, app).await? {
            Caller::Machine(Role::ResponseCentre, id) => Ok(Self(id)),
            _ => refuse(code::FORBIDDEN),
        }
    }
}

impl FromRequestParts<Shared> for TeamLead {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match authenticate(parts, app).await? {
            Caller::Lead(LeadSession { team, worker, .. }) => Ok(Self { team, worker, phone: None }),
            Caller::Phone(PhoneSession { leads: Some(team), worker, phone, .. }) => {
                Ok(Self { team, worker, phone: Some(phone) })
            }
            _ => refuse(code::FORBIDDEN),
        }
    }
}

/// A team's lead, or an administrator: `None`.
pub(crate) struct LeadOrAdministrator(pub(crate) Option<TeamLead>);

impl FromRequestParts<Shared> for LeadOrAdministrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match TeamLead::from_request_parts(parts, app).await {
            Ok(lead) => Ok(Self(Some(lead))),
            Err(_) => Administrator::from_request_parts(parts, app).await.map(|_| Self(None)),
        }
    }
}

/// Signing out takes either kind of session.
pub(crate) enum AnySession {
    Phone(PhoneSession),
    Lead(LeadSession),
}

impl FromRequestParts<Shared> for AnySession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        match authenticate(parts, app).await? {
            Caller::Phone(session) => Ok(Self::Phone(session)),
            Caller::Lead(session) => Ok(Self::Lead(session)),
            Caller::Machine(..) => refuse(code::FORBIDDEN),
        }
    }
}
