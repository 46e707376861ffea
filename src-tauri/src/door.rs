//! The one door to the engine, as Tauri commands (design law 4). The JSON is that of the HTTP bridge.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tauri::State;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::ipc::Channel;
use terskel_companion::Engine;
use terskel_companion::interface::{Answer, Closed, Intent, Outcome, Problem, Question, View};

/// `{"ok": …}` or `{"problem": …}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reply<T> {
    Ok(T),
    Problem(Problem),
}

impl<T> From<Result<T, Problem>> for Reply<T> {
    fn from(result: Result<T, Problem>) -> Self {
        result.map_or_else(Self::Problem, Self::Ok)
    }
}

/// The task that feeds the page. A reloaded page subscribes anew, and its old channel leads nowhere.
#[derive(Default)]
pub(crate) struct Subscription(Mutex<Option<JoinHandle<()>>>);

/// The engine, or why there is none. The page gets that in the place of an answer.
pub(crate) struct Door(Result<Engine, Closed>);

impl Door {
    pub(crate) fn new(engine: Result<Engine, Closed>) -> Self {
        Self(engine)
    }

    fn engine(&self) -> Result<&Engine, Closed> {
        self.0.as_ref().map_err(|closed| *closed)
    }
}

#[tauri::command]
pub(crate) async fn intend(door: State<'_, Door>, intent: Intent) -> Result<Reply<Outcome>, Closed> {
    Ok(door.engine()?.intend(intent).await.into())
}

#[tauri::command]
pub(crate) async fn ask(door: State<'_, Door>, question: Question) -> Result<Reply<Answer>, Closed> {
    Ok(door.engine()?.ask(question).await.into())
}

/// Sends the present view at once, then each new one.
#[tauri::command]
pub(crate) fn views(
    door: State<'_, Door>,
    subscription: State<'_, Subscription>,
    channel: Channel<Arc<View>>,
) -> Result<(), Closed> {
    let mut views = door.engine()?.views();
    let task = spawn(async move {
        loop {
            let view = Arc::clone(&views.borrow_and_update());
            if channel.send(view).is_err() || views.changed().await.is_err() {
                return;
            }
        }
    });
    let before = subscription.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task);
    if let Some(task) = before {
        task.abort();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_look_like_those_of_the_http_bridge() {
        let ok: Reply<Outcome> = Ok(Outcome::Done).into();
        let problem: Reply<Outcome> = Err(Problem::LockedOut { seconds: 60 }).into();
        assert_eq!(serde_json::to_string(&ok).unwrap(), r#"{"ok":{"outcome":"done"}}"#);
        let expected = r#"{"problem":{"problem":"lockedOut","seconds":60}}"#;
        assert_eq!(serde_json::to_string(&problem).unwrap(), expected);
    }
}
