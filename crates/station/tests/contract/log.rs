//! The log proves what is in it, whoever asks, and what was erased changes nothing about the rest.

use serde_json::json;
use terskel_api::audit::{AuditTrail, TrailErased};
use terskel_api::log::{ConsistencyProof, InclusionProof};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_keys::log::{Checkpoint, Hash, LogPublicKey, verify_consistency, verify_inclusion};
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, EventId};

use crate::support::{House, Worker, field};

async fn public_key(house: &House) -> LogPublicKey {
    let answer = house.get(path::LOG_KEY, "").await;
    assert_eq!((answer.status.as_u16(), answer.kind.as_str()), (200, "text/plain; charset=utf-8"));
    String::from_utf8(answer.body).unwrap().trim_end().parse().unwrap()
}

async fn checkpoint(house: &House) -> Checkpoint {
    let answer = house.get(path::LOG_CHECKPOINT, "").await;
    assert_eq!((answer.status.as_u16(), answer.kind.as_str()), (200, "text/plain; charset=utf-8"));
    Checkpoint::open(std::str::from_utf8(&answer.body).unwrap(), &public_key(house).await).unwrap()
}

fn hashes(bytes: Vec<terskel_api::Bytes>) -> Vec<Hash> {
    bytes.into_iter().map(|bytes| bytes.0.try_into().unwrap()).collect()
}

async fn lead(house: &House) -> String {
    let mut lead = Worker::new("2001", "Liv Lie", "135790");
    lead.hire(house, Some(house.vest)).await;
    lead.lead_session(house).await
}

/// Proves an event to be in the log of a checkpoint; gives its number.
async fn included(house: &House, lead: &str, event: EventId, log: &Checkpoint) -> u64 {
    let path = format!("{}?event={event}&size={}", path::LOG_INCLUSION, log.size);
    let proof: InclusionProof = house.get(&path, lead).await.is(200);
    assert_eq!((proof.event, proof.size), (event, log.size));
    let leaf = proof.leaf.0.try_into().unwrap();
    verify_inclusion(&leaf, proof.index, log.size, &log.root, &hashes(proof.hashes)).unwrap();
    proof.index
}

async fn has_only_grown(house: &House, before: &Checkpoint, now: &Checkpoint) {
    let path = format!("{}?from={}&to={}", path::LOG_CONSISTENCY, before.size, now.size);
    let proof: ConsistencyProof = house.get(&path, "").await.is(200);
    let proof = hashes(proof.hashes);
    verify_consistency(before.size, &before.root, now.size, &now.root, &proof).unwrap();
}

async fn trail(house: &House, lead: &str, dispatch: DispatchId) -> AuditTrail {
    house.get(&format!("{}?dispatch={dispatch}", path::AUDIT), lead).await.is(200)
}

