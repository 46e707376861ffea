//! `POST /v1/phones`: a phone introduces itself with a one-time code. Too many wrong codes, from wherever they come,
//! slow everybody down.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::phone::{Enrol, Enrolled};
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::{Secret, path};
use terskel_keys::PhonePublic;
use terskel_model::PhoneId;
use terskel_model::event::EventKind;

use crate::admin::enrolment::code_hash;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{Attempt, Ticket, slow_down};
use crate::authority::Schedule;
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid, problem};

/// Enrols a phone.
#[utoipa::path(
    post, path = path::PHONES, tag = "phone", request_body = Enrol,
    responses(
        (status = 201, body = Enrolled),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn enrol(
    State(app): State<Shared>,
    Json(request): Json<Enrol>,
) -> Result<(StatusCode, Answer<Enrolled>), Failure> {
    check::bytes::<65>("signing_key", &request.signing_key.0)?;
    check::bytes::<65>("sealing_key", &request.sealing_key.0)?;
    let keys = PhonePublic::parse(&request.signing_key.0, &request.sealing_key.0)
        .map_err(|_| invalid("signing_key", "this or sealing_key is not a point on P-256"))?;
    let name = check::required("name", &request.name, 100)?;
    let phone = enrol_unless_guessed(&app, &request.code, name, keys).await?;
    let authority = Schedule::load(&mut *app.reader().await?).await?.published(app.now());
    Ok((StatusCode::CREATED, Answer(Enrolled { phone, authority })))
}

/// Counts the attempt, tries the code, and forgives the count when it is right.
async fn enrol_unless_guessed(
    app: &App,
    code: &Secret,
    name: String,
    keys: PhonePublic,
) -> Result<PhoneId, Failure> {
    let attempt = Attempt::enrolment();
    let lock = match app.write(&attempt).await? {
        Ticket::Locked(left) => return Err(slow_down(left)),
        Ticket::Check { lock_if_wrong } => lock_if_wrong,
    };
    match app.write(&EnrolPhone { code_hash: code_hash(code.expose()), name, keys }).await {
        Ok(phone) => app.write(&attempt.forgive()).await.map(|()| phone),
        Err(Failure::Problem(wrong)) => Err(lock.map_or_else(|| (*wrong).into(), slow_down)),
        Err(failure) => Err(failure),
    }
}

struct EnrolPhone {
    code_hash: String,
    name: String,
    keys: PhonePublic,
}

impl Write for EnrolPhone {
    type Output = PhoneId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<PhoneId, Failure> {
        let now = ms(app.now());
        let note = sqlx::query(
            "UPDATE enrolment_codes SET used_ms = $1 WHERE code_hash = $2 AND used_ms IS NULL AND ends_ms > $1
             RETURNING note",
        )
        .bind(now)
        .bind(&self.code_hash)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| problem(code::CODE_INVALID))?
        .text("note")?;
        let phone = PhoneId::new(&*app.world);
        sqlx::query(
            "INSERT INTO phones (id, name, note, signing_key, sealing_key, enrolled_ms)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(phone.to_string())
        .bind(&self.name)
        .bind(note)
        .bind(self.keys.signing.to_vec())
        .bind(self.keys.sealing.to_vec())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let entry = Entry { phone: Some(phone), ..Entry::of_station(app, EventKind::PhoneEnrolled) };
        entry.store(app, tx).await?;
        Ok(phone)
    }
}
