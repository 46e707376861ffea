//! Drives a [`Session`] over a [`Link`]: the only place where a lock machine meets time and air.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use terskel_locks::session::Session;
use terskel_model::Clock;
use tokio::sync::mpsc;
use tokio::time;

use crate::{Link, LinkEvent, RadioError};

/// How many events wait for a slow reader inside the channel; more wait in the runner, which never stops for it.
const EVENTS: usize = 32;
/// Sleep no longer than this before reading the clock again: sleeping stands still while the phone is suspended, the
/// clock does not.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// After a failed write, wait this long for what the device had already said before the link broke.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// The session is over and takes no commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is over")]
pub struct SessionOver;

/// A session that is being driven. Dropping it lets go of the link.
#[derive(Debug)]
pub struct RunningSession<C, E> {
    commands: mpsc::UnboundedSender<C>,
    /// What the session tells, in order. Ends after the session's last event.
    pub events: mpsc::Receiver<E>,
}

impl<C, E> RunningSession<C, E> {
    /// Gives a command. One that was taken is always handed to the session, even when the link is lost at that very
    /// moment: its answer comes as an event.
    ///
    /// # Errors
    /// [`SessionOver`]: not handed over, no answer will come.
    pub fn send(&self, command: C) -> Result<(), SessionOver> {
        self.commands.send(command).map_err(|_| SessionOver)
    }

    /// The next event; `None` when the session is over and all has been told. Cancel-safe.
    pub async fn next(&mut self) -> Option<E> {
        self.events.recv().await
    }
}

/// Starts to drive `session` over `link` in a task of its own. Needs a tokio runtime.
///
/// The task ends when the session is over, the link is gone, or the [`RunningSession`] has been dropped. The link is
/// let go first, then the last events are handed out.
pub fn run<S>(session: S, link: Box<dyn Link>, clock: Arc<dyn Clock>) -> RunningSession<S::Command, S::Event>
where
    S: Session + Send + 'static,
    S::Command: Send + 'static,
    S::Event: Send + 'static,
{
    let (commands, inbox) = mpsc::unbounded_channel();
    let (outbox, events) = mpsc::channel(EVENTS);
    let runner = Runner { session, clock, inbox, outbox, untold: VecDeque::new() };
    tokio::spawn(runner.drive(link));
    RunningSession { commands, events }
}

struct Runner<S: Session> {
    session: S,
    clock: Arc<dyn Clock>,
    inbox: mpsc::UnboundedReceiver<S::Command>,
    outbox: mpsc::Sender<S::Event>,
    /// Told by the session, not yet taken by the reader.
    untold: VecDeque<S::Event>,
}

/// Why the driving ended.
enum End {
    /// The session is over and has sent all it had.
    Over,
    /// Nobody holds the [`RunningSession`].
    Abandoned,
    /// The link is gone, and all it brought has been handed to the session.
    LinkGone,
    /// A write failed: the link is of no use.
    WriteFailed(RadioError),
}

impl<S: Session> Runner<S> {
    async fn drive(mut self, mut link: Box<dyn Link>) {
        self.session.connected(link.mtu(), self.clock.uptime());
        match self.exchange(&mut link).await {
            End::Over => {}
            End::LinkGone => self.session.disconnected(self.clock.uptime()),
            End::Abandoned => {
                tracing::debug!("the session was let go before it was over");
                self.session.disconnected(self.clock.uptime());
            }
            End::WriteFailed(error) => {
                tracing::info!(%error, "a write failed: giving the link up");
                self.hear_last_words(&mut link).await;
                self.session.disconnected(self.clock.uptime());
            }
        }
        drop(link);
        self.answer_late_commands();
        self.tell_the_rest().await;
    }

    async fn exchange(&mut self, link: &mut Box<dyn Link>) -> End {
        let outbox = self.outbox.clone();
        let mut write: Option<Write> = None;
        loop {
            self.collect_events();
            if write.is_none() {
                write = self
                    .session
                    .poll_transmit()
                    .map(|t| link.write(t.characteristic, &t.value, t.with_response));
            }
            if write.is_none() && self.session.is_over() {
                return End::Over;
            }
            if self.inbox.is_closed() && self.outbox.is_closed() {
                return End::Abandoned;
            }
            let due = self.due();
            tokio::select! {
                biased;
                written = finish(&mut write) => {
                    write = None;
                    if let Err(error) = written {
                        return End::WriteFailed(error);
                    }
                }
                event = link.next() => match event {
                    LinkEvent::Received { characteristic, value } => {
                        self.session.received(characteristic, &value, self.clock.uptime());
                    }
                    LinkEvent::Disconnected => return End::LinkGone,
                },
                command = self.inbox.recv(), if !(self.inbox.is_closed() && self.inbox.is_empty()) => {
                    if let Some(command) = command {
                        self.session.command(command, self.clock.uptime());
                    }
                }
                Ok(permit) = outbox.reserve(), if !self.untold.is_empty() => {
                    if let Some(event) = self.untold.pop_front() {
                        permit.send(event);
                    }
                }
                () = outbox.closed(), if self.inbox.is_closed() => return End::Abandoned,
                () = sleep(due) => self.time_passed(),
            }
        }
    }

    /// How long until the session wants to be woken.
    fn due(&self) -> Option<Duration> {
        let (at, _) = self.session.poll_timeout()?;
        // A machine that stays due must not spin.
        Some((at - self.clock.uptime()).clamp(Duration::from_millis(1), LONGEST_SLEEP))
    }

    fn time_passed(&mut self) {
        let now = self.clock.uptime();
        if let Some((at, reason)) = self.session.poll_timeout()
            && at <= now
        {
            tracing::debug!(reason, "session timeout");
            self.session.timed_out(now);
        }
    }

    fn collect_events(&mut self) {
        while let Some(event) = self.session.poll_event() {
            self.untold.push_back(event);
        }
    }

    /// The device may have answered before the link broke: an answer that arrived must count.
    async fn hear_last_words(&mut self, link: &mut Box<dyn Link>) {
        let listen = async {
            while let LinkEvent::Received { characteristic, value } = link.next().await {
                self.session.received(characteristic, &value, self.clock.uptime());
            }
        };
        // Nothing more to be heard is as good an end as the link's own.
        let _ = time::timeout(LAST_WORDS, listen).await;
    }

    /// What was sent while the session ended gets its answer from the session too.
    fn answer_late_commands(&mut self) {
        self.inbox.close();
        while let Ok(command) = self.inbox.try_recv() {
            self.session.command(command, self.clock.uptime());
        }
    }

    async fn tell_the_rest(mut self) {
        self.collect_events();
        for event in self.untold {
            if self.outbox.send(event).await.is_err() {
                return;
            }
        }
    }
}

type Write = BoxFuture<'static, Result<(), RadioError>>;

async fn finish(write: &mut Option<Write>) -> Result<(), RadioError> {
    match write {
        Some(write) => write.await,
        None => std::future::pending().await,
    }
}

async fn sleep(due: Option<Duration>) {
    match due {
        Some(span) => time::sleep(span).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
