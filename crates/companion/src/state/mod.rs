//! What the engine knows, in one place. Facts go to the store; what is true only now (network, Bluetooth, reach of
//! doors) is [`Live`]; both together become the [`crate::interface::View`].

mod access_view;
mod backoff;
mod clock;
#[cfg(test)]
mod clock_stories;
mod core;
mod install_view;
mod live;
mod locked;
mod notice;
mod view;

pub(crate) use backoff::Backoff;
pub(crate) use clock::PhoneClock;
pub(crate) use core::Core;
pub(crate) use live::{HubLive, Live};
