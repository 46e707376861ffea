//! Signing in for the shift.

use terskel_api::Bytes;
use terskel_api::session::SignIn;
use terskel_keys::sign_in;
use terskel_model::world::random;

use crate::interface::{Outcome, Problem};
use crate::state::Core;
use crate::store::Session;

/// Proves the phone, asks the station, and keeps the session.
pub(crate) async fn sign_in(core: &Core, staff_number: &str, pin: String) -> Result<Outcome, Problem> {
    let pin = terskel_api::Secret::new(pin);
    let staff_number = staff_number.trim();
    if staff_number.is_empty() || staff_number.chars().count() > 50 {
        return Err(Problem::Invalid { field: "staffNumber".into() });
    }
    if pin.expose().is_empty() {
        return Err(Problem::Invalid { field: "pin".into() });
    }
    let _one_at_a_time = core.deciding.lock().await;
    let phone = core.phone()?;
    let (at, nonce) = (core.world.now(), random::<16>(&*core.world));
    let proof = phone.identity.sign(&sign_in::message(phone.id, staff_number, at, &nonce));
    let body = SignIn {
        staff_number: staff_number.to_owned(),
        pin,
        phone: phone.id,
        at,
        nonce: Bytes(nonce.to_vec()),
        proof: Bytes(proof.to_vec()),
    };
    let asked = core.clock.reading();
    let answer = core.station(&phone)?.sign_in(body).await?;
    core.clock.heard(answer.station_time, &asked, &core.store).await?;
    core.store
        .save_session(&Session {
            id: answer.session,
            token: answer.token,
            worker: answer.worker,
            worker_name: answer.worker_name,
            team_name: answer.team_name,
            ends_at: answer.ends_at,
            badge: answer.badge.0,
            rejected: false,
            withdrawn: None,
        })
        .await?;
    super::authority::learn(core, &phone, &answer.authority).await?;
    core.refresh().await?;
    core.outbox.notify_one();
    Ok(Outcome::Done)
}
