//! The app's lock in the view, and what is left of the view behind it. Pure.

use terskel_api::dispatch::Dispatch;
use terskel_model::dispatch::DispatchPhase;

use super::{Live, notice};
use crate::interface::{AlertView, ContinuityView, LockState, LockView, NoticeView, RosterView, View};
use crate::lock::{MOST_WRONG, WRONG_CODES};
use crate::store::Snapshot;

pub(super) fn lock(snapshot: &Snapshot, live: &Live) -> Option<LockView> {
    snapshot.session.as_ref()?;
    let chosen = snapshot.app_lock.as_ref();
    let state = match (live.locked, chosen) {
        (true, _) => LockState::Locked,
        (false, None) => LockState::CodeWanted,
        (false, Some(_)) => LockState::Open,
    };
    let wrong = chosen.map_or(0, |lock| lock.wrong);
    Some(LockView {
        state,
        has_code: chosen.is_some_and(|lock| !lock.hash.expose().is_empty()),
        tries_left: (wrong > 0).then(|| MOST_WRONG.saturating_sub(wrong)),
        visit_open: snapshot.open_visit().is_some(),
    })
}

/// That there are alarms, and how the phone is: nothing else.
pub(super) fn hide(view: View) -> View {
    if view.lock.as_ref().is_none_or(|lock| lock.state != LockState::Locked) {
        return view;
    }
    let alerts = view.alerts.into_iter();
    View {
        alerts: alerts.map(|alert| AlertView { details: None, taken_by: None, ..alert }).collect(),
        visit: None,
        roster: RosterView::default(),
        install: None,
        access: None,
        continuity: ContinuityView { plan: String::new(), contacts: Vec::new() },
        ..view
    }
}

/// Of what nobody has decided yet; the newest first.
pub(super) fn notices(snapshot: &Snapshot) -> Vec<NoticeView> {
    let Some(session) = &snapshot.session else { return Vec::new() };
    let undecided = |d: &&Dispatch| !d.mine && !d.declined && d.phase == DispatchPhase::Open;
    let word = |dispatch: &Dispatch| NoticeView {
        id: dispatch.id,
        raised_at: dispatch.raised_at,
        accept_by: dispatch.accept_by,
        who: dispatch
            .details
            .as_ref()
            .and_then(|details| notice::who(&session.policy.notices, &details.resident)),
    };
    let mut notices: Vec<_> = snapshot.dispatches.iter().filter(undecided).map(word).collect();
    notices.sort_by_key(|notice| std::cmp::Reverse((notice.raised_at, notice.id)));
    notices
}

/// The station's reason, or that the code was guessed at.
pub(super) fn taken_away(snapshot: &Snapshot) -> Option<String> {
    let order = snapshot.parting.as_ref().and_then(|session| session.withdrawn.as_ref());
    let spent =
        snapshot.session.is_none() && snapshot.app_lock.as_ref().is_some_and(|lock| lock.wrong >= MOST_WRONG);
    order.map(|why| why.as_str().to_owned()).or_else(|| spent.then(|| WRONG_CODES.to_owned()))
}
