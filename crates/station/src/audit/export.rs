//! `GET /v1/audit/export?dispatch=` or `?resident=&from=&to=`: a part of the trail with all that proves it, for an
//! investigation. For the lead of the team, and itself an event of the trail.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_keys::audit::{Contents, Export, ExportedEvent, Selection};
use terskel_keys::log::Plan;
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, EventId, ResidentId, Timestamp};

use super::{Entry, contents, select};
use crate::app::{App, Shared};
use crate::auth::TeamLead;
use crate::db::Write;
use crate::extract::Parameters;
use crate::log::checkpoint::{Signed, signed_now};
use crate::log::{Hashes, entry};
use crate::problem::{Failure, invalid};

/// Exports the trail of a dispatch, or of a home between two times, for `terskel-verify`.
#[utoipa::path(
    get, path = path::AUDIT_EXPORT, tag = "audit", security(("dpop" = []), ("bearer" = [])),
    params(
        ("dispatch" = Option<DispatchId>, Query, description = "The dispatch"),
        ("resident" = Option<ResidentId>, Query, description = "Or whose home"),
        ("from" = Option<String>, Query, description = "With a resident: from when, RFC 3339"),
        ("to" = Option<String>, Query, description = "With a resident: until when, RFC 3339"),
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/cbor"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn export(
    State(app): State<Shared>,
    lead: TeamLead,
    query: Parameters,
) -> Result<Response, Failure> {
    let taken = app.write(&TakeOut { selection: selection(&query)?, lead }).await?;
    let file = prove(&app, taken).await?.to_bytes();
    let headers = [
        (CONTENT_TYPE, "application/cbor"),
        (CONTENT_DISPOSITION, "attachment; filename=\"terskel-export.cbor\""),
    ];
    Ok((headers, file).into_response())
}

fn selection(query: &Parameters) -> Result<Selection, Failure> {
    if let Some(dispatch) = query.optional("dispatch")? {
        return Ok(Selection::Dispatch(dispatch));
    }
    let Some(resident) = query.optional("resident")? else {
        return Err(invalid("dispatch", "is missing, and so is resident"));
    };
    let (from, to): (Timestamp, Timestamp) = (query.required("from")?, query.required("to")?);
    if from > to {
        Err(invalid("to", "is before from"))
    } else {
        Ok(Selection::Resident { resident, from, to })
    }
}

/// Gathers what is there, and writes down that it was exported and what it was.
struct TakeOut {
    selection: Selection,
    lead: TeamLead,
}

struct Taken {
    contents: Contents,
    events: Vec<ExportedEvent>,
    /// The entry about the export.
    own: EventId,
}

impl Write for TakeOut {
    type Output = Taken;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Taken, Failure> {
        let found = select::select(&self.selection, self.lead.team, tx).await?;
        let contents = contents::of(&self.selection, &found, tx).await?;
        let entry = Entry {
            worker: Some(self.lead.worker),
            dispatch: match self.selection {
                Selection::Dispatch(dispatch) => Some(dispatch),
                Selection::Resident { .. } => None,
            },
            document: Some(contents.digest()),
            ..Entry::of_station(app, EventKind::AuditExported)
        };
        entry.store(app, tx).await?;
        let events = found.into_iter().map(|found| found.event).collect();
        Ok(Taken { contents, events, own: entry.id })
    }
}

/// The log only grows: what proves the events is put together after they were gathered.
async fn prove(app: &App, taken: Taken) -> Result<Export, Failure> {
    let Signed { size, note } = signed_now(app).await?;
    let mut reader = app.reader().await?;
    let (mut hashes, mut events, mut own) =
        (Hashes::default(), taken.events, entry(taken.own, &mut reader).await?);
    for event in events.iter_mut().chain([&mut own]) {
        let plan =
            Plan::inclusion(event.index, size).ok_or(Failure::Internal("an entry is not in the log"))?;
        event.proof = hashes.prove(&plan, &mut reader).await?;
    }
    Ok(Export { checkpoint: note, contents: taken.contents, events, own })
}
