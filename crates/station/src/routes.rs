//! Every path, once: the router and the `OpenAPI` document come from the same list.

use std::path::Path;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use terskel_api::path;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::Shared;
use crate::auth::offer_nonce;
use crate::problem::{Failure, no_such_method, no_such_path};
use crate::{
    admin, audit, authority, break_glass, console, dispatch, enrol, events, installation, keys, locks, log,
    openapi, permission, roster, session, stream, team, withdrawal,
};

/// The largest body: a dispatch or a resident with every field full is far below.
const BODY: usize = 64 * 1024;
/// A hundred signed events are larger.
const EVENTS_BODY: usize = 256 * 1024;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(dispatch::create::create))
        .routes(routes!(dispatch::read::read))
        .routes(routes!(dispatch::accept::accept))
        .routes(routes!(dispatch::decline::decline))
        .routes(routes!(stream::stream))
        .routes(routes!(events::post::post).layer(DefaultBodyLimit::max(EVENTS_BODY)))
        .routes(routes!(audit::read::read))
        .routes(routes!(audit::erase::erase))
        .routes(routes!(audit::export::export))
        .routes(routes!(log::checkpoint::checkpoint))
        .routes(routes!(log::consistency::consistency))
        .routes(routes!(log::inclusion::inclusion))
        .routes(routes!(log::key::key))
        .routes(routes!(locks::list::list))
        .routes(routes!(installation::install::install))
        .routes(routes!(keys::bundle::bundle))
        .routes(routes!(roster::page::roster_page))
        .routes(routes!(permission::list::list, permission::give::give))
        .routes(routes!(permission::take_away::take_away))
        .routes(routes!(permission::access::access))
        .routes(routes!(withdrawal::list::list))
        .routes(routes!(withdrawal::shift_end::end))
        .routes(routes!(withdrawal::dismissal::dismiss))
        .routes(routes!(withdrawal::service_end::end_service, withdrawal::service_end::resume_service))
        .routes(routes!(withdrawal::loss::report))
        .routes(routes!(withdrawal::session::of_session))
        .routes(routes!(withdrawal::parting::post).layer(DefaultBodyLimit::max(EVENTS_BODY)))
        .routes(routes!(authority::publish::publish))
        .routes(routes!(break_glass::open::open, break_glass::list::list))
        .routes(routes!(break_glass::review::review))
        .routes(routes!(break_glass::notices::notices))
        .routes(routes!(enrol::enrol, team::phones::phones))
        .routes(routes!(session::sign_in::sign_in_worker, session::sign_out::sign_out))
        .routes(routes!(session::refresh::refresh))
        .routes(routes!(session::lead::sign_in_lead))
        .routes(routes!(admin::team::add_team))
        .routes(routes!(admin::policy::set_policy))
        .routes(routes!(admin::worker::add_worker))
        .routes(routes!(admin::worker_change::change_worker))
        .routes(routes!(admin::worker_pin::give_pin))
        .routes(routes!(admin::organisation::add_organisation))
        .routes(routes!(admin::resident::add_resident, team::homes::homes))
        .routes(routes!(admin::resident_change::change_resident))
        .routes(routes!(team::people::people))
        .routes(routes!(team::continuity::continuity, team::continuity::replace_continuity))
        .routes(routes!(team::visits::visits))
        .routes(routes!(team::presence::presence))
        .routes(routes!(admin::shift::add_shift, withdrawal::shifts::shifts))
        .routes(routes!(admin::enrolment::add_enrolment))
        .routes(routes!(health))
}

/// The whole server; with the console, if there is a directory that it lies in.
pub(crate) fn router(app: Shared, console: Option<&Path>) -> Router {
    let (router, document) = routes().split_for_parts();
    // Serves the document as well as the pages that read it.
    let docs = SwaggerUi::new("/docs").url(path::OPENAPI, openapi::named(document));
    let console = console.map(console::files).unwrap_or_default();
    router
        .merge(docs)
        .merge(console)
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn(no_store))
        .layer(from_fn_with_state(app.clone(), offer_nonce))
        .with_state(app)
}

/// Whether the station can serve: it reaches its database.
#[utoipa::path(get, path = path::HEALTH, tag = "health", responses((status = 204), (status = 503)))]
async fn health(axum::extract::State(app): axum::extract::State<Shared>) -> Result<StatusCode, Failure> {
    sqlx::query("SELECT seq FROM stream_head").fetch_one(&mut *app.reader().await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers hold names, addresses and keys: no cache keeps them, unless they say so themselves.
async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let kept = response.headers_mut().entry(header::CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_every_path_of_the_contract() {
        let document = openapi::document();
        for path in [
            path::DISPATCHES,
            path::DISPATCH,
            path::ACCEPT,
            path::DECLINE,
            path::STREAM,
            path::EVENTS,
            path::AUDIT,
            path::AUDIT_ERASE,
            path::AUDIT_EXPORT,
            path::LOG_CHECKPOINT,
            path::LOG_CONSISTENCY,
            path::LOG_INCLUSION,
            path::LOG_KEY,
            path::LOCKS,
            path::KEYS,
            path::PERMISSIONS,
            path::PERMISSION,
            path::HOME_ACCESS,
            path::ORGANISATIONS,
            path::BREAK_GLASS,
            path::BREAK_GLASS_REVIEW,
            path::NOTICES,
            path::WITHDRAWALS,
            path::SESSION_WITHDRAWAL,
            path::PARTING_EVENTS,
            path::SHIFT_END,
            path::WORKER_DISMISSAL,
            path::PHONE_LOSS,
            path::AUTHORITY_KEYS,
            path::PHONES,
            path::SESSION,
            path::REFRESH,
            path::LEAD_SESSION,
            path::TEAMS,
            path::TEAM_POLICY,
            path::WORKERS,
            path::WORKER,
            path::WORKER_PIN,
            path::RESIDENTS,
            path::RESIDENT,
            path::SERVICE_END,
            path::TEAM,
            path::VISITS,
            path::PRESENCE,
            path::SHIFTS,
            path::ENROLMENTS,
            path::HEALTH,
        ] {
            assert!(document.paths.paths.contains_key(path), "{path}");
        }
    }
}
