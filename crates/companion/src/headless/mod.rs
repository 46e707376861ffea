//! The one door over HTTP, on this machine only: for browsers and tests in development. Never part of the phone app.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /intend`, an [`Intent`] | `{"ok": Outcome}` or `{"problem": Problem}` |
//! | `POST /ask`, a [`Question`] | `{"ok": Answer}` or `{"problem": Problem}` |
//! | `GET /views` | server-sent events, each a [`View`]; the present one at once |
//! | anything else | the built user interface, if there is one |

mod guard;
mod views;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Serialize;
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};

use crate::Engine;
use crate::interface::{Answer, Intent, Outcome, Problem, Question};

/// What came of an intent or a question, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Said<T> {
    Ok(T),
    Problem(Problem),
}

impl<T> From<Result<T, Problem>> for Said<T> {
    fn from(result: Result<T, Problem>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(problem) => Self::Problem(problem),
        }
    }
}

/// Serves `engine` until `stop` is done.
///
/// # Errors
/// When the listener fails, or is not on a loopback address.
pub async fn serve(
    engine: Arc<Engine>,
    listener: TcpListener,
    ui: Option<PathBuf>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(std::io::Error::other("the door is served on a loopback address only"));
    }
    let stopped = views::Stop::new();
    let app = router(engine, ui, address, &stopped);
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            stop.await;
            // Streams of views have no end of their own.
            stopped.stop();
        })
        .await
}

fn router(engine: Arc<Engine>, ui: Option<PathBuf>, address: SocketAddr, stop: &views::Stop) -> Router {
    let mut app = Router::new()
        .route("/intend", post(intend))
        .route("/ask", post(ask))
        .with_state(engine.clone())
        .route("/views", get(views::views).with_state((engine, stop.clone())));
    if let Some(ui) = ui {
        let index = ServeFile::new(ui.join("index.html"));
        app = app.fallback_service(ServeDir::new(ui).fallback(index));
    }
    app.layer(middleware::from_fn_with_state(guard::Own::at(address), guard::guard))
}

async fn intend(State(engine): State<Arc<Engine>>, Json(intent): Json<Intent>) -> Json<Said<Outcome>> {
    Json(engine.intend(intent).await.into())
}

async fn ask(State(engine): State<Arc<Engine>>, Json(question): Json<Question>) -> Json<Said<Answer>> {
    Json(engine.ask(question).await.into())
}
