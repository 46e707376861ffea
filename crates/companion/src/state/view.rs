//! From facts to view: a pure function.

use chrono::Datelike as _;
use std::time::Duration;

use terskel_api::continuity::{Contact, Continuity};
use terskel_api::dispatch::{Dispatch, DispatchDetails, Door};
use terskel_model::Timestamp;
use terskel_model::capability::Capability;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::rules::ARRIVE_WITHIN;

use super::{Live, PhoneClock, access_view, install_view, locked};
use crate::interface::{
    AlertView, ContactView, ContinuityView, DetailsView, DoorResult, DoorView, HubView, PhysicalKeyView,
    RefusalView, RosterView, SessionView, StatusView, View, VisitStanding, VisitView,
};
use crate::store::{RosterFacts, Snapshot, Standing, VisitFacts};

/// How long a dispatch that somebody else took stays in the list.
const SHOW_TAKEN: Duration = Duration::from_secs(15 * 60);

/// The phone as it is now.
pub(super) fn build(snapshot: &Snapshot, live: &Live, clock: &PhoneClock) -> View {
    let now = clock.now();
    let view = View {
        enrolled: snapshot.phone.is_some(),
        session: snapshot.session.as_ref().map(|s| SessionView {
            worker_name: s.worker_name.clone(),
            team_name: s.team_name.clone(),
            leads: s.leads,
            ends_at: s.ends_at,
        }),
        lock: locked::lock(snapshot, live),
        status: status(snapshot, live, clock),
        alerts: alerts(snapshot, now),
        notices: locked::notices(snapshot),
        visit: snapshot
            .open_visit()
            .and_then(|(facts, dispatch)| visit(snapshot, live, facts, dispatch, now)),
        roster: roster(snapshot, now),
        continuity: continuity(&snapshot.continuity),
        install: install_view::build(snapshot, &live.install),
        access: access_view::build(snapshot, live.access.as_ref()),
        taken_away: locked::taken_away(snapshot),
        refusals: snapshot
            .refusals
            .iter()
            .map(|r| RefusalView { event: r.event, kind: r.kind.clone(), at: r.at, code: r.code.clone() })
            .collect(),
    };
    locked::hide(view)
}

fn continuity(told: &Continuity) -> ContinuityView {
    let contact = |contact: &Contact| ContactView {
        role: contact.role.as_str().to_owned(),
        name: contact.name.clone(),
        phone_number: contact.phone_number.clone(),
    };
    ContinuityView { plan: told.plan.clone(), contacts: told.contacts.iter().map(contact).collect() }
}

fn status(snapshot: &Snapshot, live: &Live, clock: &PhoneClock) -> StatusView {
    let rejected = snapshot.session.as_ref().is_some_and(|s| s.rejected);
    StatusView {
        network: live.network,
        network_since: live.network_since,
        bluetooth: live.bluetooth,
        unsent: snapshot.unsent,
        clock: clock.quality().as_str().to_owned(),
        wall_ahead_s: clock.wall_ahead_s(),
        sign_in_needed: rejected || (snapshot.session.is_none() && snapshot.unsent > 0),
    }
}

fn alerts(snapshot: &Snapshot, now: Timestamp) -> Vec<AlertView> {
    let mut alerts: Vec<_> = snapshot
        .dispatches
        .iter()
        .filter(|d| !d.mine && shown(d, now))
        .map(|d| AlertView {
            id: d.id,
            raised_at: d.raised_at,
            accept_by: d.accept_by,
            unanswered: d.unanswered_since.is_some(),
            declined: d.declined,
            taken_by: d.accepted_by.clone(),
            taken: d.phase != DispatchPhase::Open,
            details: d.details.as_ref().map(|details| text(details, now)),
        })
        .collect();
    alerts.sort_by_key(|a| std::cmp::Reverse((a.raised_at, a.id)));
    alerts
}

fn roster(snapshot: &Snapshot, now: Timestamp) -> RosterView {
    let RosterFacts { here, total, whole, version, ref cursor } = snapshot.roster;
    let openable = snapshot.shift_ends.iter().filter(|end| now < **end).count();
    let openable = u32::try_from(openable).unwrap_or(u32::MAX);
    let session = snapshot.session.as_ref();
    let joins = session.is_some_and(|session| session.station_can.has(&Capability::JoinedVisits));
    RosterView { here, total, whole, version, openable, keyed_only: cursor.is_none(), joins }
}

