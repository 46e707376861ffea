//! The station's contract, over real HTTP, told as stories. Each runs on SQLite and, where `TERSKEL_TEST_DATABASE_URL`
//! names a PostgreSQL server, on PostgreSQL too, in a database of its own.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "all of this is test code; clippy knows only functions marked as tests"
)]

#[macro_use]
mod support;

mod access;
mod administration;
mod audit;
mod bound;
mod break_glass;
mod bundle;
mod capabilities;
mod console;
mod deadlines;
mod dispatches;
mod documents;
mod doors;
mod enrolment;
mod events;
mod export;
mod fetched_secrets;
mod former;
mod installations;
mod issued_key;
mod lock_entries;
mod locks;
mod log;
mod offline;
mod own_visits;
mod permissions;
mod policy;
mod receipts;
mod reseal;
mod retention;
mod roster;
mod rotation;
mod sign_in;
mod stream;
mod team;
mod visit;
mod withdrawals;
mod workers;
