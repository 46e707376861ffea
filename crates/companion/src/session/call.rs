//! Asking the station as the worker who is signed in: with a token that is good, and once more with the next one where the
//! station does not take it. Many may ask at once; one of them refreshes.

use std::time::Duration;

use terskel_api::Secret;
use terskel_api::problem::code;
use terskel_api::session::Refreshed;
use terskel_model::{SessionId, Uptime};

use crate::state::Core;
use crate::station_client::{Answer, Credential, Station, StationError};
use crate::store::{Phone, Session};

/// A token with less than this left is not used any more: a request takes its time.
const MARGIN: Duration = Duration::from_secs(30);

/// Until when the session's token is good, by the clock that nobody can set. Whoever holds the lock refreshes.
#[derive(Debug, Default)]
pub(crate) struct TokenLife(Option<(SessionId, Uptime)>);

impl TokenLife {
    /// A token that was asked for at `asked`.
    pub(crate) fn begin(&mut self, session: SessionId, asked: Uptime, lasts_s: u32) {
        let lasts = Duration::from_secs(lasts_s.into());
        self.0 = Some((session, asked + (lasts - MARGIN.min(lasts / 2))));
    }

    /// Unknown is over too: an earlier process had the token, some time ago.
    fn is_over(&self, session: SessionId, now: Uptime) -> bool {
        self.0.is_none_or(|(of, until)| of != session || now >= until)
    }
}

/// Asks in this session. A session that the station has ended is marked as such: nothing more is asked in it.
pub(crate) async fn call<T>(
    core: &Core,
    phone: &Phone,
    session: SessionId,
    ask: impl for<'a> Fn(&'a dyn Station, &'a Credential) -> Answer<'a, T>,
) -> Result<T, StationError> {
    let answer = try_call(core, phone, session, ask).await;
    if let Err(error) = &answer {
        core.call_failed(session, error).await;
    }
    answer
}

async fn try_call<T>(
    core: &Core,
    phone: &Phone,
    session: SessionId,
    ask: impl for<'a> Fn(&'a dyn Station, &'a Credential) -> Answer<'a, T>,
) -> Result<T, StationError> {
    let station = core.station(phone)?;
    let credential = credential(core, &*station, phone, session, None).await?;
    match ask(&*station, &credential).await {
        Err(error) if error.code() == Some(code::UNAUTHENTICATED) => {
            let refused = Some(&credential.token);
            let next = self::credential(core, &*station, phone, session, refused).await?;
            ask(&*station, &next).await
        }
        answer => answer,
    }
}

/// The session's token, or the next one where it is over or is the one that was `refused`.
async fn credential(
    core: &Core,
    station: &dyn Station,
    phone: &Phone,
    session: SessionId,
    refused: Option<&Secret>,
) -> Result<Credential, StationError> {
    let mut life = core.token_life.lock().await;
    let held = held(core, session)?;
    let usable = match refused {
        Some(refused) => held.token != *refused,
        None => !life.is_over(session, core.world.uptime()),
    };
    let with = |token| Credential { token, phone: phone.identity.clone() };
    if usable {
        return Ok(with(held.token));
    }
    let asked = core.world.uptime();
    let next = station.refresh(&with(held.refresh)).await?;
    store(core, session, &next).await?;
    life.begin(session, asked, next.token_lasts_s);
    Ok(with(next.token))
}

fn held(core: &Core, session: SessionId) -> Result<Session, StationError> {
    let held = core.snapshot().session.clone();
    held.filter(|held| held.id == session && !held.rejected).ok_or_else(StationError::unauthenticated)
}

/// Stored before it is used: the station takes the old one again only until then.
async fn store(core: &Core, session: SessionId, next: &Refreshed) -> Result<(), StationError> {
    let stored = async {
        let known = core.store.save_tokens(session, &next.token, &next.refresh_token).await?;
        core.refresh().await.map(|()| known)
    };
    match stored.await {
        Ok(true) => Ok(()),
        // Signed out, or signed in anew, while the answer was on its way.
        Ok(false) => Err(StationError::unauthenticated()),
        Err(error) => {
            tracing::error!(%error, "store");
            Err(StationError::NotKept)
        }
    }
}

#[cfg(test)]
mod tests;
