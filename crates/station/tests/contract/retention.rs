//! What the station erases by itself, when, and what proves itself all the same.

use reqwest::Method;
use terskel_api::path;
use terskel_api::withdrawal::Withdrawals;
use terskel_model::DispatchId;
use terskel_model::event::{EventKind, PhoneEvent};

use crate::export::{Desk, export, visit};
use crate::support::{House, Worker, give, kari, keys, liv, permanent, take_away};

const DAY: u64 = 24 * 60;
const RUNS: &str = "SELECT COUNT(*) FROM audit WHERE kind = 'retention_done'";

async fn counts<const N: usize>(house: &House, of: [&'static str; N]) -> [i64; N] {
    let mut counts = [0; N];
    for (count, sql) in counts.iter_mut().zip(of) {
        *count = house.count(sql).await;
    }
    counts
}

/// What a lead and a worker have left behind after a month: a visit, a decline, a visit of Ada's own, a permission.
async fn a_month(house: &House) {
    let (lead, resident) = (liv(house).await, kari(house).await);
    let (mut ada, bo) = (house.phone_of(&house.ada).await, house.phone_of(&house.bo).await);
    let given = give(house, &lead, &permanent(house, resident)).await;
    keys(house, &ada).await;
    let dispatch = visit(house, &mut ada, "C-1", 0).await;
    bo.decline(house, house.dispatch("C-2").await, "busy").await;
    let delivered = ada.record(house, EventKind::AlertDelivered, dispatch);
    assert_eq!(ada.send(house, &delivered).await, None);
    let own = PhoneEvent {
        visit: Some(DispatchId::new(&*house.world)),
        resident: Some(resident),
        reason: Some("no_alarm".into()),
        // A clock that is years ahead keeps nothing longer.
        at: house.now() + chrono::TimeDelta::days(9000),
        ..ada.record_elsewhere(house, EventKind::VisitBegun)
    };
    assert_eq!(ada.send(house, &own).await, None);
    take_away(house, &lead, given.id).await;
    let end = path::SERVICE_END.replace("{id}", &resident.to_string());
    house.send(Method::POST, &end, &house.admin, "").await.is::<Withdrawals>(200);
    let dismissal = path::WORKER_DISMISSAL.replace("{id}", &house.ada.id().to_string());
    house.send(Method::POST, &dismissal, &house.admin, "").await.is::<Withdrawals>(200);
}

stories! {
    async fn a_home_a_worker_and_a_visit_are_forgotten_step_by_step(house) {
        a_month(&house).await;
        let of_use = ["SELECT COUNT(*) FROM sessions WHERE worker_id <> ''", "SELECT COUNT(*) FROM lead_sessions",
            "SELECT COUNT(*) FROM enrolment_codes", "SELECT COUNT(*) FROM issued_keys WHERE length(signed) > 0",
            "SELECT COUNT(*) FROM locks WHERE length(credential_sealed) > 0",
            "SELECT COUNT(*) FROM residents WHERE way_in <> ''"];
        let words = ["SELECT COUNT(*) FROM declines", "SELECT COUNT(*) FROM deliveries",
            "SELECT COUNT(*) FROM dispatches WHERE note <> ''"];
        let trail = ["SELECT COUNT(*) FROM dispatches", "SELECT COUNT(*) FROM own_visits",
            "SELECT COUNT(*) FROM issued_keys", "SELECT COUNT(*) FROM permissions", "SELECT COUNT(*) FROM withdrawals",
            "SELECT COUNT(*) FROM residents WHERE first_name = 'Kari'", "SELECT COUNT(*) FROM workers WHERE name = 'Ada Berg'"];
        let (before_use, before_words, before_trail) =
            (counts(&house, of_use).await, counts(&house, words).await, counts(&house, trail).await);
        assert!(before_use.iter().chain(&before_words).chain(&before_trail).all(|count| *count > 0));
        house.forward_minutes(90 * DAY);
        house.erase().await;
        assert_eq!((counts(&house, of_use).await, house.count(RUNS).await), (before_use, 0), "a day too early");

        house.forward_minutes(DAY);
        house.erase().await;
        // Ada's sessions, on two phones, were taken away: they stay with the orders to wipe.
        assert_eq!(counts(&house, of_use).await, [2, 0, 0, 0, 0, 0]);
        assert_eq!(counts(&house, words).await, before_words);
        let told = house.text("SELECT reason FROM audit WHERE kind = 'retention_done'").await;
        assert!(told.contains("ended_ways_in 2") && told.contains("lock_secrets 2"), "{told}");
        assert!(!told.contains("Kari") && !told.contains("Ada"), "{told}");
        // Nothing is due again before an hour is over, whoever asks; then there is nothing to do.
        house.erase().await;
        house.forward_minutes(61);
        let node = house.second_node().await;
        node.erase_due(house.now()).await.unwrap();
        house.erase().await;
        node.stop().await;
        assert_eq!(house.count(RUNS).await, 1);

        house.forward_minutes(275 * DAY);
        // What came due while the station was down is done at its start.
        house.stop().await;
        house.start().await;
        house.erase().await;
        assert_eq!(counts(&house, words).await, [0, 0, 0]);
        assert_eq!(counts(&house, trail).await, before_trail);

        house.forward_minutes(1462 * DAY);
        house.erase().await;
        assert_eq!(counts(&house, trail).await, [0; 7]);
        assert_eq!(house.count("SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(house.count("SELECT COUNT(*) FROM residents").await, 1, "the id stays");
        assert_eq!(house.count("SELECT COUNT(*) FROM log_entries WHERE body IS NOT NULL AND stored_ms < 1770000000000").await, 0);

        // What comes after is proven by a log whose beginning tells nothing any more.
        let mut next = house.home.resident("R-84", house.vest);
        next["doors"] = serde_json::json!([]);
        next["hub"]["id"] = serde_json::json!(house.home.hub);
        house.make(path::RESIDENTS, &next).await;
        let mut eva = Worker::new("1003", "Eva Moe", "4711");
        eva.hire(&house, None).await;
        eva.on_shift(&house, house.vest).await;
        let mut odd = Worker::new("2002", "Odd Lie", "135790");
        odd.hire(&house, Some(house.vest)).await;
        let mut phone = house.phone_of(&eva).await;
        let dispatch = visit(&house, &mut phone, "C-9", 2).await;
        let file = export(&house, &odd.lead_session(&house).await, &format!("dispatch={dispatch}")).await;
        let (code, printed) = Desk::of(&house).await.verify(&file, &[]);
        assert_eq!(code, 0, "{printed}");
        assert!(printed.contains("Eva Moe") || printed.contains("OK: "), "{printed}");
    }
}
