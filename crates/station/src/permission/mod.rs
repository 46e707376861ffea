//! Permissions: given and taken away by a team's lead, and asked whenever a key is to be issued.

pub(crate) mod access;
pub(crate) mod give;
mod home;
pub(crate) mod list;
mod load;
mod over;
mod own;
mod person;
pub(crate) mod take_away;

use sqlx::AnyConnection;

pub(crate) use home::Home;
pub(crate) use load::{covering, is_once, permission, whom};
pub(crate) use over::{Over, end_those, own_doors};
pub(crate) use person::{Person, signed_in};

use crate::problem::Failure;

/// Whoever issues keys and whoever takes them away takes turns: what was taken away before is not issued after. First of
/// all that a transaction locks.
pub(crate) async fn take_turn(tx: &mut AnyConnection) -> Result<(), Failure> {
    sqlx::query("UPDATE access_turn SET turns = turns + 1 WHERE one = 1").execute(tx).await?;
    Ok(())
}
