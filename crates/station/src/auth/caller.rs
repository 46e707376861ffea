//! From the `Authorization` header to who is asking. An unknown or ended credential is 401, a known one of the wrong
//! kind 403.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::problem::code;
use terskel_keys::PhonePublic;
use terskel_model::{PhoneId, SessionId, TeamId, Timestamp, TokenId, WorkerId};

use super::token::{Role, hash};
use crate::app::{App, Shared};
use crate::db::{Columns, ms};
use crate::problem::{Failure, problem, refuse};

/// A worker signed in on an enrolled phone, on shift.
#[derive(Clone, Debug)]
pub(crate) struct PhoneSession {
    pub(crate) id: SessionId,
    pub(crate) phone: PhoneId,
    pub(crate) worker: WorkerId,
    pub(crate) team: TeamId,
    pub(crate) ends_at: Timestamp,
    /// Head of the stream when this session began.
    pub(crate) stream_from: i64,
    /// The team this worker leads.
    pub(crate) leads: Option<TeamId>,
}

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
}

enum Caller {
    Phone(PhoneSession),
    Lead(LeadSession),
    Machine(Role, TokenId),
}

async fn authenticate(parts: &Parts, app: &App) -> Result<Caller, Failure> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return refuse(code::UNAUTHENTICATED);
    }
    let (hash, now) = (hash(token.trim()), ms(app.now()));
    let mut reader = app.reader().await?;
    if let Some(session) = phone_session(&mut reader, &hash, now).await? {
        return Ok(Caller::Phone(session));
    }
    if let Some(session) = lead_session(&mut reader, &hash, now).await? {
        return Ok(Caller::Lead(session));
    }
    match machine(&mut reader, &hash).await? {
        Some(caller) => Ok(caller),
        None => refuse(code::UNAUTHENTICATED),
    }
}

async fn phone_session(
    reader: &mut AnyConnection,
    token_hash: &str,
    now: i64,
) -> Result<Option<PhoneSession>, Failure> {
    let row = sqlx::query(
        "SELECT s.id, s.phone_id, s.worker_id, s.team_id, s.ends_ms, s.stream_from, w.leads_team
         FROM sessions s JOIN phones p ON p.id = s.phone_id JOIN workers w ON w.id = s.worker_id
         WHERE s.token_hash = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2 AND p.withdrawn_ms IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(reader)
    .await?;
    let read = |row: AnyRow| -> sqlx::Result<PhoneSession> {
        Ok(PhoneSession {
            id: row.id("id")?,
            phone: row.id("phone_id")?,
            worker: row.id("worker_id")?,
            team: row.id("team_id")?,
            ends_at: row.time("ends_ms")?,
            stream_from: row.int("stream_from")?,
            leads: row.id_or_none("leads_team")?,
        })
    };
    Ok(row.map(read).transpose()?)
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

/// The public keys of an enrolled phone; one that is not, or no longer, is refused.
pub(crate) async fn phone_keys(reader: &mut AnyConnection, phone: PhoneId) -> Result<PhonePublic, Failure> {
    let row =
        sqlx::query("SELECT signing_key, sealing_key FROM phones WHERE id = $1 AND withdrawn_ms IS NULL")
            .bind(phone.to_string())
            .fetch_optional(reader)
            .await?
            .ok_or_else(|| problem(code::PHONE_UNKNOWN))?;
    PhonePublic::parse(&row.bytes("signing_key")?, &row.bytes("sealing_key")?)
        .map_err(|_| Failure::Internal("a stored phone key does not parse"))
}

impl PhoneSession {
    /// The public keys of this session's phone.
    pub(crate) async fn phone_keys(&self, app: &App) -> Result<PhonePublic, Failure> {
        phone_keys(&mut *app.reader().await?, self.phone).await
    }

    /// Whether this session is still good: asked again while a stream is open.
    pub(crate) async fn still_good(&self, app: &App) -> Result<bool, Failure> {
        if app.now() >= self.ends_at {
            return Ok(false);
        }
        let row = sqlx::query(
            "SELECT s.id FROM sessions s JOIN phones p ON p.id = s.phone_id
             WHERE s.id = $1 AND s.ended_ms IS NULL AND p.withdrawn_ms IS NULL",
        )
        .bind(self.id.to_string())
        .fetch_optional(&mut *app.reader().await?)
        .await?;
        Ok(row.is_some())
    }
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
            Caller::Lead(LeadSession { team, worker, .. })
            | Caller::Phone(PhoneSession { leads: Some(team), worker, .. }) => Ok(Self { team, worker }),
            _ => refuse(code::FORBIDDEN),
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
