//! `POST /v1/enrolments`: a one-time code for one phone.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::admin::{EnrolmentCode, NewEnrolment};
use terskel_api::problem::ProblemDetails;
use terskel_api::{Secret, path};
use terskel_model::Entropy;
use terskel_model::world::random;
use zeroize::Zeroizing;

use crate::app::{App, Shared};
use crate::auth::{Administrator, token};
use crate::check;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::Failure;

/// How long a code can be used.
const LASTS: Duration = Duration::from_secs(60 * 60);
/// 32 letters and digits without I, L, O, U: nothing to mix up when read aloud, and five bits each without bias.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes a code.
#[utoipa::path(
    post, path = path::ENROLMENTS, tag = "administration", security(("bearer" = [])), request_body = NewEnrolment,
    responses(
        (status = 201, body = EnrolmentCode),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_enrolment(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewEnrolment>,
) -> Result<(StatusCode, Answer<EnrolmentCode>), Failure> {
    let note = check::required("note", &request.note, 100)?;
    let code = new_code(&*app.world);
    let ends_at = app.now() + LASTS;
    app.write(&AddCode { hash: code_hash(code.expose()), note, ends_ms: ms(ends_at) }).await?;
    Ok((StatusCode::CREATED, Answer(EnrolmentCode { code, ends_at })))
}

/// 40 bits, as `XXXX-XXXX`.
fn new_code(entropy: &(impl Entropy + ?Sized)) -> Secret {
    let mut code = Zeroizing::new(String::with_capacity(9));
    for (i, byte) in Zeroizing::new(random::<8>(entropy)).iter().enumerate() {
        if i == 4 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte & 31)]));
    }
    Secret::new(code.as_str())
}

/// Forgives what people do when they type a code: small letters, spaces, no dash, O for 0, I or L for 1.
pub(crate) fn code_hash(typed: &str) -> String {
    let plain: Zeroizing<String> = Zeroizing::new(
        typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(64)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect(),
    );
    token::hash(&plain)
}

struct AddCode {
    hash: String,
    note: String,
    ends_ms: i64,
}

impl Write for AddCode {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO enrolment_codes (code_hash, note, created_ms, ends_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(&self.hash)
        .bind(&self.note)
        .bind(ms(app.now()))
        .bind(self.ends_ms)
        .execute(tx)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    #[test]
    fn a_code_reads_well_and_is_found_however_it_is_typed() {
        let code = new_code(&ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
        let text = code.expose();
        assert_eq!((text.len(), &text[4..5]), (9, "-"));
        assert_eq!(code_hash(&text.to_lowercase().replace('-', " ")), code_hash(text));
        assert_eq!(code_hash("OIL0-0000"), code_hash("0110-0000"));
        assert_ne!(code_hash("0000-0001"), code_hash("0000-0000"));
    }
}
