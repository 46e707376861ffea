//! The runner against a link in memory, in virtual time.

use terskel_locks::session::{Profile, Transmit};
use terskel_model::Uptime;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::testing::{Peer, TokioClock, link};

/// Asks a question per command and tells the answer. "bye" ends it, with a last word to the device.
#[derive(Default)]
struct Asker {
    out: VecDeque<Vec<u8>>,
    events: VecDeque<String>,
    due: Option<Uptime>,
    over: bool,
}

const PATIENCE: Duration = Duration::from_secs(5);

impl Session for Asker {
    type Command = &'static str;
    type Event = String;

    fn profile(&self) -> Profile {
        Profile { service: Uuid::nil(), notify: vec![Uuid::nil()] }
    }
    fn connected(&mut self, mtu: usize, _: Uptime) {
        self.events.push_back(format!("connected {mtu}"));
    }
    fn received(&mut self, _: Uuid, value: &[u8], _: Uptime) {
        self.due = None;
        self.events.push_back(format!("heard {}", String::from_utf8_lossy(value)));
    }
    fn disconnected(&mut self, _: Uptime) {
        self.over = true;
        self.events.push_back(if self.due.take().is_some() { "unsure".into() } else { "lost".into() });
    }
    fn command(&mut self, command: &'static str, now: Uptime) {
        if self.over {
            self.events.push_back(format!("refused {command}"));
            return;
        }
        self.out.push_back(command.into());
        if command == "bye" {
            self.over = true;
        } else {
            self.due = Some(now + PATIENCE);
        }
    }
    fn timed_out(&mut self, now: Uptime) {
        assert!(self.due.is_some_and(|due| due <= now), "woken before it was due");
        self.due = None;
        self.events.push_back("no answer".into());
    }
    fn poll_transmit(&mut self) -> Option<Transmit> {
        let value = self.out.pop_front()?;
        Some(Transmit { characteristic: Uuid::nil(), value, with_response: true })
    }
    fn poll_event(&mut self) -> Option<String> {
        self.events.pop_front()
    }
    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.due.map(|at| (at, "answer"))
    }
    fn is_over(&self) -> bool {
        self.over
    }

    fn round_trips(&self) -> u32 {
        0
    }
}

type Running = RunningSession<&'static str, String>;

fn start() -> (Running, Peer) {
    let (link, peer) = link();
    (run(Asker::default(), link, Arc::new(TokioClock::start())), peer)
}

async fn told(session: &mut Running) -> String {
    session.next().await.expect("the session is not over")
}

#[tokio::test(start_paused = true)]
async fn an_answer_before_the_write_returns_is_heard() {
    let (mut session, mut lock) = start();
    assert_eq!(told(&mut session).await, "connected 23");
    session.send("open?").unwrap();
    let write = lock.written().await;
    lock.notify(b"opened");
    assert_eq!(told(&mut session).await, "heard opened");
    write.done.send(Ok(())).unwrap();
    session.send("bye").unwrap();
    lock.written().await.done.send(Ok(())).unwrap();
    lock.let_go().await;
    assert_eq!(session.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn one_write_at_a_time_in_order() {
    let (session, mut lock) = start();
    session.send("one").unwrap();
    session.send("two").unwrap();
    let one = lock.written().await;
    assert_eq!(one.value, b"one");
    time::sleep(Duration::from_millis(100)).await;
    assert!(lock.writes.try_recv().is_err(), "the second must wait for the first");
    one.done.send(Ok(())).unwrap();
    assert_eq!(lock.written().await.value, b"two");
}

#[tokio::test(start_paused = true)]
async fn a_link_lost_in_a_pending_write_leaves_the_outcome_unsure() {
    let (mut session, mut lock) = start();
    session.send("open?").unwrap();
    let _write_that_never_returns = lock.written().await;
    lock.cut();
    assert_eq!(told(&mut session).await, "connected 23");
    assert_eq!(told(&mut session).await, "unsure");
    assert_eq!(session.next().await, None);
    lock.let_go().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_came_before_a_failed_write_counts() {
    let (mut session, mut lock) = start();
    session.send("open?").unwrap();
    let write = lock.written().await;
    write.done.send(Err(RadioError::LinkLost)).unwrap();
    lock.notify(b"opened");
    lock.cut();
    assert_eq!(told(&mut session).await, "connected 23");
    assert_eq!(told(&mut session).await, "heard opened");
    assert_eq!(told(&mut session).await, "lost");
}

#[tokio::test(start_paused = true)]
async fn a_failed_write_on_a_silent_link_does_not_wait_for_ever() {
    let (mut session, mut lock) = start();
    session.send("open?").unwrap();
    let start = Instant::now();
    let silent = RadioError::Timeout(PATIENCE, "writing");
    lock.written().await.done.send(Err(silent)).unwrap();
    assert_eq!(told(&mut session).await, "connected 23");
    assert_eq!(told(&mut session).await, "unsure");
    assert!(start.elapsed() <= LAST_WORDS * 2);
}

#[tokio::test(start_paused = true)]
async fn a_silent_device_times_out_when_the_session_says_so() {
    let (mut session, mut lock) = start();
    assert_eq!(told(&mut session).await, "connected 23");
    let start = Instant::now();
    session.send("open?").unwrap();
    lock.written().await.done.send(Ok(())).unwrap();
    assert_eq!(told(&mut session).await, "no answer");
    let waited = start.elapsed();
    assert!(waited >= PATIENCE && waited < PATIENCE + Duration::from_millis(20), "{waited:?}");
    session.send("bye").unwrap();
    assert_eq!(lock.written().await.value, b"bye");
}

#[tokio::test(start_paused = true)]
async fn events_keep_their_order_behind_a_slow_reader() {
    let (mut session, lock) = start();
    let many = EVENTS * 3;
    for n in 0..many {
        lock.notify(n.to_string().as_bytes());
    }
    lock.cut();
    time::sleep(Duration::from_secs(1)).await;
    assert_eq!(told(&mut session).await, "connected 23");
    for n in 0..many {
        assert_eq!(told(&mut session).await, format!("heard {n}"));
    }
    assert_eq!(told(&mut session).await, "lost");
    assert_eq!(session.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_command_at_the_moment_of_the_end_is_answered_and_a_later_one_is_not_taken() {
    let (mut session, lock) = start();
    assert_eq!(told(&mut session).await, "connected 23");
    lock.cut();
    // Both are there before the runner looks: the link's end is seen first.
    session.send("open?").unwrap();
    assert_eq!(told(&mut session).await, "lost");
    assert_eq!(told(&mut session).await, "refused open?");
    assert_eq!(session.next().await, None);
    assert_eq!(session.send("open?"), Err(SessionOver));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_let_go_lets_go_of_the_link() {
    let (session, mut lock) = start();
    drop(session);
    lock.let_go().await;
}
