//! Bearer tokens of leads and machines: 32 random bytes. The database holds only their SHA-256, so a stolen copy of it signs nobody in,
//! and looking one up by hash tells nothing by its timing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use sqlx::AnyConnection;
use terskel_api::Secret;
use terskel_model::world::random;
use terskel_model::{Entropy, TokenId};
use zeroize::Zeroizing;

use crate::app::App;
use crate::db::{Write, ms};
use crate::problem::Failure;

/// What the holder of an API token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sets up teams, workers, residents, shifts.
    Administrator,
    /// Posts dispatches.
    ResponseCentre,
}

impl Role {
    /// As stored, and as written on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ResponseCentre => "response-centre",
        }
    }

    /// Undoes [`Role::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Administrator, Self::ResponseCentre].into_iter().find(|role| role.as_str() == text)
    }
}

/// A new token.
pub(crate) fn new_token(entropy: &(impl Entropy + ?Sized)) -> Secret {
    let bytes = Zeroizing::new(random::<32>(entropy));
    Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

/// What is stored of a token, a code or a subject: SHA-256 in hex.
pub(crate) fn hash(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Stores a new API token.
pub(crate) struct NewApiToken<'a> {
    pub(crate) role: Role,
    pub(crate) name: &'a str,
    pub(crate) token: &'a Secret,
}

impl Write for NewApiToken<'_> {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO api_tokens (id, role, name, token_hash, created_ms) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(TokenId::new(&*app.world).to_string())
        .bind(self.role.as_str())
        .bind(self.name)
        .bind(hash(self.token.expose()))
        .bind(ms(app.now()))
        .execute(tx)
        .await?;
        Ok(())
    }
}
