//! What the station writes down of an audit event, what it gives out for an investigation, and how that is checked.

mod body;
mod chain;
mod export;
mod fault;
#[cfg(test)]
mod tests;
mod value;
mod verify;

pub use body::{Body, StationEvent, Told, ToldByPhone};
pub use chain::Gap;
pub use export::{Contents, Export, ExportedEvent, Selection};
pub use fault::Fault;
pub use verify::{Findings, VerifiedEvent, verify, verify_kept};
