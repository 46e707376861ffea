//! The live stream from the station: dispatches come in, and the network's true state goes to the status line.

mod run;
mod sse;
#[cfg(test)]
mod tests;

pub(crate) use run::keep_reading;
