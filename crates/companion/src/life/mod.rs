//! Random life: two phones, a station, three doors and a hub, in virtual time. Each step is one thing that happens to somebody,
//! drawn by a seed; after each the reference model ([`street`]) and the rules ([`check`]) are compared with what phones, locks
//! and station say.
//!
//! A seed that once found something stays in the corpus.

mod alone;
mod check;
mod joining;
mod step;
mod street;

use std::collections::BTreeMap;

use terskel_model::Timestamp;
use terskel_model::event::EventKind;
use terskel_model::world::ManualWorld;

use street::Street;

/// Steps of one life: long enough for several alarms, short enough to be read when it fails.
const LENGTH: usize = 150;
/// Seeds that are lived again by each test run.
const CORPUS: &str = include_str!("corpus.txt");

/// How often the station was told what.
type Told = BTreeMap<String, usize>;

/// Lives one life. Panics with seed and steps where a rule does not hold.
async fn live(seed: u64, steps: usize) -> Told {
    let luck = ManualWorld::new(Timestamp::UNIX_EPOCH, seed);
    let mut street = Street::begin(seed).await;
    for _ in 0..steps {
        let step = step::draw(&street, &luck);
        street.log(format!("{step:?}"));
        step::take(&mut street, step, &luck).await;
        street.settle().await;
        street.workers.iter_mut().for_each(|worker| worker.look_at_clock());
        check::after_step(&street);
    }
    street.log("everybody comes back".into());
    street.finish().await;
    check::at_the_end(&street);
    let mut told = Told::from([("joined".into(), street.answers.len())]);
    for event in street.workers.iter().flat_map(|worker| worker.home().station.events()) {
        let begun = event.reason.clone().filter(|_| event.kind == EventKind::VisitBegun);
        let more = event.outcome.map(|outcome| outcome.to_string()).or(begun);
        let more = more.map(|more| format!(": {more}")).unwrap_or_default();
        *told.entry(format!("{}{more}", event.kind)).or_default() += 1;
    }
    told
}

/// One after the other, each in a time of its own.
fn live_all(seeds: impl Iterator<Item = u64>) -> Told {
    let mut all = Told::new();
    for seed in seeds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        for (what, count) in runtime.unwrap().block_on(live(seed, LENGTH)) {
            *all.entry(what).or_default() += count;
        }
    }
    all
}

#[test]
fn every_seed_of_the_corpus_is_lived_without_a_violation() {
    let lines = CORPUS.lines().filter(|line| !line.starts_with('#'));
    let told = live_all(lines.map(|line| line.trim().parse().unwrap()));
    // A corpus in which nothing happens would prove nothing.
    for what in [
        "accepted_offline",
        "checked_in",
        "checked_out",
        "door_operated: opened",
        "door_operated: locked",
        "door_operated: refused",
        "door_operated: unknown",
        "door_passed",
        "joined",
        "keys_wiped",
        "visit_begun: broken_glass",
        "visit_begun: called",
        "visit_begun: no_alarm",
        "visit_closed",
    ] {
        assert!(told.get(what).is_some_and(|count| *count > 0), "no {what} in the whole corpus: {told:#?}");
    }
}

/// `cargo xtask soak life --steps N --seed N`.
#[test]
#[ignore = "a long run: cargo xtask soak life"]
fn soak() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let (steps, first) = (number("TERSKEL_LIFE_STEPS").unwrap(), number("TERSKEL_LIFE_SEED").unwrap());
    let lives = steps.div_ceil(LENGTH as u64);
    let mut told = Told::new();
    for seed in first..first + lives {
        for (what, count) in live_all(seed..=seed) {
            *told.entry(what).or_default() += count;
        }
        println!("seed {seed}: {} steps so far", (seed - first + 1) * LENGTH as u64);
    }
    println!("{} steps without a violation; the station was told: {told:#?}", lives * LENGTH as u64);
}
