//! The lead takes a part of the trail out; `terskel-verify` accepts it, and says what is wrong with altered ones.

use std::path::Path;
use std::process::Command;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::audit::AuditTrail;
use terskel_api::key::KeyBundle;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::audit::{Export, Selection};
use terskel_keys::log::{Checkpoint, LogKey, LogPublicKey};
use terskel_keys::receipt::Direction;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{DispatchId, PermissionId, TeamId};

use crate::support::{House, Phone, Worker, field};

/// Ada comes: opens both doors, checks in and out, ends the visit. The hub has given `receipts` before.
pub(crate) async fn visit(house: &House, ada: &mut Phone, reference: &str, receipts: u64) -> DispatchId {
    let dispatch = house.dispatch(reference).await;
    for key in ada.accept(house, dispatch).await.keys {
        let opened = PhoneEvent {
            door: Some(key.door),
            operation: Some(Operation::Open),
            outcome: Some(DoorOutcome::Opened),
            key: Some(key.id),
            ..ada.record(house, EventKind::DoorOperated, dispatch)
        };
        assert_eq!(ada.send(house, &opened).await, None);
    }
    let checks = [(EventKind::CheckedIn, Direction::In), (EventKind::CheckedOut, Direction::Out)];
    for (counter, (kind, direction)) in (receipts + 1..).zip(checks) {
        let receipt = house.home.receipt(ada, dispatch, direction, house.now(), counter);
        let receipt = Some(house.home.signed(&receipt));
        let checked = PhoneEvent { receipt, ..ada.record(house, kind, dispatch) };
        assert_eq!(ada.send(house, &checked).await, None);
    }
    let closed = ada.record(house, EventKind::VisitClosed, dispatch);
    assert_eq!(ada.send(house, &closed).await, None);
    dispatch
}

async fn lead(house: &House) -> String {
    let mut lead = Worker::new("2001", "Liv Lie", "135790");
    lead.hire(house, Some(house.vest)).await;
    lead.lead_session(house).await
}

pub(crate) async fn export(house: &House, lead: &str, query: &str) -> Vec<u8> {
    let answer = house.get(&format!("{}?{query}", path::AUDIT_EXPORT), lead).await;
    assert_eq!((answer.status.as_u16(), answer.kind.as_str()), (200, "application/cbor"));
    answer.body
}

async fn text(house: &House, path: &str) -> String {
    String::from_utf8(house.get(path, "").await.body).unwrap()
}

/// An investigator's desk: a folder, and the published key.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    key: String,
}

impl Desk {
    pub(crate) async fn of(house: &House) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, key: text(house, path::LOG_KEY).await.trim().to_owned() }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file.display().to_string()
    }

    /// Runs the program; gives how it ended and what it printed.
    pub(crate) fn verify(&self, file: &[u8], more: &[&str]) -> (i32, String) {
        let file = self.put("export.cbor", file);
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_terskel-verify")));
        let done = command.arg(file).args(["--key", &self.key]).args(more).output().unwrap();
        let printed = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        (done.status.code().unwrap(), printed)
    }

    /// What is said to be wrong after something was done to an export.
    fn wrong(&self, file: &[u8], change: impl FnOnce(&mut Export)) -> String {
        let mut export = Export::parse(file).unwrap();
        change(&mut export);
        let (code, printed) = self.verify(&export.to_bytes(), &[]);
        assert_eq!(code, 1, "{printed}");
        printed
    }
}

