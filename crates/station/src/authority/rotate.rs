//! `terskel-station rotate-key`: the next key of the authority.

use std::path::PathBuf;

use terskel_model::Timestamp;

use super::AuthorityError;
use super::announce::Announce;
use super::keyring::name;
use super::schedule::{ANNOUNCED_FOR, Schedule};
use crate::app::App;
use crate::problem::Failure;

/// A key that will sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Its name, in hex.
    pub kid: String,
    /// Its secret: every node of the station must have this file by then.
    pub file: PathBuf,
    /// From when on it signs.
    pub signs_from: Timestamp,
}

/// Makes and announces a key. Where the old one was `stolen`, the new one signs at once, and the others are believed no
/// longer: phones fetch the new one and new digital keys by themselves, hubs refuse badges until they have asked again.
pub(crate) async fn rotate(app: &App, stolen: bool) -> Result<Rotated, AuthorityError> {
    let failed = |error: Failure| {
        tracing::error!(error = error.for_log(), "rotating the authority's key");
        AuthorityError::Database
    };
    if !app.authority.environment().is_empty() {
        return Err(AuthorityError::FromEnvironment);
    }
    let now = app.now();
    let schedule = async { Schedule::load(&mut *app.reader().await?).await }.await.map_err(failed)?;
    if let Some((key, from)) = schedule.coming(now).filter(|_| !stolen) {
        return Err(AuthorityError::UnderWay(name(key), from));
    }
    let (key, file) = app.authority.make(&*app.world)?;
    let signs_from = if stolen { now } else { now + ANNOUNCED_FOR };
    let announce = Announce { key, signs_from, withdraw_others: stolen };
    app.write(&announce).await.map_err(failed)?;
    Ok(Rotated { kid: name(key), file, signs_from })
}
