//! The one door between user interface and engine: `intend`, `ask`, and a stream of [`View`]. The types here are
//! also the TypeScript bindings of `ui/` (`cargo xtask generate`).

mod access;
mod closed;
mod install;
mod intent;
mod problem;
mod question;
mod view;

pub use access::{
    AccessNowView, AccessView, HomeAccessView, KeyOutView, NoAccessView, OrderView, PermissionView,
    PersonView, TeamPhoneView, TermView, WhoView, WindowView,
};
pub use closed::Closed;
pub use install::{DoorInput, FoundLockView, InstallView, PendingInstallView, TeamDoor, TeamHome};
pub use intent::{Intent, Outcome};
pub use problem::Problem;
pub use question::{Answer, Question, VisitSummary};
pub use view::*;
