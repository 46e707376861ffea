//! Who may do what: every operation of the contract, once. A test holds it against the contract, another walks every
//! operation with every role; `docs/access.md` is made from it.

use std::fmt::Write as _;

use terskel_api::path;

/// Whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Without any credential.
    Anybody,
    /// A worker signed in on an enrolled phone, on shift.
    Worker,
    /// A team's lead: at a desk, or on a phone.
    Lead,
    /// A response centre's API token.
    Centre,
    /// An administrator's API token.
    Administrator,
}

impl Asker {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 5] = [Self::Anybody, Self::Worker, Self::Lead, Self::Centre, Self::Administrator];

    fn title(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Worker => "worker on shift",
            Self::Lead => "team lead",
            Self::Centre => "response centre",
            Self::Administrator => "administrator",
        }
    }
}

/// How far an operation reaches. What lies beyond is *not found*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is about no unit's people or homes.
    Nobodys,
    /// What is the caller's own: their session, their phone, what they posted.
    Own,
    /// The team that the caller is on shift in.
    ShiftsTeam,
    /// The team that the caller leads.
    LedTeam,
    /// Every unit of the municipality.
    All,
}

impl Reach {
    /// Of own things, own team, another unit: yes or no.
    fn columns(self) -> [&'static str; 3] {
        match self {
            Self::Nobodys => ["–", "–", "–"],
            Self::Own => ["yes", "no", "no"],
            Self::ShiftsTeam | Self::LedTeam => ["yes", "yes", "no"],
            Self::All => ["yes", "yes", "yes"],
        }
    }
}

/// One operation of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{id}` for ids.
    pub path: &'static str,
    /// Who may.
    pub may: &'static [Asker],
    /// With what.
    pub reach: Reach,
    /// What it does.
    pub does: &'static str,
}

const ANYBODY: &[Asker] = &Asker::ALL;
/// Whoever is signed in on a phone; a lead can be.
const PHONE: &[Asker] = &[Asker::Worker];
const LEAD: &[Asker] = &[Asker::Lead];
const CENTRE: &[Asker] = &[Asker::Centre];
const ADMINISTRATOR: &[Asker] = &[Asker::Administrator];
const SIGNED_IN: &[Asker] = &[Asker::Worker, Asker::Lead];
const LEAD_OR_ADMINISTRATOR: &[Asker] = &[Asker::Lead, Asker::Administrator];

const fn rule(
    method: &'static str,
    path: &'static str,
    may: &'static [Asker],
    reach: Reach,
    does: &'static str,
) -> Rule {
    Rule { method, path, may, reach, does }
}

