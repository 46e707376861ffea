//! Stories that demo and tests both play.

pub mod audit;
pub mod export;
pub mod keys;
pub mod outage;
mod timeline;
pub mod visit;

pub use timeline::{Step, Timeline};
pub use visit::play;

use anyhow::Result;
use terskel_simulator::Resident;

use crate::stage::Air;

/// How often the bolts on the way to `resident` have moved, told by the locks themselves.
///
/// # Errors
/// When a lock is not on the air.
pub async fn bolt_movements(air: &Air, resident: &Resident) -> Result<usize> {
    let mut count = 0;
    for lock in resident.doors.iter().filter_map(|door| door.lock.as_ref()) {
        count += air.device(lock.id.0).await?.movements.len();
    }
    Ok(count)
}