stories! {
    async fn an_investigator_accepts_the_export_of_a_visit_and_finds_what_was_done_to_altered_ones(house) {
        let mut ada = house.phone_of(&house.ada).await;
        visit(&house, &mut ada, "C-0", 0).await;
        let earlier = text(&house, path::LOG_CHECKPOINT).await;
        let dispatch = visit(&house, &mut ada, "C-1", 2).await;
        let lead = lead(&house).await;
        let file = export(&house, &lead, &format!("dispatch={dispatch}")).await;
        let desk = Desk::of(&house).await;

        let (code, printed) = desk.verify(&file, &["--list"]);
        assert_eq!(code, 0, "{printed}");
        for words in [
            "OK: 9 events", "5 events signed by 1 phone, 4 events written by the station, 2 receipts of hubs",
            "door_operated · Ada Berg · Oppgang B · open · opened", "dispatch_received",
        ] {
            assert!(printed.contains(words), "{words} is not in\n{printed}");
        }

        let parsed = Export::parse(&file).unwrap();
        let (second, third) = (parsed.contents.listed[4].1, parsed.contents.listed[5].1);
        let flipped = desk.wrong(&file, |export| export.events[4].body[20] ^= 1);
        assert!(flipped.contains(&format!("event {second} was altered")), "{flipped}");
        let removed = desk.wrong(&file, |export| drop(export.events.remove(4)));
        assert!(removed.contains(&format!("event {second} was removed")), "{removed}");
        let swapped = desk.wrong(&file, |export| export.events.swap(4, 5));
        assert!(swapped.contains(&format!("events {second} and {third} have changed places")), "{swapped}");
        let cut = desk.wrong(&file, |export| export.checkpoint = earlier.clone());
        assert!(cut.contains("the log was cut"), "{cut}");
        let stranger = LogKey::from_seed(&[7; 32]);
        let checkpoint = Checkpoint::open(&parsed.checkpoint, &desk.key.parse().unwrap()).unwrap();
        let foreign = desk.wrong(&file, |export| export.checkpoint = checkpoint.sign(&stranger));
        assert!(foreign.contains("of another station"), "{foreign}");
        for at in (0..file.len()).step_by(997) {
            let mut changed = file.clone();
            changed[at] ^= 0x20;
            assert_eq!(desk.verify(&changed, &[]).0, 1, "byte {at}");
        }
    }

    async fn a_kept_checkpoint_shows_whether_the_log_is_still_the_same(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let kept = text(&house, path::LOG_CHECKPOINT).await;
        let dispatch = visit(&house, &mut ada, "C-1", 0).await;
        let lead = lead(&house).await;
        let file = export(&house, &lead, &format!("dispatch={dispatch}")).await;
        let desk = Desk::of(&house).await;
        let key: LogPublicKey = desk.key.parse().unwrap();
        let size = |note: &str| Checkpoint::open(note, &key).unwrap().size;
        let (from, to) = (size(&kept), size(&Export::parse(&file).unwrap().checkpoint));
        let ask = format!("{}?from={from}&to={to}", path::LOG_CONSISTENCY);
        let note = desk.put("kept", kept.as_bytes());
        let (code, printed) = desk.verify(&file, &["--kept", &note]);
        assert!(code == 2 && printed.contains(&ask), "{printed}");
        let proof = desk.put("proof", text(&house, &ask).await.as_bytes());
        let (code, printed) = desk.verify(&file, &["--kept", &note, "--consistency", &proof]);
        assert!(code == 0 && printed.contains("the same log as the kept checkpoint"), "{printed}");
        let other = desk.put("proof", br#"{"from":1,"to":2,"hashes":[]}"#);
        let (code, printed) = desk.verify(&file, &["--kept", &note, "--consistency", &other]);
        assert!(code == 1 && printed.contains("not the one of the kept checkpoint"), "{printed}");
    }

    async fn a_home_is_exported_between_two_times(house) {
        let mut ada = house.phone_of(&house.ada).await;
        visit(&house, &mut ada, "C-1", 0).await;
        house.forward_minutes(30);
        let from = house.now();
        let dispatch = visit(&house, &mut ada, "C-2", 2).await;
        let to = house.now();
        house.forward_minutes(30);
        visit(&house, &mut ada, "C-3", 4).await;
        let lead = lead(&house).await;
        let resident = house.text("SELECT id FROM residents").await;
        let time = |time: terskel_model::Timestamp| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let query = format!("resident={resident}&from={}&to={}", time(from), time(to));
        let file = export(&house, &lead, &query).await;
        let export = Export::parse(&file).unwrap();
        assert_eq!(export.contents.selection, Selection::Resident { resident: resident.parse().unwrap(), from, to });
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &lead).await.is(200);
        let mut told: Vec<_> = trail.entries.iter().map(|entry| entry.id).collect();
        let mut listed: Vec<_> = export.contents.listed.iter().map(|(_, id)| *id).collect();
        told.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, told);
        assert_eq!(Desk::of(&house).await.verify(&file, &[]).0, 0);
    }

    async fn a_home_has_the_permissions_for_it_and_what_was_done_by_them_also_at_the_stairwell(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let lead = lead(&house).await;
        let resident = house.text("SELECT id FROM residents").await;
        let permission = json!({"id": PermissionId::new(&*house.world),
            "who": {"kind": "worker", "worker": house.ada.id()}, "when": {"term": {"kind": "permanent"}},
            "what": {"kind": "residence", "resident": resident}});
        house.post(path::PERMISSIONS, &lead, &permission).await.is::<Value>(201);
        let keys = ada.request(&house, Method::POST, path::KEYS, b"").await.is::<KeyBundle>(200).keys;
        for key in &keys {
            let opened = PhoneEvent {
                door: Some(key.door),
                operation: Some(Operation::Open),
                outcome: Some(DoorOutcome::Opened),
                key: Some(key.id),
                ..ada.record_elsewhere(&house, EventKind::DoorOperated)
            };
            assert_eq!(ada.send(&house, &opened).await, None);
        }
        let query = format!("resident={resident}&from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z");
        let (code, printed) =
            Desk::of(&house).await.verify(&export(&house, &lead, &query).await, &["--list"]);
        assert!(code == 0 && printed.contains("OK: 5 events"), "{printed}");
        for words in ["permission_given", "key_issued", "Oppgang B · open · opened", "Leilighet 4 · open · opened"] {
            assert!(printed.contains(words), "{words} is not in\n{printed}");
        }
    }

    async fn a_gap_is_told_and_is_not_a_fault(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let lost = ada.record(&house, EventKind::AlertDelivered, dispatch);
        ada.sign(&lost);
        let next = ada.record(&house, EventKind::AlertDelivered, dispatch);
        assert_eq!(ada.send(&house, &next).await, None);
        let lead = lead(&house).await;
        let file = export(&house, &lead, &format!("dispatch={dispatch}")).await;
        let (code, printed) = Desk::of(&house).await.verify(&file, &[]);
        assert!(code == 3 && printed.contains(&format!("GAP: event {}", next.id)), "{printed}");
    }

    async fn exporting_is_for_the_teams_lead_and_is_itself_in_the_trail(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let lead = lead(&house).await;
        let ask = format!("{}?dispatch={dispatch}", path::AUDIT_EXPORT);
        export(&house, &lead, &format!("dispatch={dispatch}")).await;
        let trail: AuditTrail = house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), &lead).await.is(200);
        let last = trail.entries.last().unwrap();
        assert_eq!((&last.kind, last.worker_name.as_deref()), (&EventKind::AuditExported, Some("Liv Lie")));

        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let mut other = Worker::new("2002", "Odd Lie", "135790");
        other.hire(&house, Some(TeamId(ost))).await;
        let other = other.lead_session(&house).await;
        house.get(&ask, &other).await.refused(404, code::NOT_FOUND);
        ada.get(&house, &ask).await.refused(403, code::FORBIDDEN);
        house.get(&ask, &house.admin).await.refused(403, code::FORBIDDEN);
        house.get(&ask, "").await.refused(401, code::UNAUTHENTICATED);
        let resident = house.text("SELECT id FROM residents").await;
        let now = house.now().timestamp();
        let home = |more: &str| format!("{}?resident={resident}{more}", path::AUDIT_EXPORT);
        let times = "&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z";
        house.get(&home(times), &other).await.refused(404, code::NOT_FOUND);
        for (query, named) in [
            (path::AUDIT_EXPORT.to_owned(), "dispatch"),
            (format!("{ask}&dispatch={dispatch}"), "dispatch"),
            (home(""), "from"),
            (home(&format!("&from={now}&to={now}")), "from"),
            (home("&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"), "to"),
        ] {
            assert_eq!(field(&house.get(&query, &lead).await.refused(422, code::INVALID)), named, "{query}");
        }
        let exported = house.count("SELECT COUNT(*) FROM audit WHERE kind = 'audit_exported'").await;
        assert_eq!(exported, 1, "what is refused is no export");
    }

    async fn what_was_erased_is_not_exported_and_the_rest_is_accepted(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = visit(&house, &mut ada, "C-1", 0).await;
        house.forward_minutes(40 * 24 * 60);
        house.ada.on_shift(&house, house.vest).await;
        ada.sign_in(&house, &house.ada).await;
        let late = ada.record(&house, EventKind::AlertDelivered, dispatch);
        assert_eq!(ada.send(&house, &late).await, None);
        let before = json!({"before": house.now() - TimeDelta::days(31)});
        assert_eq!(house.post(path::AUDIT_ERASE, &house.admin, &before).await.status, 200);
        let lead = lead(&house).await;
        let file = export(&house, &lead, &format!("dispatch={dispatch}")).await;
        let (code, printed) = Desk::of(&house).await.verify(&file, &[]);
        assert!(code == 0 && printed.contains("OK: 1 event,"), "{printed}");
    }
}
