//! The station: takes dispatches from response centres, calls the team's phones, issues digital keys, keeps the
//! audit trail. SQLite by default, PostgreSQL for several nodes. The contract is `terskel_api`.

pub mod access;
mod admin;
mod app;
mod audit;
mod auth;
mod authority;
mod break_glass;
mod check;
mod console;
mod db;
mod dispatch;
mod enrol;
mod events;
mod extract;
mod installation;
mod keys;
mod locks;
mod log;
mod openapi;
mod permission;
mod problem;
mod reseal;
mod retention;
mod roster;
mod routes;
mod seal;
mod secret_file;
mod session;
mod station;
mod stream;
mod team;
mod withdrawal;

pub use auth::{PinWork, Role};
pub use authority::{AuthorityError, Rotated};
pub use db::MigrationError;
pub use keys::source::danalock::{DanalockAccount, DanalockService, DanalockServiceError};
pub use openapi::document as openapi_document;
pub use reseal::{MasterKeyError, Resealed};
pub use retention::{Retention, RetentionError};
pub use secret_file::SecretFileError;
pub use station::{Config, StartError, Station, create_token, reseal, rotate_key};
