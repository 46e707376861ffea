//! Signing in for the shift.

use terskel_api::problem::code;
use terskel_api::session::{SignIn, SignedIn};
use terskel_api::{Bytes, Secret};
use terskel_keys::sign_in;
use terskel_model::Timestamp;
use terskel_model::capability::Capabilities;
use terskel_model::trusted_time::Reading;
use terskel_model::world::random;

use crate::interface::{Outcome, Problem};
use crate::state::Core;
use crate::station_client::{Station, StationError};
use crate::store::{Phone, Session};

/// Proves the phone, asks the station, and keeps the session.
pub(crate) async fn sign_in(core: &Core, staff_number: &str, pin: String) -> Result<Outcome, Problem> {
    let pin = Secret::new(pin);
    let staff_number = staff_number.trim();
    if staff_number.is_empty() || staff_number.chars().count() > 50 {
        return Err(Problem::Invalid { field: "staffNumber".into() });
    }
    if pin.expose().is_empty() {
        return Err(Problem::Invalid { field: "pin".into() });
    }
    let _one_at_a_time = core.deciding.lock().await;
    let phone = core.phone()?;
    let station = core.station(&phone)?;
    let (answer, asked) = match ask(core, &*station, &phone, staff_number, &pin).await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some(code::PHONE_UNKNOWN) => {
            // Nothing that it holds, a lock's secret neither, can be brought to this station any more.
            core.store.disown().await?;
            core.refresh().await?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    };
    core.clock.heard(answer.station_time, &asked, &core.store).await?;
    core.store
        .save_session(&Session {
            id: answer.session,
            token: answer.token,
            refresh: answer.refresh_token,
            worker: answer.worker,
            worker_name: answer.worker_name,
            team_name: answer.team_name,
            leads: answer.leads,
            ends_at: answer.ends_at,
            badge: answer.badge.0,
            rejected: false,
            withdrawn: None,
            policy: answer.policy.bounded(),
            station_can: answer.capabilities.unwrap_or_else(Capabilities::unsaid),
        })
        .await?;
    super::authority::learn(core, &phone, &answer.authority).await?;
    core.pin.keep(pin);
    core.show(|live| (live.locked, live.touched) = (false, core.world.uptime()));
    core.refresh().await?;
    core.token_life.lock().await.begin(answer.session, asked.uptime, answer.token_lasts_s);
    core.outbox.notify_one();
    Ok(Outcome::Done)
}

/// Asks; again where the station only stumbles over something that the phone can leave out or say better. Also when it was
/// asked for the last time.
async fn ask(
    core: &Core,
    station: &dyn Station,
    phone: &Phone,
    staff_number: &str,
    pin: &Secret,
) -> Result<(SignedIn, Reading), StationError> {
    let (mut at, mut capabilities) = (None, Some(Capabilities::ours()));
    loop {
        let asked = core.clock.reading();
        let proof = prove(core, phone, staff_number, pin, at.unwrap_or_else(|| core.clock.now()));
        let request = SignIn { capabilities: capabilities.clone(), ..proof };
        match station.sign_in(request).await {
            Ok(answer) => return Ok((answer, asked)),
            // Nobody is kept out for a clock: the proof only has to be fresh by the station's.
            Err(StationError::Problem { problem }) if at.is_none() && problem.station_time.is_some() => {
                at = problem.station_time;
            }
            // A station from before phones told what they can do.
            Err(StationError::Problem { problem })
                if capabilities.is_some() && problem.field.as_deref() == Some("capabilities") =>
            {
                capabilities = None;
            }
            Err(error) => return Err(error),
        }
    }
}

/// `at`: when the station gets it, as well as the phone knows.
fn prove(core: &Core, phone: &Phone, staff_number: &str, pin: &Secret, at: Timestamp) -> SignIn {
    let nonce = random::<16>(&*core.world);
    let proof = phone.identity.sign(&sign_in::message(phone.id, staff_number, at, &nonce));
    SignIn {
        staff_number: staff_number.to_owned(),
        pin: pin.clone(),
        phone: phone.id,
        at,
        nonce: Bytes(nonce.to_vec()),
        proof: Bytes(proof.to_vec()),
        capabilities: None,
    }
}
