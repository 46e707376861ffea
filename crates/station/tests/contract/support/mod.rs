//! A small municipality: Kari Nordmann lives there, Ada and Bo work in Nattpatrulje Vest.

mod database;
mod house;
mod key_service;
mod lead;
mod people;
mod phone;
mod signed;
mod sse;

pub(crate) use database::Database;
pub(crate) use house::{Answer, House, field, of};
pub(crate) use key_service::{KeyService, Mood};
pub(crate) use lead::{access, give, kari, keys, liv, one, opens, permanent, take_away, term};
pub(crate) use people::{Home, Worker, hex};
pub(crate) use phone::Phone;
pub(crate) use signed::{Signed, nonce};
pub(crate) use sse::Listener;

/// Makes two tests of each story: one for each database.
macro_rules! stories {
    ($(async fn $name:ident($house:ident) $body:block)+) => {$(
        async fn $name($house: $crate::support::House) {
            $body
            $house.end().await;
        }

        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                super::$name($crate::support::House::build($crate::support::Database::sqlite()).await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(database) = $crate::support::Database::postgres().await {
                    super::$name($crate::support::House::build(database).await).await;
                }
            }
        }
    )+};
}
