//! A small municipality: Kari Nordmann lives there, Ada and Bo work in Nattpatrulje Vest.

mod database;
mod house;
mod people;
mod phone;
mod sse;

pub(crate) use database::Database;
pub(crate) use house::{Answer, House, field, of};
pub(crate) use people::{Home, Worker, hex};
pub(crate) use phone::Phone;
pub(crate) use sse::Listener;

/// Makes two tests of each story: one for each database.
macro_rules! stories {
    ($($(#[$doc:meta])* async fn $name:ident($house:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn story($house: $crate::support::House) {
                $body
                $house.end().await;
            }

            $(#[$doc])*
            #[tokio::test]
            async fn on_sqlite() {
                story($crate::support::House::build($crate::support::Database::sqlite()).await).await;
            }

            $(#[$doc])*
            #[tokio::test]
            async fn on_postgres() {
                if let Some(database) = $crate::support::Database::postgres().await {
                    story($crate::support::House::build(database).await).await;
                }
            }
        }
    )+};
}