/// Every operation.
pub const RULES: &[Rule] = &[
    rule("POST", path::DISPATCHES, CENTRE, Reach::All, "calls a team out"),
    rule("GET", path::DISPATCH, CENTRE, Reach::Own, "sees how far a call-out of its own is"),
    rule("POST", path::ACCEPT, PHONE, Reach::ShiftsTeam, "accepts a dispatch, and gets its keys"),
    rule("POST", path::DECLINE, PHONE, Reach::ShiftsTeam, "declines a dispatch"),
    rule(
        "GET",
        path::STREAM,
        PHONE,
        Reach::ShiftsTeam,
        "hears of dispatches, and of keys that are taken away",
    ),
    rule("POST", path::EVENTS, PHONE, Reach::ShiftsTeam, "tells what happened"),
    rule(
        "POST",
        path::PARTING_EVENTS,
        ANYBODY,
        Reach::Own,
        "tells what is left to tell; by the phone's signature alone",
    ),
    rule("POST", path::KEYS, PHONE, Reach::Own, "gets keys for the doors that the worker may open"),
    rule("GET", path::ROSTER, PHONE, Reach::ShiftsTeam, "gets the homes of the team, and what changes"),
    rule("GET", path::AUDIT, LEAD, Reach::LedTeam, "reads the trail of a dispatch"),
    rule("GET", path::AUDIT_EXPORT, LEAD, Reach::LedTeam, "exports a part of the trail"),
    rule("POST", path::AUDIT_ERASE, ADMINISTRATOR, Reach::All, "erases what is older than its time"),
    rule("GET", path::LOG_CHECKPOINT, ANYBODY, Reach::Nobodys, "reads the log's checkpoint"),
    rule("GET", path::LOG_CONSISTENCY, ANYBODY, Reach::Nobodys, "proves that the log has only grown"),
    rule("GET", path::LOG_INCLUSION, LEAD, Reach::LedTeam, "proves that an event is in the log"),
    rule("GET", path::LOG_KEY, ANYBODY, Reach::Nobodys, "reads the log's public key"),
    rule("GET", path::AUTHORITY_KEYS, ANYBODY, Reach::Nobodys, "reads the public keys of the key authority"),
    rule("GET", path::LOCKS, LEAD, Reach::LedTeam, "sees how the locks are"),
    rule("POST", path::INSTALLATIONS, LEAD, Reach::LedTeam, "installs a lock at a home; on a phone alone"),
    rule("GET", path::PERMISSIONS, LEAD, Reach::LedTeam, "lists what was permitted"),
    rule("POST", path::PERMISSIONS, LEAD, Reach::LedTeam, "gives a permission"),
    rule("DELETE", path::PERMISSION, LEAD, Reach::LedTeam, "takes a permission away"),
    rule("GET", path::HOME_ACCESS, LEAD, Reach::LedTeam, "sees who can get into a home, and why"),
    rule(
        "GET",
        path::WITHDRAWALS,
        LEAD,
        Reach::LedTeam,
        "sees what was taken away, and whether it is confirmed",
    ),
    rule(
        "GET",
        path::SESSION_WITHDRAWAL,
        ANYBODY,
        Reach::Own,
        "learns why a session was ended; by the session's id",
    ),
    rule("POST", path::SHIFT_END, LEAD, Reach::LedTeam, "ends a shift"),
    rule("POST", path::WORKER_DISMISSAL, ADMINISTRATOR, Reach::All, "dismisses a worker"),
    rule("POST", path::PHONE_LOSS, LEAD_OR_ADMINISTRATOR, Reach::LedTeam, "reports a phone lost"),
    rule(
        "POST",
        path::BREAK_GLASS,
        PHONE,
        Reach::ShiftsTeam,
        "opens a home in an emergency, for a quarter of an hour",
    ),
    rule("GET", path::BREAK_GLASS, LEAD, Reach::LedTeam, "lists where the glass was broken"),
    rule("POST", path::BREAK_GLASS_REVIEW, LEAD, Reach::LedTeam, "reviews a broken glass"),
    rule("GET", path::NOTICES, CENTRE, Reach::All, "hears where the glass was broken"),
    rule("GET", path::TEAM, LEAD, Reach::LedTeam, "lists the people"),
    rule("GET", path::PHONES, LEAD, Reach::LedTeam, "lists the phones that the team uses"),
    rule("GET", path::CONTINUITY, LEAD, Reach::LedTeam, "reads what to do when something does not work"),
    rule("PUT", path::CONTINUITY, LEAD, Reach::LedTeam, "writes what to do when something does not work"),
    rule("GET", path::VISITS, LEAD, Reach::LedTeam, "lists the visits"),
    rule("GET", path::PRESENCE, LEAD, Reach::LedTeam, "sees who was inside a home"),
    rule("GET", path::RESIDENTS, LEAD, Reach::LedTeam, "lists the homes"),
    rule("GET", path::SHIFTS, LEAD, Reach::LedTeam, "lists the shifts"),
    rule("POST", path::PHONES, ANYBODY, Reach::Own, "enrols a phone; by a one-time code"),
    rule("POST", path::SESSION, ANYBODY, Reach::Own, "signs in on a phone; by its signature, number and PIN"),
    rule("POST", path::REFRESH, PHONE, Reach::Own, "gets a new token; by the refresh token"),
    rule("DELETE", path::SESSION, SIGNED_IN, Reach::Own, "signs out"),
    rule("POST", path::LEAD_SESSION, ANYBODY, Reach::Own, "signs in as a lead; by number and PIN"),
    rule("POST", path::TEAMS, ADMINISTRATOR, Reach::All, "adds a team"),
    rule("POST", path::TEAM_POLICY, ADMINISTRATOR, Reach::All, "decides about a team's phones"),
    rule("POST", path::WORKERS, ADMINISTRATOR, Reach::All, "adds a worker"),
    rule("PUT", path::WORKER, ADMINISTRATOR, Reach::All, "corrects what is known of a worker"),
    rule("POST", path::WORKER_PIN, LEAD_OR_ADMINISTRATOR, Reach::LedTeam, "gives a worker another PIN"),
    rule("POST", path::RESIDENTS, ADMINISTRATOR, Reach::All, "adds a resident"),
    rule("PUT", path::RESIDENT, ADMINISTRATOR, Reach::All, "corrects what is known of a resident"),
    rule("POST", path::SERVICE_END, ADMINISTRATOR, Reach::All, "ends a resident's service"),
    rule("DELETE", path::SERVICE_END, ADMINISTRATOR, Reach::All, "gives a resident the service back"),
    rule("POST", path::SHIFTS, ADMINISTRATOR, Reach::All, "adds a shift"),
    rule("POST", path::ORGANISATIONS, ADMINISTRATOR, Reach::All, "adds another organisation"),
    rule("POST", path::ENROLMENTS, ADMINISTRATOR, Reach::All, "makes a one-time code for a phone"),
    rule("GET", path::HEALTH, ANYBODY, Reach::Nobodys, "asks whether the station can serve"),
];