fn shown(dispatch: &Dispatch, now: Timestamp) -> bool {
    match dispatch.phase {
        DispatchPhase::Open => true,
        DispatchPhase::Closed => false,
        _ => dispatch.accepted_at.is_none_or(|at| now < at + SHOW_TAKEN),
    }
}

fn text(details: &DispatchDetails, now: Timestamp) -> DetailsView {
    let resident = &details.resident;
    DetailsView {
        cause: details.cause.as_str().to_owned(),
        note: details.note.clone(),
        first_name: resident.first_name.clone(),
        last_name: resident.last_name.clone(),
        age: resident.birth_year.and_then(|born| u16::try_from(now.year()).ok()?.checked_sub(born)),
        address: resident.address.clone(),
        town: resident.town.clone(),
        phone_number: resident.phone_number.clone(),
        way_in: resident.way_in.clone(),
    }
}

fn visit(
    snapshot: &Snapshot,
    live: &Live,
    facts: &VisitFacts,
    dispatch: &Dispatch,
    now: Timestamp,
) -> Option<VisitView> {
    let details = dispatch.details.as_ref()?;
    // The alarm that the visit turned out to be the answer to, or would have been.
    let mut alarms = snapshot.dispatches.iter().filter(|told| told.visit == Some(dispatch.id));
    let alarm = alarms.clone().find(|told| told.mine);
    let others =
        alarms.find(|told| !told.mine && told.phase != DispatchPhase::Open).filter(|_| alarm.is_none());
    Some(VisitView {
        id: dispatch.id,
        details: text(alarm.and_then(|alarm| alarm.details.as_ref()).unwrap_or(details), now),
        raised_at: alarm.map_or(dispatch.raised_at, |alarm| alarm.raised_at),
        accepted_at: facts.accepted_at,
        standing: match facts.standing {
            Standing::Confirmed if others.is_some() => VisitStanding::Second,
            Standing::Confirmed => VisitStanding::Confirmed,
            Standing::Unconfirmed => VisitStanding::Unconfirmed,
            Standing::Taken => VisitStanding::Taken,
        },
        taken_by: match others {
            Some(others) => others.accepted_by.clone(),
            None => dispatch.accepted_by.clone().filter(|_| facts.standing == Standing::Taken),
        },
        arrive_by: match alarm {
            Some(alarm) => alarm.arrive_by,
            None => (!facts.own).then(|| dispatch.arrive_by.unwrap_or(facts.accepted_at + ARRIVE_WITHIN)),
        },
        doors: details.doors.iter().map(|d| door(snapshot, live, dispatch, d)).collect(),
        hub: details.hub.as_ref().map(|_| HubView {
            reach: live.hub.reach,
            working: live.hub.working,
            checked_in_at: facts.arrived_at,
            checked_out_at: facts.left_at,
            problem: live.hub.problem.clone(),
        }),
    })
}

fn door(snapshot: &Snapshot, live: &Live, dispatch: &Dispatch, door: &Door) -> DoorView {
    let facts = snapshot.door(dispatch.id, door.id);
    let now = live.doors.get(&door.id).cloned().unwrap_or_default();
    DoorView {
        id: door.id,
        kind: door.kind.as_str().to_owned(),
        name: door.name.clone(),
        has_lock: door.lock.is_some(),
        reach: now.reach,
        rssi: now.rssi,
        working: now.working.map(|o| o.as_str().to_owned()),
        last: facts.and_then(|f| {
            Some(DoorResult {
                operation: f.operation.clone()?,
                outcome: f.outcome.clone()?,
                reason: f.reason.clone(),
                at: f.at?,
            })
        }),
        locked: facts.and_then(|f| f.locked),
        battery_percent: facts.and_then(|f| f.battery_percent),
        key_until: door.lock.as_ref().and_then(|lock| snapshot.key_until(dispatch.id, lock.id)),
        moving: now.moving,
        warning: now.warning.map(|w| w.as_str().to_owned()),
        passed: facts.and_then(|f| f.passed.clone()),
        has_code: door.code.is_some(),
        physical_key: door
            .physical_key
            .as_ref()
            .map(|key| PhysicalKeyView { cabinet: key.cabinet.clone(), tag: key.tag.clone() }),
    }
}
