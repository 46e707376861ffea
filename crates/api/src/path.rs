//! Where each resource lives. `{id}` stands for the id of the object.

/// `POST`, a response centre: [`crate::dispatch::NewDispatch`] → [`crate::dispatch::CentreDispatch`].
pub const DISPATCHES: &str = "/v1/dispatches";
/// `GET`, the response centre that posted it: [`crate::dispatch::CentreDispatch`].
pub const DISPATCH: &str = "/v1/dispatches/{id}";
/// `POST`, a phone: → [`crate::dispatch::Accepted`].
pub const ACCEPT: &str = "/v1/dispatches/{id}/accept";
/// `POST`, a phone: [`crate::dispatch::Decline`] → 204.
pub const DECLINE: &str = "/v1/dispatches/{id}/decline";
/// `GET`, a phone: server-sent events; see [`crate::dispatch::STREAM_DISPATCH`].
pub const STREAM: &str = "/v1/stream";
/// `POST`, a phone: [`crate::event::EventBatch`] → [`crate::event::EventReceipts`].
pub const EVENTS: &str = "/v1/events";
/// `GET`, a team lead: `?dispatch=ID` → [`crate::audit::AuditTrail`].
pub const AUDIT: &str = "/v1/audit";
/// `GET`, a team lead: `?dispatch=ID`, or `?resident=ID&from=TIME&to=TIME` → CBOR for `terskel-verify`.
pub const AUDIT_EXPORT: &str = "/v1/audit/export";
/// `POST`, an administrator: [`crate::audit::EraseTrail`] → [`crate::audit::TrailErased`].
pub const AUDIT_ERASE: &str = "/v1/audit/erase";
/// `GET`, anybody: the log's checkpoint, a signed note as text.
pub const LOG_CHECKPOINT: &str = "/v1/log/checkpoint";
/// `GET`, anybody: `?from=SIZE&to=SIZE` → [`crate::log::ConsistencyProof`].
pub const LOG_CONSISTENCY: &str = "/v1/log/consistency";
/// `GET`, a team lead: `?event=ID&size=SIZE` → [`crate::log::InclusionProof`].
pub const LOG_INCLUSION: &str = "/v1/log/inclusion";
/// `GET`, anybody: the public key of the log's checkpoints, as text.
pub const LOG_KEY: &str = "/.well-known/terskel/log-key";
/// `GET`, a team lead: → [`crate::lock::LockList`].
pub const LOCKS: &str = "/v1/locks";
/// `POST`, a team lead on a phone: [`crate::installation::Installation`] → 204.
pub const INSTALLATIONS: &str = "/v1/installations";
/// `POST`, a phone: → [`crate::key::KeyBundle`], with new keys where there is need.
pub const KEYS: &str = "/v1/keys";
/// `GET`, a phone: `?after=CURSOR` → [`crate::roster::RosterPage`].
pub const ROSTER: &str = "/v1/roster";
/// `GET`, a team lead: → [`crate::permission::PermissionList`]; `POST`: [`crate::permission::NewPermission`] →
/// [`crate::permission::GivenPermission`].
pub const PERMISSIONS: &str = "/v1/permissions";
/// `DELETE`, a team lead: takes it away → [`crate::withdrawal::TakenAway`].
pub const PERMISSION: &str = "/v1/permissions/{id}";
/// `GET`, a team lead: → [`crate::permission::HomeAccess`].
pub const HOME_ACCESS: &str = "/v1/residents/{id}/access";
/// `GET`, a team lead: → [`crate::withdrawal::Withdrawals`].
pub const WITHDRAWALS: &str = "/v1/withdrawals";
/// `GET`, whoever knows the id of a session: → [`crate::withdrawal::Withdrawal`] by which it was ended.
pub const SESSION_WITHDRAWAL: &str = "/v1/sessions/{id}/withdrawal";
/// `POST`, a phone whose session was ended by a withdrawal, known by its signature alone: [`crate::event::EventBatch`] →
/// [`crate::event::EventReceipts`].
pub const PARTING_EVENTS: &str = "/v1/parting-events";
/// `POST`, a team lead: ends a shift of the own team → [`crate::withdrawal::Withdrawals`].
pub const SHIFT_END: &str = "/v1/shifts/{id}/end";
/// `PUT`, an administrator: [`crate::admin::WorkerChange`] → 204.
pub const WORKER: &str = "/v1/workers/{id}";
/// `POST`, a team lead or an administrator: [`crate::admin::NewPin`] → 204.
pub const WORKER_PIN: &str = "/v1/workers/{id}/pin";
/// `POST`, an administrator: the worker does not work here any more → [`crate::withdrawal::Withdrawals`].
pub const WORKER_DISMISSAL: &str = "/v1/workers/{id}/dismissal";
/// `POST`, a team lead or an administrator: → [`crate::withdrawal::Withdrawals`].
pub const PHONE_LOSS: &str = "/v1/phones/{id}/loss";
/// `POST`, a phone: [`crate::break_glass::BreakGlass`] → [`crate::break_glass::GlassBroken`]; `GET`, a team lead: →
/// [`crate::break_glass::GlassList`].
pub const BREAK_GLASS: &str = "/v1/break-glass";
/// `POST`, a team lead: [`crate::break_glass::Review`] → [`crate::break_glass::GlassReport`].
pub const BREAK_GLASS_REVIEW: &str = "/v1/break-glass/{id}/review";
/// `GET`, a response centre: `?after=NUMBER` → [`crate::break_glass::CentreNotices`].
pub const NOTICES: &str = "/v1/notices";
/// `POST`, an administrator: [`crate::admin::SetPhonePolicy`] → [`terskel_model::phone_policy::PhonePolicy`].
pub const TEAM_POLICY: &str = "/v1/teams/{id}/policy";
/// `POST`, a phone that has a one-time code: [`crate::phone::Enrol`] → [`crate::phone::Enrolled`]; `GET`, a team lead: →
/// [`crate::team::TeamPhones`].
pub const PHONES: &str = "/v1/phones";
/// `POST` sign in: [`crate::session::SignIn`] → [`crate::session::SignedIn`]; `DELETE` sign out → 204.
pub const SESSION: &str = "/v1/session";
/// `POST`, a phone, with its refresh token in the place of the token: → [`crate::session::Refreshed`].
pub const REFRESH: &str = "/v1/session/refresh";
/// `POST`, a team lead's browser or tool, without a phone: [`crate::session::LeadSignIn`] → [`crate::session::LeadSignedIn`].
pub const LEAD_SESSION: &str = "/v1/lead-session";
/// `POST`, an administrator: [`crate::admin::NewTeam`] → [`crate::admin::Created`].
pub const TEAMS: &str = "/v1/teams";
/// `POST`, an administrator: [`crate::admin::NewWorker`] → [`crate::admin::Created`].
pub const WORKERS: &str = "/v1/workers";
/// `GET`, a team lead: → [`crate::team::OwnTeam`].
pub const TEAM: &str = "/v1/team";
/// `GET` and `PUT`, a team lead: [`crate::continuity::Continuity`].
pub const CONTINUITY: &str = "/v1/team/continuity";
/// `GET`, a team lead: `?from=TIME&to=TIME` → [`crate::team::VisitList`].
pub const VISITS: &str = "/v1/visits";
/// `GET`, a team lead: `?from=TIME&to=TIME` → [`crate::team::Presence`].
pub const PRESENCE: &str = "/v1/residents/{id}/presence";
/// `GET`, a team lead: → [`crate::team::HomeList`]; `POST`, an administrator: [`crate::admin::NewResident`] →
/// [`crate::admin::Created`].
pub const RESIDENTS: &str = "/v1/residents";
/// `PUT`, an administrator: [`crate::admin::ResidentChange`] → 204.
pub const RESIDENT: &str = "/v1/residents/{id}";
/// `POST`, an administrator: the resident does not have the service any more → [`crate::withdrawal::Withdrawals`];
/// `DELETE`: has it again → 204.
pub const SERVICE_END: &str = "/v1/residents/{id}/end";
/// `POST`, an administrator: [`crate::admin::NewShift`] → [`crate::admin::Created`]; `GET`, a team lead: →
/// [`crate::withdrawal::TeamShifts`].
pub const SHIFTS: &str = "/v1/shifts";
/// `POST`, an administrator: [`crate::admin::NewOrganisation`] → [`crate::admin::Created`].
pub const ORGANISATIONS: &str = "/v1/organisations";
/// `POST`, an administrator: [`crate::admin::NewEnrolment`] → [`crate::admin::EnrolmentCode`].
pub const ENROLMENTS: &str = "/v1/enrolments";
/// `GET`, anybody: → [`crate::authority::KeySet`], `application/jwk-set+json`.
pub const AUTHORITY_KEYS: &str = "/.well-known/terskel/keys";
/// `GET`, anybody: the contract from the code.
pub const OPENAPI: &str = "/openapi.json";
/// `GET`, anybody: 204 when the station can serve.
pub const HEALTH: &str = "/health";
