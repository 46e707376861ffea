//! Breaking devices and the air around them.
//!
//! | `fault` | further field | what it does |
//! | --- | --- | --- |
//! | `out_of_range` | `on`: bool | nothing is heard; a link dies of it |
//! | `asleep` | `on`: bool | does not advertise and cannot be connected until knocked |
//! | `link_lost` | `at_packet`: 1… | the n-th packet from now, in both directions, is lost, and the link with it |
//! | `hang` | `on`: bool | takes writes and answers nothing |
//! | `low_battery` | `percent`: 0–100 | battery |
//! | `jammed` | `on`: bool | the mechanism is stuck |
//! | `reboot` | | restarts: the link is gone without a word |
//! | `uncalibrated` | `on`: bool | does not know where its bolt ends |
//! | `new_address` | | advertises under another address, unless it is connected |
//! | `own` | `name` | one of the family's own, as its device half names them; mended by `DELETE` |
//! | `clock_skew` | `seconds`: whole, ±10 years | the device's clock is ahead |
//! | `rssi` | `dbm`: −127–20 | how strong it is heard |

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use terskel_locks::device::DeviceFault;

use super::Control;
use super::body::Body;
use super::device::DeviceView;
use super::problem::Problem;

const TEN_YEARS_S: i64 = 10 * 366 * 24 * 60 * 60;

/// A fault as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    OutOfRange(bool),
    Asleep(bool),
    LinkLost { at_packet: u32 },
    ClockSkew { seconds: i64 },
    Rssi { dbm: i16 },
    NewAddress,
    Device(DeviceFault),
}

impl Fault {
    fn parse(bytes: &Bytes) -> Result<Self, Problem> {
        let mut body = Body::parse(bytes)?;
        let kind: String = body.field("fault")?;
        let fault = match kind.as_str() {
            "out_of_range" => Self::OutOfRange(body.field("on")?),
            "asleep" => Self::Asleep(body.field("on")?),
            "hang" => Self::Device(DeviceFault::Hang(body.field("on")?)),
            "jammed" => Self::Device(DeviceFault::Jammed(body.field("on")?)),
            "reboot" => Self::Device(DeviceFault::Reboot),
            "uncalibrated" => Self::Device(DeviceFault::Uncalibrated(body.field("on")?)),
            "new_address" => Self::NewAddress,
            "own" => Self::Device(DeviceFault::Own(body.field("name")?)),
            "link_lost" => {
                Self::LinkLost { at_packet: within(&mut body, "at_packet", 1, i64::from(u32::MAX))? }
            }
            "low_battery" => Self::Device(DeviceFault::Battery(within(&mut body, "percent", 0, 100)?)),
            "clock_skew" => {
                Self::ClockSkew { seconds: within(&mut body, "seconds", -TEN_YEARS_S, TEN_YEARS_S)? }
            }
            "rssi" => Self::Rssi { dbm: within(&mut body, "dbm", -127, 20)? },
            _ => return Err(Problem::invalid("fault", "is none of the known faults")),
        };
        body.finish()?;
        Ok(fault)
    }
}

/// A whole number in a range.
fn within<T: TryFrom<i64>>(body: &mut Body, name: &str, from: i64, to: i64) -> Result<T, Problem> {
    let number = Some(body.field::<i64>(name)?).filter(|number| (from..=to).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| Problem::invalid(name, format!("must be {from} to {to}")))
}

/// `POST /devices/{id}/fault`.
pub(super) async fn inject(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<DeviceView>, Problem> {
    let i = control.find(&id)?;
    let fault = Fault::parse(&body)?;
    tracing::info!(device = id, ?fault, "fault");
    let done = control.handle.with(move |bluez, now| match fault {
        Fault::OutOfRange(on) => bluez.set_out_of_range(i, on, now),
        Fault::Asleep(on) => bluez.set_asleep(i, on),
        Fault::LinkLost { at_packet } => bluez.lose_packet(i, at_packet),
        Fault::ClockSkew { seconds } => bluez.set_clock_skew(i, seconds),
        Fault::Rssi { dbm } => bluez.set_signal(i, dbm),
        Fault::NewAddress => {
            bluez.change_address(i, now);
        }
        Fault::Device(fault) => bluez.break_device(i, fault, now),
    });
    done.await.ok_or_else(Problem::stopped)?;
    control.view(i).await
}

/// `DELETE /devices/{id}/fault`: all is well again.
pub(super) async fn mend(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
) -> Result<Json<DeviceView>, Problem> {
    let i = control.find(&id)?;
    control.handle.with(move |bluez, now| bluez.mend(i, now)).await.ok_or_else(Problem::stopped)?;
    control.view(i).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::response::IntoResponse;

    use super::*;

    fn parse(json: &str) -> Result<Fault, Problem> {
        Fault::parse(&Bytes::copy_from_slice(json.as_bytes()))
    }

    #[test]
    fn every_fault_has_its_words() {
        let cases = [
            (r#"{"fault":"out_of_range","on":true}"#, Fault::OutOfRange(true)),
            (r#"{"fault":"asleep","on":false}"#, Fault::Asleep(false)),
            (r#"{"fault":"link_lost","at_packet":3}"#, Fault::LinkLost { at_packet: 3 }),
            (r#"{"fault":"hang","on":true}"#, Fault::Device(DeviceFault::Hang(true))),
            (r#"{"fault":"low_battery","percent":4}"#, Fault::Device(DeviceFault::Battery(4))),
            (r#"{"fault":"jammed","on":true}"#, Fault::Device(DeviceFault::Jammed(true))),
            (r#"{"fault":"reboot"}"#, Fault::Device(DeviceFault::Reboot)),
            (r#"{"fault":"uncalibrated","on":true}"#, Fault::Device(DeviceFault::Uncalibrated(true))),
            (r#"{"fault":"own","name":"busy"}"#, Fault::Device(DeviceFault::Own("busy".into()))),
            (r#"{"fault":"clock_skew","seconds":-90}"#, Fault::ClockSkew { seconds: -90 }),
            (r#"{"fault":"rssi","dbm":-90}"#, Fault::Rssi { dbm: -90 }),
        ];
        for (json, fault) in cases {
            assert_eq!(parse(json).unwrap(), fault, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("[]", 400, "JSON object"),
            ("{", 400, "not JSON"),
            ("{}", 422, "fault"),
            (r#"{"fault":"fire"}"#, 422, "fault"),
            (r#"{"fault":"jammed"}"#, 422, "on"),
            (r#"{"fault":"jammed","on":"yes"}"#, 422, "on"),
            (r#"{"fault":"jammed","on":true,"off":1}"#, 422, "off"),
            (r#"{"fault":"link_lost","at_packet":0}"#, 422, "at_packet"),
            (r#"{"fault":"low_battery","percent":101}"#, 422, "percent"),
        ];
        for (json, status, word) in cases {
            let problem = parse(json).unwrap_err();
            assert!(format!("{problem:?}").contains(word), "{json}: {problem:?}");
            let response = problem.into_response();
            assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{json}");
        }
    }
}
