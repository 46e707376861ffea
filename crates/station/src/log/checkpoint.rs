//! `GET /v1/log/checkpoint`, for anybody: how the log stands, signed. Also signed every few minutes, asked for or not.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_keys::log::{Checkpoint, Frontier};

use super::append::{as_stored, head};
use crate::app::{App, Shared};
use crate::db::{Columns, Write, ms};
use crate::problem::Failure;

/// A log that grows is signed at least so often.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// Signs the log as it is, in the form of C2SP `tlog-checkpoint`.
#[utoipa::path(
    get, path = path::LOG_CHECKPOINT, tag = "log",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "5XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn checkpoint(State(app): State<Shared>) -> Result<Response, Failure> {
    Ok(text(signed_now(&app).await?.note))
}

/// A checkpoint.
pub(crate) struct Signed {
    /// Of how many entries.
    pub(crate) size: u64,
    /// The signed note.
    pub(crate) note: String,
}

/// Plain text, as tools for signed notes read it.
pub(super) fn text(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// The checkpoint of the log as it is: the one that was signed for this size, or a new one.
pub(crate) async fn signed_now(app: &App) -> Result<Signed, Failure> {
    let head = read_head(&mut *app.reader().await?).await?;
    let note = match signed(&head, app).await? {
        Some(note) => note,
        None => app.write(&Sign(Checkpoint::of(&head))).await?,
    };
    Ok(Signed { size: head.size(), note })
}

/// Signs a log that has grown since the last checkpoint, if that was long enough ago.
pub(crate) async fn sign_when_due(app: &App) -> Result<(), Failure> {
    let due = sqlx::query(
        "SELECT one FROM log_head WHERE size > (SELECT COALESCE(MAX(size), 0) FROM log_checkpoints)
         AND (SELECT COALESCE(MAX(signed_ms), 0) FROM log_checkpoints) <= $1",
    )
    .bind(ms(app.now() - EVERY))
    .fetch_optional(&mut *app.reader().await?)
    .await?;
    if due.is_some() {
        signed_now(app).await?;
    }
    Ok(())
}

async fn read_head(reader: &mut AnyConnection) -> Result<Frontier, Failure> {
    head(&sqlx::query("SELECT size, edge FROM log_head WHERE one = 1").fetch_one(reader).await?)
}

async fn signed(head: &Frontier, app: &App) -> Result<Option<String>, Failure> {
    let row = sqlx::query("SELECT note FROM log_checkpoints WHERE size = $1")
        .bind(as_stored(head.size())?)
        .fetch_optional(&mut *app.reader().await?)
        .await?;
    Ok(row.map(|row| row.text("note")).transpose()?)
}

/// Two nodes that sign the same size sign the same text.
struct Sign(Checkpoint);

impl Write for Sign {
    type Output = String;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<String, Failure> {
        let note = self.0.sign(&app.log_key);
        sqlx::query(
            "INSERT INTO log_checkpoints (size, note, signed_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(as_stored(self.0.size)?)
        .bind(&note)
        .bind(ms(app.now()))
        .execute(tx)
        .await?;
        Ok(note)
    }
}
