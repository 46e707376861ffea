//! Every operation with every role, and with objects of another unit, held against the table of `docs/access.md`.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_api::team::HomeList;
use terskel_model::{PermissionId, ShiftId, TeamId};
use terskel_station::access::{Asker, RULES, Reach, Rule};

use crate::support::{Answer, House, Phone, Worker};

/// One of each role in Vest, and something of each kind in another unit.
struct Cast {
    phone: Phone,
    lead: String,
    /// By the beginning of the path of its kind.
    abroad: Vec<(&'static str, String)>,
}

impl Cast {
    async fn gather(house: &House) -> Self {
        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(house, Some(house.vest)).await;
        Self {
            phone: house.phone_of(&house.ada).await,
            lead: lead.lead_session(house).await,
            abroad: abroad(house).await,
        }
    }

    fn path(&self, rule: &Rule) -> String {
        let id = self.abroad.iter().find(|(kind, _)| rule.path.starts_with(kind)).map(|(_, id)| id.as_str());
        let path = rule.path.replace("{id}", id.unwrap_or("00000000-0000-0000-0000-000000000000"));
        match rule.path {
            path::PRESENCE => path + "?from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z",
            _ => path,
        }
    }

    async fn ask(&self, house: &House, asker: Asker, rule: &Rule) -> Answer {
        let (path, method) = (self.path(rule), Method::from_bytes(rule.method.as_bytes()).unwrap());
        let body = if method == Method::POST { "{}" } else { "" };
        match asker {
            Asker::Anybody => house.send(method, &path, "", body).await,
            Asker::Worker => self.phone.request(house, method, &path, body.as_bytes()).await,
            Asker::Lead => house.send(method, &path, &self.lead, body).await,
            Asker::Centre => house.send(method, &path, &house.centre, body).await,
            Asker::Administrator => house.send(method, &path, &house.admin, body).await,
        }
    }
}

/// Øst has a resident, an alarm, a worker on shift with a phone, and a permission.
async fn abroad(house: &House) -> Vec<(&'static str, String)> {
    let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
    let mut resident = house.home.resident("R-99", ost);
    resident["doors"] =
        json!([{"kind": "flat", "name": "Leilighet 9", "id": terskel_model::DoorId::new(&*house.world)}]);
    resident["hub"] = Value::Null;
    house.make(path::RESIDENTS, &resident).await;
    let mut odd = Worker::new("2002", "Odd Lie", "135790");
    odd.hire(house, Some(ost)).await;
    let token = odd.lead_session(house).await;
    let home = house.get(path::RESIDENTS, &token).await.is::<HomeList>(200).homes.remove(0).resident;
    let alarm = house.dispatch_to("C-9", "R-99").await;
    let (starts_at, ends_at) = (house.now() - TimeDelta::hours(1), house.now() + TimeDelta::hours(7));
    let shift = json!({"worker": odd.id(), "team": ost, "starts_at": starts_at, "ends_at": ends_at});
    let shift = ShiftId(house.make(path::SHIFTS, &shift).await);
    let phone = house.phone_of(&odd).await;
    let permission = PermissionId::new(&*house.world);
    let given = json!({"id": permission, "who": {"kind": "team", "team": ost},
        "what": {"kind": "residence", "resident": home}, "when": {"term": {"kind": "permanent"}}});
    house.post(path::PERMISSIONS, &token, &given).await.is::<Value>(201);
    vec![
        ("/v1/dispatches/", alarm.to_string()),
        ("/v1/residents/", home.to_string()),
        ("/v1/permissions/", permission.to_string()),
        ("/v1/shifts/", shift.to_string()),
        ("/v1/phones/", phone.id.to_string()),
        ("/v1/workers/", odd.id().to_string()),
    ]
}

/// What ends the asker's own session comes last; what needs another credential, never ends, or may be cached has stories of
/// its own.
fn walk() -> impl Iterator<Item = &'static Rule> {
    let special = |rule: &&Rule| ![path::REFRESH, path::STREAM, path::AUTHORITY_KEYS].contains(&rule.path);
    let last = |rule: &&Rule| rule.path == path::SESSION && rule.method == "DELETE";
    let (ends, goes_on): (Vec<_>, Vec<_>) = RULES.iter().filter(special).partition(last);
    goes_on.into_iter().chain(ends)
}

stories! {
    async fn nobody_does_what_the_table_does_not_say(house) {
        let cast = Cast::gather(&house).await;
        for rule in RULES {
            for asker in Asker::ALL.into_iter().filter(|asker| !rule.may.contains(asker)) {
                // A refresh token is none of these credentials.
                let unknown = asker == Asker::Anybody || rule.path == path::REFRESH;
                let (status, code) = if unknown { (401, code::UNAUTHENTICATED) } else { (403, code::FORBIDDEN) };
                let answer = cast.ask(&house, asker, rule).await;
                let told = format!("{} {} as {asker:?}: {}", rule.method, rule.path, String::from_utf8_lossy(&answer.body));
                assert!(answer.status.as_u16() == status && answer.says(code), "{told}");
            }
        }
    }

    async fn everybody_does_what_the_table_says_and_not_with_what_is_another_units(house) {
        let cast = Cast::gather(&house).await;
        for rule in walk() {
            for asker in rule.may {
                let answer = cast.ask(&house, *asker, rule).await;
                let status = answer.status.as_u16();
                let told = format!("{} {} as {asker:?}: {status}", rule.method, rule.path);
                assert!(![401, 403].contains(&status), "{told}");
                let bounded = matches!(rule.reach, Reach::Own | Reach::ShiftsTeam | Reach::LedTeam);
                if bounded && rule.path.contains("{id}") && *asker != Asker::Administrator && rule.path != path::DISPATCH {
                    // Those that say why are asked without a reason here: whose it is has a story of its own.
                    let without_reason = [path::DECLINE, path::BREAK_GLASS_REVIEW, path::WORKER_PIN].contains(&rule.path);
                    assert!(status == 404 || (without_reason && status == 422), "{told}");
                }
            }
        }
    }
}
