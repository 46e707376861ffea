//! `GET /v1/stream`: server-sent events to one phone. Resumes by `Last-Event-ID`; nothing is lost or sent twice.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_util::{Stream, StreamExt as _};
use sqlx::any::AnyRow;
use terskel_api::break_glass::STREAM_GLASS;
use terskel_api::dispatch::{Dispatch, STREAM_DISPATCH, STREAM_TIME, StreamTime};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::roster::STREAM_ROSTER;
use terskel_api::session::STREAM_POLICY;
use terskel_api::withdrawal::{STREAM_KEYS, STREAM_WITHDRAWAL};
use terskel_model::dispatch::DispatchPhase;
use terskel_model::permission::Who;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::rules::READABLE_AFTER_ACCEPT;
use terskel_model::{DispatchId, WithdrawalId};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{News, Permitted, head};
use crate::admin::policy::policy_of;
use crate::app::Shared;
use crate::auth::PhoneSession;
use crate::db::{Columns, ms};
use crate::dispatch::{Loaded, Viewer, load};
use crate::problem::Failure;
use crate::withdrawal::{self, Told};

/// How often a quiet stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Streams every change of the team's dispatches. Begins with those that are not closed and those that this phone has
/// closed within the hour; after a break, with what changed since `Last-Event-ID`. Before all else comes what this phone has
/// to wipe and has not confirmed; a phone that may have keys for more doors than it knows is told to ask for them.
#[utoipa::path(
    get, path = path::STREAM, tag = "dispatch", security(("dpop" = [])),
    params(("Last-Event-ID" = Option<i64>, Header, description = "The id of the last event that came through")),
    responses(
        (status = 200, body = Dispatch, content_type = "text/event-stream",
            description = "First `time` (a `StreamTime`); then `dispatch`, `withdrawal` (a `Withdrawal`), `keys` and `roster` (nothing), \
                `policy` (a `PhonePolicy`) and, \
                to a lead, `break_glass` (a `GlassReport`); a comment every 10 s. \
                Ends with the session."),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn stream(
    State(app): State<Shared>,
    session: PhoneSession,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let resume = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse::<i64>().ok());
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = Connection {
        news: app.live.listen(),
        stopping: app.stopping.subscribe(),
        viewer: Viewer::from(&session),
        sent: 0,
        ready: VecDeque::new(),
        over: false,
        beat,
        app,
        session,
    };
    connection.begin(resume).await?;
    let time = serde_json::to_string(&StreamTime { station_time: connection.app.now() });
    let time = time.map_err(|_| Failure::Internal("the time could not be written"))?;
    let first = Ok(Event::default().event(STREAM_TIME).data(time));
    let others = futures_util::stream::unfold(connection, |mut connection| async {
        let event = connection.next().await?;
        Some((Ok(event), connection))
    });
    Ok(Sse::new(futures_util::stream::iter([first]).chain(others)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Backlog {
    /// What changed since what was sent last.
    Changed,
    /// All that is open or this phone's, and what changed since this cursor, if there is one.
    Everything(Option<i64>),
}

/// What the database had for this phone, in the order of the stream.
enum Waiting {
    /// To be wiped. Has no place of its own: the cursor stays.
    Withdrawal(WithdrawalId),
    /// There may be keys that this phone does not have.
    Keys,
    /// What the team has decided about its phones has changed.
    Policy(PhonePolicy),
    Dispatch {
        id: DispatchId,
        revision: i64,
    },
    /// Everything up to here has been told: an event without data moves the client's cursor and nothing else.
    Cursor(i64),
}

struct Connection {
    app: Shared,
    session: PhoneSession,
    viewer: Viewer,
    news: broadcast::Receiver<News>,
    stopping: watch::Receiver<bool>,
    /// The revision up to which this phone has been told.
    sent: i64,
    ready: VecDeque<Waiting>,
    beat: Interval,
    /// The session was taken away, and the phone has been told.
    over: bool,
}

impl Connection {
    /// Finds out what this phone has to be told first.
    async fn begin(&mut self, cursor: Option<i64>) -> Result<(), Failure> {
        let head = head(&mut *self.app.reader().await?).await?;
        // A cursor beyond the head is from a database that is no more: to believe it would keep the phone silent.
        let cursor = cursor.filter(|cursor| (0..=head).contains(cursor));
        // A cursor from before this session says nothing about what this team had open then.
        match cursor {
            Some(cursor) if cursor >= self.session.stream_from => {
                self.sent = cursor;
                self.read_database(Backlog::Changed).await
            }
            cursor => self.read_database(Backlog::Everything(cursor)).await,
        }
    }

    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.over {
                return None;
            }
            if let Some(event) = self.next_in_backlog().await? {
                return Some(event);
            }
            tokio::select! {
                biased;
                () = stopped(&mut self.stopping) => return None,
                // Before the news: in a busy night too, a session that has ended is noticed.
                _ = self.beat.tick() => {
                    if !self.session.still_good(&self.app).await.ok()? {
                        return self.farewell().await;
                    }
                    return Some(Event::default().comment("alive"));
                }
                news = self.news.recv() => match news {
                    Ok(News::Changed(dispatch)) => {
                        if let Some(event) = self.tell(&dispatch) {
                            return Some(event);
                        }
                    }
                    Ok(News::Withdrawn(told)) if told.phone == self.viewer.phone => {
                        return Some(self.order(&told));
                    }
                    Ok(News::Permitted(permitted)) if self.is_let_in(&permitted) => return Some(keys()),
                    Ok(News::GlassBroken(team, report)) if self.session.leads == Some(team) => {
                        let json = serde_json::to_string(&*report).unwrap_or_default();
                        return Some(Event::default().event(STREAM_GLASS).data(json));
                    }
                    Ok(News::Roster(team)) if team == self.viewer.team => {
                        return Some(Event::default().event(STREAM_ROSTER).data("{}"));
                    }
                    Ok(News::Policy(team, policy)) if team == self.viewer.team => {
                        return Some(policy_event(&policy));
                    }
                    Ok(
                        News::Withdrawn(_)
                        | News::Permitted(_)
                        | News::GlassBroken(..)
                        | News::Roster(_)
                        | News::Policy(..),
                    ) => {}
                    Ok(News::SessionsOf(phone)) if phone == self.viewer.phone => {
                        if !self.session.still_good(&self.app).await.ok()? {
                            return self.farewell().await;
                        }
                    }
                    Ok(News::SessionsOf(_)) => {}
                    // Too slow for the live feed: the database still has it all.
                    Err(RecvError::Lagged(_)) => self.read_database(Backlog::Changed).await.ok()?,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// The session is over. Where it was taken away, the phone is told so before the stream ends: the news of it may not have
    /// come by yet.
    async fn farewell(&mut self) -> Option<Event> {
        let mut reader = self.app.reader().await.ok()?;
        let orders = withdrawal::waiting_for(self.viewer.phone, &mut reader).await.ok()?;
        let told = withdrawal::load(*orders.last()?, &mut reader).await.ok()??;
        self.over = true;
        Some(self.order(&told))
    }

    /// What the database had. `None` ends the stream: the phone comes back with its cursor.
    async fn next_in_backlog(&mut self) -> Option<Option<Event>> {
        while let Some(waiting) = self.ready.pop_front() {
            let (id, revision) = match waiting {
                Waiting::Cursor(head) if head <= self.sent => continue,
                Waiting::Cursor(head) => {
                    self.sent = head;
                    return Some(Some(Event::default().id(head.to_string()).comment("cursor")));
                }
                Waiting::Dispatch { id, revision } => (id, revision),
                Waiting::Keys => return Some(Some(keys())),
                Waiting::Policy(policy) => return Some(Some(policy_event(&policy))),
                Waiting::Withdrawal(id) => {
                    let told = withdrawal::load(id, &mut *self.app.reader().await.ok()?).await.ok()?;
                    match told {
                        Some(told) => return Some(Some(self.order(&told))),
                        None => continue,
                    }
                }
            };
            let dispatch = load(&self.app, &mut *self.app.reader().await.ok()?, id).await.ok()?;
            // One that has changed since the list was made comes by the live feed, in its new place.
            if let Some(dispatch) = dispatch.filter(|dispatch| dispatch.revision == revision) {
                self.sent = self.sent.max(revision);
                return Some(Some(self.event(&dispatch)));
            }
        }
        Some(None)
    }

    async fn read_database(&mut self, backlog: Backlog) -> Result<(), Failure> {
        let (changed_since, everything) = match backlog {
            Backlog::Changed => (self.sent, false),
            Backlog::Everything(cursor) => (cursor.unwrap_or(i64::MAX), true),
        };
        let mut reader = self.app.reader().await?;
        let head = head(&mut reader).await?;
        let rows = sqlx::query(
            "SELECT id, revision FROM dispatches
             WHERE (team_id = $1 OR (phone_id = $2 AND worker_id = $3))
               AND (revision > $4
                 OR ($5 = 1 AND (phase <> $6 OR (phone_id = $2 AND worker_id = $3 AND closed_ms > $7))))
             ORDER BY revision",
        )
        .bind(self.viewer.team.to_string())
        .bind(self.viewer.phone.to_string())
        .bind(self.viewer.worker.to_string())
        .bind(changed_since)
        .bind(i64::from(everything))
        .bind(DispatchPhase::Closed.as_str())
        .bind(ms(self.app.now() - READABLE_AFTER_ACCEPT))
        .fetch_all(&mut *reader)
        .await?;
        let waiting =
            |row: &AnyRow| Ok(Waiting::Dispatch { id: row.id("id")?, revision: row.int("revision")? });
        let orders = withdrawal::waiting_for(self.viewer.phone, &mut reader).await?;
        self.ready = orders.into_iter().map(Waiting::Withdrawal).collect();
        self.ready.extend(rows.iter().map(waiting).collect::<sqlx::Result<Vec<_>>>()?);
        let (policy, revision) = policy_of(self.viewer.team, &mut reader).await?;
        // The sign-in told the one that there was then.
        let told = if changed_since == i64::MAX { self.session.stream_from } else { changed_since };
        if revision > told.max(self.session.stream_from) {
            self.ready.push_back(Waiting::Policy(policy));
        }
        self.ready.extend([Waiting::Cursor(head), Waiting::Keys]);
        Ok(())
    }

    /// A change from the live feed, unless this phone has been told already.
    fn tell(&mut self, dispatch: &Loaded) -> Option<Event> {
        if dispatch.revision <= self.sent || !self.viewer.hears_of(dispatch) {
            return None;
        }
        self.sent = dispatch.revision;
        Some(self.event(dispatch))
    }

    /// Has no place of its own in the cursor: until it is confirmed, it comes again.
    fn order(&mut self, told: &Told) -> Event {
        let order = told.to(self.session.id);
        self.over = order.everything;
        Event::default().event(STREAM_WITHDRAWAL).data(serde_json::to_string(&order).unwrap_or_default())
    }

    fn is_let_in(&self, permitted: &Permitted) -> bool {
        permitted.revision > self.sent
            && match &permitted.who {
                Who::Worker { worker } => *worker == self.viewer.worker,
                Who::Team { team } | Who::Role { team, .. } => {
                    *team == self.viewer.team || Some(*team) == self.session.leads
                }
                Who::Organisation { .. } => true,
            }
    }

    fn event(&self, dispatch: &Loaded) -> Event {
        let json = dispatch.json_for(&self.viewer, self.app.now());
        Event::default().event(STREAM_DISPATCH).id(dispatch.revision.to_string()).data(json)
    }
}

fn policy_event(policy: &PhonePolicy) -> Event {
    let json = serde_json::to_string(policy).unwrap_or_default();
    Event::default().event(STREAM_POLICY).data(json)
}

fn keys() -> Event {
    Event::default().event(STREAM_KEYS).data("{}")
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the station is gone altogether.
    let _ = stopping.wait_for(|stop| *stop).await;
}