stories! {
    async fn everything_in_the_trail_is_in_the_log_once_and_the_log_only_grows(house) {
        let lead = lead(&house).await;
        let mut ada = house.phone_of(&house.ada).await;
        let before = checkpoint(&house).await;
        let dispatch = house.dispatch("C-1").await;
        ada.accept(&house, dispatch).await;
        let delivered = ada.record(&house, EventKind::AlertDelivered, dispatch);
        assert_eq!(ada.send(&house, &delivered).await, None);
        let now = checkpoint(&house).await;
        assert_eq!(checkpoint(&house).await, now, "a log that has not grown has one checkpoint");

        let mut numbers = Vec::new();
        for entry in trail(&house, &lead, dispatch).await.entries {
            numbers.push(included(&house, &lead, entry.id, &now).await);
        }
        numbers.sort_unstable();
        // Received, accepted, two keys issued, delivered.
        assert_eq!(numbers, (before.size..before.size + 5).collect::<Vec<_>>());
        assert_eq!(now.size, before.size + 5);
        has_only_grown(&house, &before, &now).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM log_entries WHERE position IS NULL").await, 0);
    }

    async fn a_refused_event_is_in_the_log_but_not_in_the_trail(house) {
        let lead = lead(&house).await;
        let mut ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let before = checkpoint(&house).await.size;
        let early = ada.record(&house, EventKind::VisitClosed, dispatch);
        for _ in 0..2 {
            assert_eq!(ada.send(&house, &early).await.as_deref(), Some(code::CONFLICT));
        }
        assert_eq!(checkpoint(&house).await.size, before + 1);
        assert_eq!(trail(&house, &lead, dispatch).await.entries.len(), 1);
    }

    async fn many_writers_at_once_each_get_a_number_of_their_own(house) {
        let second = house.second_node().await;
        let before = checkpoint(&house).await;
        let alarms = (0..24).map(|number| {
            let url = if number % 2 == 0 { house.url("") } else { second.url() };
            let alarm = house.alarm(&format!("C-{number}"));
            let request = house.http.post(format!("{url}{}", path::DISPATCHES)).bearer_auth(&house.centre);
            async move { request.body(alarm.to_string()).send().await.unwrap().status().as_u16() }
        });
        let statuses = futures_util::future::join_all(alarms).await;
        assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
        let now = checkpoint(&house).await;
        assert_eq!(now.size, before.size + 24);
        has_only_grown(&house, &before, &now).await;
        second.stop().await;
    }

    async fn the_log_is_the_same_after_a_restart_and_is_signed_unasked(house) {
        let dispatch = house.dispatch("C-1").await;
        let (key, before) = (public_key(&house).await, checkpoint(&house).await);
        house.stop().await;
        house.start().await;
        assert_eq!((public_key(&house).await, checkpoint(&house).await), (key, before.clone()));
        let signed = house.count("SELECT COUNT(*) FROM log_checkpoints").await;
        house.forward_minutes(6);
        house.phone_of(&house.ada).await.accept(&house, dispatch).await;
        let grown = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            while house.count("SELECT COUNT(*) FROM log_checkpoints").await == signed {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        });
        grown.await.expect("a log that has grown is signed");
    }

    async fn proofs_are_for_the_teams_lead_and_for_sizes_that_the_log_has_had(house) {
        let lead = lead(&house).await;
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let event = trail(&house, &lead, dispatch).await.entries[0].id;
        let size = checkpoint(&house).await.size;
        let ask = |event, size: u64| format!("{}?event={event}&size={size}", path::LOG_INCLUSION);
        ada.get(&house, &ask(event, size)).await.refused(403, code::FORBIDDEN);
        house.get(&ask(event, size), "").await.refused(401, code::UNAUTHENTICATED);
        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let mut other = Worker::new("2002", "Odd Lie", "135790");
        other.hire(&house, Some(terskel_model::TeamId(ost))).await;
        let other = other.lead_session(&house).await;
        house.get(&ask(event, size), &other).await.refused(404, code::NOT_FOUND);
        house.get(&ask(EventId::new(&*house.world), size), &lead).await.refused(404, code::NOT_FOUND);
        let size = checkpoint(&house).await.size;
        for wrong in [size + 1, 0, u64::MAX] {
            let problem = house.get(&ask(event, wrong), &lead).await.refused(422, code::INVALID);
            assert_eq!(field(&problem), "size");
        }
        let compare = |from: &str, to: &str| format!("{}?from={from}&to={to}", path::LOG_CONSISTENCY);
        let (now, later) = (size.to_string(), (size + 1).to_string());
        for (from, to, named) in [("0", later.as_str(), "to"), (&now, "1", "from"), ("-1", &now, "from")] {
            let problem = house.get(&compare(from, to), "").await.refused(422, code::INVALID);
            assert_eq!(field(&problem), named);
        }
    }

    async fn what_is_erased_is_gone_and_the_rest_still_proves_itself(house) {
        let mut ada = house.phone_of(&house.ada).await;
        let old = house.dispatch("C-1").await;
        ada.accept(&house, old).await;
        for kind in [EventKind::AlertDelivered, EventKind::VisitClosed] {
            let event = ada.record(&house, kind, old);
            assert_eq!(ada.send(&house, &event).await, None);
        }
        // More than one portion, and those of one moment go together.
        for _ in 0..3 {
            house.forward_minutes(1);
            let mut signed = Vec::new();
            for _ in 0..60 {
                let event = ada.record(&house, EventKind::DoorCodeShown, old);
                signed.push(ada.sign(&event));
            }
            ada.send_signed(&house, signed).await;
        }
        let before = checkpoint(&house).await;
        house.forward_minutes(40 * 24 * 60);
        let limit = house.now() - chrono::TimeDelta::days(31);
        house.ada.on_shift(&house, house.vest).await;
        ada.sign_in(&house, &house.ada).await;
        let lead = lead(&house).await;
        let new = house.dispatch("C-2").await;
        let delivered = ada.record(&house, EventKind::AlertDelivered, new);
        assert_eq!(ada.send(&house, &delivered).await, None);

        let erase = |before| json!({"before": before});
        house.post(path::AUDIT_ERASE, &lead, &erase(limit)).await.refused(403, code::FORBIDDEN);
        let recent = house.post(path::AUDIT_ERASE, &house.admin, &erase(house.now())).await;
        assert_eq!(field(&recent.refused(422, code::INVALID)), "before");
        let erased: TrailErased = house.post(path::AUDIT_ERASE, &house.admin, &erase(limit)).await.is(200);
        assert_eq!(erased.erased, before.size);
        let again: TrailErased = house.post(path::AUDIT_ERASE, &house.admin, &erase(limit)).await.is(200);
        assert_eq!(again.erased, 0);

        assert_eq!(trail(&house, &lead, old).await.entries, []);
        assert_eq!(house.count("SELECT COUNT(*) FROM log_entries WHERE body IS NULL").await, i64::try_from(before.size).unwrap());
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_events WHERE length(signed) = 0").await, 182);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'audit_erased'").await, 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM phone_events WHERE chain_ok = 1").await, 183);
        let now = checkpoint(&house).await;
        has_only_grown(&house, &before, &now).await;
        for entry in trail(&house, &lead, new).await.entries {
            assert!(included(&house, &lead, entry.id, &now).await >= before.size);
        }
    }
}
