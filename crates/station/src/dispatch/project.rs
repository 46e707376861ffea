//! A dispatch as one viewer may see it now.

use terskel_api::dispatch::{Dispatch, DispatchDetails, Door};
use terskel_model::dispatch::Holder;
use terskel_model::{DispatchId, PhoneId, TeamId, Timestamp, WorkerId};

use super::load::Loaded;
use crate::auth::PhoneSession;

/// Who looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Viewer {
    pub(crate) phone: PhoneId,
    pub(crate) worker: WorkerId,
    pub(crate) team: TeamId,
}

impl From<&PhoneSession> for Viewer {
    fn from(session: &PhoneSession) -> Self {
        Self { phone: session.phone, worker: session.worker, team: session.team }
    }
}

impl Viewer {
    /// Whether this viewer hears of the dispatch at all: the team's, and the one it has in hand.
    pub(crate) fn hears_of(&self, dispatch: &Loaded) -> bool {
        dispatch.team == self.team || self.holds(dispatch)
    }

    fn holds(&self, dispatch: &Loaded) -> bool {
        dispatch.state.holder() == Some(Holder { worker: self.worker, phone: self.phone })
    }
}

/// What a viewer has to do with it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    mine: bool,
    declined: bool,
    /// The viewer's own visit that it is the alarm of.
    visit: Option<DispatchId>,
}

impl Part {
    fn of(dispatch: &Loaded, viewer: &Viewer) -> Self {
        let mine = viewer.holds(dispatch);
        let them = Holder { worker: viewer.worker, phone: viewer.phone };
        let second = || dispatch.beside.iter().find(|beside| beside.by == them).map(|beside| beside.visit);
        Self {
            mine,
            declined: dispatch.declined.contains(&(viewer.phone, viewer.worker)),
            visit: if mine { dispatch.visit } else { second() },
        }
    }
}

/// Cuts the dispatch to what `viewer` may see at `now`. The model's rule speaks of phones; on a phone that changed
/// hands, the next worker does not read what the one before had accepted.
pub(crate) fn project(dispatch: &Loaded, viewer: &Viewer, now: Timestamp) -> Dispatch {
    view(dispatch, readable(dispatch, viewer, now), &Part::of(dispatch, viewer))
}

fn readable(dispatch: &Loaded, viewer: &Viewer, now: Timestamp) -> bool {
    let own_or_open = dispatch.state.holder().is_none_or(|holder| holder.worker == viewer.worker);
    own_or_open && dispatch.state.readable_by(viewer.phone, now)
}

impl Loaded {
    /// [`project`] as JSON. A thousand phones that merely watch share one text.
    pub(crate) fn json_for(&self, viewer: &Viewer, now: Timestamp) -> String {
        let (part, readable) = (Part::of(self, viewer), readable(self, viewer, now));
        if part != Part::default() {
            return text(&view(self, readable, &part));
        }
        self.common[usize::from(readable)].get_or_init(|| text(&view(self, readable, &part))).clone()
    }
}

fn text(dispatch: &Dispatch) -> String {
    serde_json::to_string(dispatch).unwrap_or_default()
}

/// A door as those see it who do not go there: codes and keys are for the one who has accepted.
pub(crate) fn outside(door: &Door) -> Door {
    Door { code: None, physical_key: None, ..door.clone() }
}

fn view(d: &Loaded, readable: bool, part: &Part) -> Dispatch {
    let &Part { mine, declined, visit } = part;
    Dispatch {
        id: d.id,
        revision: u64::try_from(d.revision).unwrap_or(0),
        phase: d.state.phase(),
        mine,
        declined,
        accepted_by: d.accepted_by.clone(),
        visit,
        raised_at: d.raised_at,
        accept_by: d.accept_by,
        unanswered_since: d.unanswered_since,
        accepted_at: d.state.accepted_at(),
        arrive_by: d.arrive_by,
        arrived_at: d.arrived_at,
        closed_at: d.closed_at,
        details: readable.then(|| DispatchDetails {
            cause: d.cause.clone(),
            note: d.note.clone(),
            resident: d.resident.clone(),
            doors: d.doors.iter().map(|door| if mine { door.clone() } else { outside(door) }).collect(),
            hub: d.hub.clone(),
        }),
    }
}
