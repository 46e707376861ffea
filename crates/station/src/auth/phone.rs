//! A worker signed in on an enrolled phone: `Authorization: DPoP` with a token of the session, and a proof by the phone.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_keys::PhonePublic;
use terskel_model::{PhoneId, SessionId, TeamId, Timestamp, WorkerId};

use super::credential::{Credential, credential};
use super::phone_token::{Kind, Shown};
use super::proof;
use crate::app::{App, Shared};
use crate::db::{Columns, Write, ms};
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

/// A session that asks for its next tokens.
pub(crate) struct RefreshSession {
    pub(crate) session: PhoneSession,
    /// Which of the session's refresh tokens it has.
    pub(crate) generation: i64,
    /// The phone's signing key.
    pub(crate) key: [u8; 65],
}

/// A session in the database, found by a token of it.
struct Found {
    session: PhoneSession,
    key: [u8; 65],
    generation_shown: i64,
}

/// The session of this token, which must be of `kind`, and the token's generation. The token is the station's own, not over, and shown by its phone
/// with a proof that is not used again.
async fn authenticate(parts: &Parts, app: &App, text: &str, kind: Kind) -> Result<(Found, i64), Failure> {
    let unknown = || problem(code::UNAUTHENTICATED);
    let shown = Shown::parse(text).ok_or_else(unknown)?;
    let now = app.now();
    let found = find(&mut *app.reader().await?, shown.token.session, now).await?.ok_or_else(unknown)?;
    if !app.sessions.tokens.is_ours(&shown, &found.key)
        || shown.token.kind != kind
        || shown.token.ends_ms <= ms(now)
    {
        return Err(unknown().into());
    }
    proof::check(app, parts, found.session.phone, &found.key, text).await?;
    let generation = shown.token.generation;
    if generation > found.generation_shown {
        app.write(&GenerationShown { session: found.session.id, generation }).await?;
    }
    Ok((found, generation))
}

async fn find(reader: &mut AnyConnection, id: SessionId, now: Timestamp) -> Result<Option<Found>, Failure> {
    let row = sqlx::query(
        "SELECT s.phone_id, s.worker_id, s.team_id, s.ends_ms, s.stream_from, s.generation_shown, w.leads_team,
         p.signing_key, p.sealing_key
         FROM sessions s JOIN phones p ON p.id = s.phone_id JOIN workers w ON w.id = s.worker_id
         WHERE s.id = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2 AND p.withdrawn_ms IS NULL",
    )
    .bind(id.to_string())
    .bind(ms(now))
    .fetch_optional(reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let keys = parse_keys(&row.bytes("signing_key")?, &row.bytes("sealing_key")?)?;
    let session = PhoneSession {
        id,
        phone: row.id("phone_id")?,
        worker: row.id("worker_id")?,
        team: row.id("team_id")?,
        ends_at: row.time("ends_ms")?,
        stream_from: row.int("stream_from")?,
        leads: row.id_or_none("leads_team")?,
    };
    Ok(Some(Found { session, key: keys.signing, generation_shown: row.int("generation_shown")? }))
}

/// The phone has these tokens: those before them are of no more use to it.
struct GenerationShown {
    session: SessionId,
    generation: i64,
}

impl Write for GenerationShown {
    type Output = ();

    async fn run(&self, _app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query("UPDATE sessions SET generation_shown = $1 WHERE id = $2 AND generation_shown < $1")
            .bind(self.generation)
            .bind(self.session.to_string())
            .execute(tx)
            .await?;
        Ok(())
    }
}

/// The public keys of an enrolled phone; one that is not, or no longer, is refused.
pub(crate) async fn phone_keys(reader: &mut AnyConnection, phone: PhoneId) -> Result<PhonePublic, Failure> {
    let row =
        sqlx::query("SELECT signing_key, sealing_key FROM phones WHERE id = $1 AND withdrawn_ms IS NULL")
            .bind(phone.to_string())
            .fetch_optional(reader)
            .await?
            .ok_or_else(|| problem(code::PHONE_UNKNOWN))?;
    parse_keys(&row.bytes("signing_key")?, &row.bytes("sealing_key")?)
}

fn parse_keys(signing: &[u8], sealing: &[u8]) -> Result<PhonePublic, Failure> {
    PhonePublic::parse(signing, sealing).map_err(|_| Failure::Internal("a stored phone key does not parse"))
}

impl PhoneSession {
    /// Whose request with this token it is.
    pub(super) async fn of(parts: &Parts, app: &App, token: &str) -> Result<Self, Failure> {
        let (found, _) = authenticate(parts, app, token, Kind::Access).await?;
        Ok(found.session)
    }

    /// The public keys of this session's phone.
    pub(crate) async fn phone_keys(&self, app: &App) -> Result<PhonePublic, Failure> {
        phone_keys(&mut *app.reader().await?, self.phone).await
    }

    /// Whether this session is still good: asked again while a stream is open. The token that opened it may be over.
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

impl FromRequestParts<Shared> for RefreshSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        let Some(Credential::Dpop(token)) = credential(parts) else { return refuse(code::UNAUTHENTICATED) };
        let (found, generation) = authenticate(parts, app, token, Kind::Refresh).await?;
        Ok(Self { session: found.session, generation, key: found.key })
    }
}
