//! Joins the machine to the bus, to time, and to the control API.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::{Stream, StreamExt};
use terskel_model::{Uptime, World};
use tokio::sync::{mpsc, oneshot};
use zbus::message::{Message, Type};
use zbus::{Connection, MatchRule, MessageStream};

use crate::bluez::Bluez;

/// The reply to `RequestName` when we are the owner.
const PRIMARY_OWNER: u32 = 1;
/// Do not wait in line for the name.
const DO_NOT_QUEUE: u32 = 4;

type Request = Box<dyn FnOnce(&mut Bluez, Uptime) + Send>;

/// A way to the running machine.
#[derive(Clone)]
pub(crate) struct Handle(mpsc::Sender<Request>);

impl Handle {
    /// Does something with the machine, between two of its own steps. `None`: it has stopped.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Bluez, Uptime) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let request: Request = Box::new(move |bluez, now| {
            let _ = answer.send(act(bluez, now));
        });
        self.0.send(request).await.ok()?;
        answered.await.ok()
    }
}

/// Takes the name `org.bluez` on the bus and serves it until the task is aborted.
pub(crate) async fn serve(
    address: &str,
    bluez: Bluez,
    world: Arc<dyn World>,
) -> anyhow::Result<(Handle, tokio::task::JoinHandle<()>)> {
    let bus = zbus::connection::Builder::address(address).build().await.context("cannot reach the bus")?;
    let calls = MatchRule::builder().msg_type(Type::MethodCall).build()?;
    let calls = MessageStream::for_match_rule(calls, &bus, None).await?;
    let names = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")
        .interface("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .build()?;
    let names = MessageStream::for_match_rule(names, &bus, None).await?;
    let owner = take_name(&bus).await?;
    ensure!(owner == PRIMARY_OWNER, "somebody else is org.bluez on this bus");
    let (requests, inbox) = mpsc::channel(16);
    let task = tokio::spawn(async move {
        if let Err(error) = run(&bus, calls, names, bluez, world, inbox).await {
            tracing::error!(%error, "the bus is gone");
        }
    });
    Ok((Handle(requests), task))
}

async fn take_name(bus: &Connection) -> zbus::Result<u32> {
    let dbus = "org.freedesktop.DBus";
    let arguments = ("org.bluez", DO_NOT_QUEUE);
    let reply = bus.call_method(Some(dbus), "/org/freedesktop/DBus", Some(dbus), "RequestName", &arguments);
    reply.await?.body().deserialize()
}

async fn run(
    bus: &Connection,
    mut calls: impl Stream<Item = zbus::Result<Message>> + Unpin,
    mut names: impl Stream<Item = zbus::Result<Message>> + Unpin,
    mut bluez: Bluez,
    world: Arc<dyn World>,
    mut inbox: mpsc::Receiver<Request>,
) -> zbus::Result<()> {
    loop {
        while let Some(message) = bluez.poll_message() {
            bus.send(&message).await?;
        }
        let due = bluez.poll_timeout();
        tokio::select! {
            call = calls.next() => match call {
                Some(call) => bluez.received(call?, world.uptime()),
                None => return Ok(()),
            },
            Some(signal) = names.next() => {
                if let Some(client) = client_that_left(&signal?) {
                    bluez.client_left(&client, world.uptime());
                }
            }
            request = inbox.recv() => match request {
                Some(request) => request(&mut bluez, world.uptime()),
                None => return Ok(()),
            },
            () = until(due, &*world) => {}
        }
        bluez.timed_out(world.uptime());
    }
}

/// Waits until the deadline; for ever without one.
async fn until(due: Option<Uptime>, world: &dyn World) {
    match due {
        Some(due) => {
            let left = due - world.uptime();
            if left > Duration::ZERO {
                tokio::time::sleep(left).await;
            }
        }
        None => std::future::pending().await,
    }
}

/// `NameOwnerChanged` of a unique name that nobody owns any more.
fn client_that_left(signal: &Message) -> Option<String> {
    let (name, _, owner): (String, String, String) = signal.body().deserialize().ok()?;
    (name.starts_with(':') && owner.is_empty()).then_some(name)
}
