//! What the station writes down of an audit event, and what the log commits to.

mod body;
mod value;

pub use body::{Body, StationEvent, Told, ToldByPhone};
