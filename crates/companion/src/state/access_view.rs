//! What a lead sees of who may get in: a pure function.

use serde::Serialize;
use terskel_api::permission::{GivenPermission, HomeAccess, KeyOut};
use terskel_api::team::{TeamPhone, TeamWorker};
use terskel_api::withdrawal::PhoneWithdrawal;
use terskel_model::PhoneId;
use terskel_model::permission::{Term, What, Who, Window};

use crate::access::AccessLive;
use crate::interface::{
    AccessNowView, AccessView, HomeAccessView, KeyOutView, NoAccessView, OrderView, PermissionView,
    PersonView, TeamPhoneView, TermView, WhoView, WindowView,
};
use crate::store::Snapshot;

/// `None` for whoever leads no team, and in another session than that of whoever has looked.
pub(super) fn build(snapshot: &Snapshot, live: Option<&AccessLive>) -> Option<AccessView> {
    let session = snapshot.session.as_ref().filter(|session| session.leads)?;
    let live = live.filter(|live| live.session == session.id)?;
    let own = snapshot.phone.as_ref().map(|phone| phone.id);
    let phones = live.phones.as_ref();
    Some(AccessView {
        home: live.home.as_ref().map(|access| home(access, &live.people)),
        phones: phones.map(|phones| phones.iter().map(|phone| team_phone(phone, own)).collect()),
        orders: live.orders.iter().map(|seen| order(seen, live.own_orders.contains(&seen.id))).collect(),
        read_at: live.read_at,
        problem: live.problem.clone(),
    })
}

fn home(access: &HomeAccess, people: &[TeamWorker]) -> HomeAccessView {
    let now = access.now.iter().map(|entry| AccessNowView {
        worker: entry.worker,
        name: entry.worker_name.clone(),
        door: entry.door_name.clone(),
        until: entry.until,
        permission: entry.because.permission,
        dispatched: entry.because.dispatch.is_some(),
        emergency: entry.because.break_glass.is_some(),
    });
    let not_now = access.not_now.iter().map(|entry| NoAccessView {
        worker: entry.worker,
        name: entry.worker_name.clone(),
        door: entry.door_name.clone(),
        because: entry.because.as_str().to_owned(),
    });
    let people = people.iter().map(|person| PersonView {
        worker: person.worker,
        name: person.name.clone(),
        on_shift_until: person.on_shift_until,
    });
    HomeAccessView {
        resident: access.resident,
        now: now.collect(),
        not_now: not_now.collect(),
        permissions: access.permissions.iter().map(|given| permission(given, &access.keys)).collect(),
        people: people.collect(),
    }
}

fn permission(given: &GivenPermission, keys: &[KeyOut]) -> PermissionView {
    let by_it = |key: &&KeyOut| key.because.permission == Some(given.id);
    let key = |key: &KeyOut| KeyOutView {
        name: key.worker_name.clone(),
        door: key.door_name.clone(),
        until: key.until,
    };
    PermissionView {
        id: given.id,
        who: who(&given.who),
        who_name: given.who_name.clone(),
        what: what(&given.what).to_owned(),
        what_name: given.what_name.clone(),
        term: term(&given.when.term),
        windows: given.when.windows.iter().map(window).collect(),
        condition: given.condition.as_str().to_owned(),
        note: given.note.clone(),
        given_by: given.given_by.clone(),
        given_at: given.given_at,
        keys: keys.iter().filter(by_it).map(key).collect(),
    }
}

fn who(who: &Who) -> WhoView {
    let (kind, role) = match who {
        Who::Worker { .. } => ("worker", None),
        Who::Role { role, .. } => ("role", Some(role.as_str().to_owned())),
        Who::Team { .. } => ("team", None),
        Who::Organisation { .. } => ("organisation", None),
    };
    WhoView { kind: kind.to_owned(), role }
}

fn what(what: &What) -> &'static str {
    match what {
        What::Door { .. } => "door",
        What::Residence { .. } => "residence",
        What::Team { .. } => "team",
    }
}

fn term(term: &Term) -> TermView {
    let (kind, from, until) = match *term {
        Term::Once { from, until } => ("once", Some(from), Some(until)),
        Term::Period { from, until } => ("period", Some(from), Some(until)),
        Term::Permanent {} => ("permanent", None, None),
    };
    TermView { kind: kind.to_owned(), from, until }
}

fn window(window: &Window) -> WindowView {
    WindowView {
        days: window.days.iter().map(ToString::to_string).collect(),
        from: text(&window.from),
        until: text(&window.until),
    }
}

/// As it stands in the contract.
fn text(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.as_ref().and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}

fn team_phone(phone: &TeamPhone, own: Option<PhoneId>) -> TeamPhoneView {
    TeamPhoneView {
        id: phone.phone,
        name: phone.name.clone(),
        worker_name: phone.worker_name.clone(),
        signed_in_at: phone.signed_in_at,
        signed_out_at: phone.signed_out_at,
        lost_at: phone.lost_at,
        own: own == Some(phone.phone),
    }
}

fn order(seen: &PhoneWithdrawal, own: bool) -> OrderView {
    OrderView {
        id: seen.id,
        reason: seen.reason.as_str().to_owned(),
        phone_name: seen.phone_name.clone(),
        worker_name: seen.worker_name.clone(),
        ordered_at: seen.ordered_at,
        keys_until: seen.keys_until,
        confirmable: seen.confirmable,
        confirmed_at: seen.confirmed_at,
        own,
    }
}