/// `docs/access.md`.
#[must_use]
pub fn table() -> String {
    let mut text = String::from(HEAD);
    let roles: Vec<&str> = Asker::ALL.iter().map(|asker| asker.title()).collect();
    // A string takes all that is written to it.
    writeln!(text, "| operation | what it does | {} | own | own team | another unit |", roles.join(" | "))
        .ok();
    writeln!(text, "| --- | --- |{}", " --- |".repeat(roles.len() + 3)).ok();
    for rule in RULES {
        let may = Asker::ALL.map(|asker| if rule.may.contains(&asker) { "yes" } else { "no" });
        let (method, path, does) = (rule.method, rule.path, rule.does);
        let reach = rule.reach.columns().join(" | ");
        writeln!(text, "| `{method} {path}` | {does} | {} | {reach} |", may.join(" | ")).ok();
    }
    text
}

const HEAD: &str = "\
# Who may do what at the station

Made from `crates/station/src/access.rs` by `cargo xtask generate`; a test walks every operation with every role.

A credential that is missing or unknown is refused with 401, one of the wrong kind with 403. What is another unit's is *not
found* (404), as if it were not there. A worker's request is bound to the phone; a lead who is signed in on a phone may do what
both columns say. The last three columns: what the operation reaches of the caller's own things, of the caller's team, and of
other units.

";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_of_the_contract_has_its_rule_and_no_other_has() {
        let document = crate::openapi::document();
        let mut operations = BTreeSet::new();
        for (path, item) in &document.paths.paths {
            let methods =
                [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
            let here = methods.into_iter().filter(|(_, operation)| operation.is_some());
            operations.extend(here.map(|(method, _)| (path.clone(), method)));
        }
        let rules: BTreeSet<_> = RULES.iter().map(|rule| (rule.path.to_owned(), rule.method)).collect();
        assert_eq!(rules, operations);
        assert_eq!(rules.len(), RULES.len(), "one rule an operation");
    }

    #[test]
    fn the_table_in_the_documents_is_this_one() {
        let there = include_str!("../../../docs/access.md");
        assert!(there == table(), "docs/access.md is stale: cargo xtask generate");
    }
}
