//! Answers of the station that were on their way while the phone wiped: what they bring back must not be stored.

use sqlx::SqliteConnection;
use terskel_model::SessionId;

use super::Result;

/// When something was asked of the station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// In this session.
    pub(crate) session: SessionId,
    /// After so many orders to wipe had been followed in it.
    pub(crate) followed: u32,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Kept {
    /// It is stored.
    Whole,
    /// An order to wipe was followed meanwhile: the keys in the answer may be those that it named. They are not stored, and are
    /// to be asked for again.
    Overtaken,
    /// The session is over on this phone: nothing is stored.
    TooLate,
}

/// What is to become of an answer to this question.
pub(super) async fn now(tx: &mut SqliteConnection, asked: &Asked) -> Result<Kept> {
    if !is_here(tx, asked.session).await? {
        return Ok(Kept::TooLate);
    }
    Ok(if followed(tx).await? == asked.followed { Kept::Whole } else { Kept::Overtaken })
}

/// How many orders to wipe this session has followed.
pub(super) async fn followed(connection: &mut SqliteConnection) -> Result<u32> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM followed").fetch_one(connection).await?)
}

/// Whether this is still the session of whoever is signed in.
pub(super) async fn is_here(tx: &mut SqliteConnection, session: SessionId) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM session WHERE id = $1 AND withdrawn IS NULL")
        .bind(session.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}
