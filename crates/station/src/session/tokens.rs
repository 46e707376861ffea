//! The pair of tokens that a phone's session has.

use std::time::Duration;

use terskel_api::session::Refreshed;
use terskel_model::{SessionId, Timestamp};

use crate::app::App;
use crate::auth::{Kind, PhoneToken};
use crate::db::ms;

/// How long a phone's token lasts, at most until its session ends.
const TOKEN_LASTS: Duration = Duration::from_secs(10 * 60);

/// What a pair is made for.
pub(super) struct Pair {
    pub(super) session: SessionId,
    pub(super) generation: i64,
    pub(super) session_ends: Timestamp,
    /// The phone's signing key.
    pub(super) phone_key: [u8; 65],
}

impl Pair {
    /// Nothing of it is stored. Issued again, the refresh token is the same.
    pub(super) fn issue(&self, app: &App) -> Refreshed {
        let now = app.now();
        let lasts = (self.session_ends - now).to_std().unwrap_or_default().min(TOKEN_LASTS);
        let token = |kind, ends| {
            let Self { session, generation, .. } = *self;
            let token = PhoneToken { kind, session, generation, ends_ms: ms(ends) };
            app.sessions.tokens.issue(&token, &self.phone_key)
        };
        Refreshed {
            token: token(Kind::Access, now + lasts),
            token_lasts_s: u32::try_from(lasts.as_secs()).unwrap_or(u32::MAX),
            refresh_token: token(Kind::Refresh, self.session_ends),
        }
    }
}
