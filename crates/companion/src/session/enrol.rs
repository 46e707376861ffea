//! Making the phone known to a station, by a one-time code.

use std::sync::Arc;

use terskel_api::phone::Enrol;
use terskel_api::{Bytes, Secret};
use terskel_keys::PhoneIdentity;
use terskel_model::name;

use crate::interface::{Outcome, Problem};
use crate::outbox;
use crate::state::Core;
use crate::station_client::station_url;
use crate::store::Phone;

/// Makes fresh keys, introduces the phone, and keeps what the station answers.
pub(crate) async fn enrol(core: &Core, url: &str, code: &str, phone_name: &str) -> Result<Outcome, Problem> {
    let url = station_url(url).ok_or_else(|| invalid("stationUrl"))?;
    let code = one_time_code(code).ok_or_else(|| invalid("code"))?;
    let phone_name = name::required(phone_name, 100).map_err(|_| invalid("phoneName"))?;
    let _one_at_a_time = core.deciding.lock().await;
    if core.snapshot().open_visit().is_some() {
        return Err(Problem::VisitOpen);
    }
    // With the phone's old keys, and to its old station: afterwards nobody would take it.
    outbox::flush(core).await;
    let identity = PhoneIdentity::generate(&*core.world);
    let public = identity.public();
    let answer = core
        .stations
        .at(&url)?
        .enrol(Enrol {
            code,
            name: phone_name,
            signing_key: Bytes(public.signing.to_vec()),
            sealing_key: Bytes(public.sealing.to_vec()),
        })
        .await?;
    let authority = super::authority::read(&answer.authority)?;
    core.store
        .save_phone(&Phone { id: answer.phone, station_url: url, authority, identity: Arc::new(identity) })
        .await?;
    core.refresh().await?;
    Ok(Outcome::Done)
}

fn invalid(field: &str) -> Problem {
    Problem::Invalid { field: field.to_owned() }
}

/// `XXXX-XXXX`, however it was typed.
fn one_time_code(typed: &str) -> Option<Secret> {
    let bare: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    let good = bare.len() == 8 && bare.chars().all(|c| c.is_ascii_alphanumeric());
    good.then(|| Secret::new(format!("{}-{}", &bare[..4], &bare[4..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_with_or_without_the_dash() {
        for typed in ["ABCD-2345", "abcd2345", " abcd 2345 "] {
            assert_eq!(one_time_code(typed).unwrap().expose(), "ABCD-2345");
        }
        for typed in ["", "ABCD-234", "ABCD-23456", "ÆBCD-2345"] {
            assert!(one_time_code(typed).is_none(), "{typed}");
        }
    }
}
