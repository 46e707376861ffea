//! Plays the main job once on real parts and shows a timeline; then stays up for people to play on.
//! `cargo xtask demo` builds everything and runs it.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, Uptime};
use terskel_tests::stage::town::{ADA, BO, LEAD, TEAM_NAME};
use terskel_tests::stage::{Phone, Stage, Weather};
use terskel_tests::story::outage::{self, Outage};
use terskel_tests::story::{self, Step, Timeline};

mod play_on;

const USAGE: &str = "Usage: terskel-demo [--once] [--ui DIR] [--window PROGRAM]
  --once            end after the story; the last line is JSON
  --ui DIR          the folder ui/, built: phones and the console can be seen in a browser
  --window PROGRAM  the built app: opens it as a desktop window";

/// Kari Nordmann behind dKey locks, Áile Máret Gáisá behind a dKey and a Danalock, Józef Wiśniewski behind a Nuki.
const RESIDENTS: [&str; 3] = ["1001", "1002", "1003"];
const STREET: &str = "demo";

#[derive(Debug, Default)]
struct Options {
    once: bool,
    ui: Option<PathBuf>,
    window: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = options(std::env::args().skip(1))?;
    let mut steps = Vec::new();
    let result = run(&options, &mut steps).await;
    if options.once {
        say(&summary(&result, &steps).to_string())?;
    }
    result.map(drop)
}

fn options(mut given: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    while let Some(name) = given.next() {
        match name.as_str() {
            "--once" => options.once = true,
            "--ui" => options.ui = Some(given.next().context(USAGE)?.into()),
            "--window" => options.window = Some(given.next().context(USAGE)?.into()),
            _ => bail!(USAGE),
        }
    }
    Ok(options)
}

/// What the evening came to.
struct Told {
    /// How often the bolts moved.
    moved: usize,
    /// The visit without network.
    outage: Outage,
}

fn summary(result: &Result<Told>, steps: &[Step]) -> serde_json::Value {
    match result {
        Ok(told) => json!({
            "ok": true,
            "steps": steps,
            "audit_verified": true,
            "bolt_movements": told.moved,
            "outage": told.outage,
        }),
        Err(error) => json!({"ok": false, "steps": steps, "error": format!("{error:#}")}),
    }
}

/// The whole evening.
async fn run(options: &Options, steps: &mut Vec<Step>) -> Result<Told> {
    say("Setting the stage: station, simulator, two phones.")?;
    let stage = Stage::set_out(STREET, options.ui.as_deref()).await?;
    let (ada, bo) = (stage.phone("Ada").await?, stage.phone("Bo").await?);
    for (phone, person) in [(&ada, ADA), (&bo, BO)] {
        stage.enrol(phone, person.name).await?;
        stage.sign_in(phone, person).await?;
    }
    say(&format!("{TEAM_NAME}: {} and {} are on shift.\n", ADA.name, BO.name))?;

    let mut moved = 0;
    for number in RESIDENTS {
        moved += tell(&stage, (&ada, &bo), number, steps).await?;
    }
    let (outage, movements) = without_network(&stage, (&ada, &bo), steps).await?;
    moved += movements + who_may_open(&stage, &ada, steps).await?;
    if !options.once {
        let window = play_on::invite(&stage, &ada, &bo, options.window.as_deref()).await?;
        tokio::signal::ctrl_c().await?;
        say("\nClosing down.")?;
        if let Some(window) = window {
            window.kill().await?;
        }
    }
    ada.stop().await?;
    bo.stop().await?;
    stage.clear().await?;
    Ok(Told { moved, outage })
}

/// Plays the story at one home and compares it with what the station and the locks tell.
async fn tell(
    stage: &Stage,
    (ada, bo): (&Phone, &Phone),
    number: &str,
    steps: &mut Vec<Step>,
) -> Result<usize> {
    let resident = stage.resident(number)?;
    let before = story::bolt_movements(&stage.air, resident).await?;
    let (began, from) = (SystemWorld.uptime(), SystemWorld.now());
    let mut show = |step: &Step| show(step, began, steps);
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let anybody = stage.station.client(None);
    let earlier = story::export::checkpoint(&anybody).await?;
    let dispatch = story::play(stage, ada, bo, number, &format!("demo-{number}"), &mut timeline).await?;
    let lead = anybody.lead(LEAD.staff_number, LEAD.pin).await?;
    let trail = timeline.step(LEAD.name, "reads the audit trail", lead.audit(dispatch)).await?;
    story::audit::verify(&trail, resident)?;
    if resident.hub.is_some() {
        let desk = story::keys::Desk::of(stage, number).await?;
        story::keys::inside(&desk, dispatch, (from, SystemWorld.now()), &mut timeline).await?;
    }
    let investigating = story::export::investigate(&lead, dispatch, &earlier);
    let said = timeline.step(LEAD.name, "exports it, and five altered ones", investigating).await?;

    let moved = story::bolt_movements(&stage.air, resident).await? - before;
    let asked = resident.doors.iter().filter(|door| door.lock.is_some()).count() + 1;
    anyhow::ensure!(moved == asked, "the story moved {asked} bolts, the locks counted {moved} movements");
    say(&format!(
        "\nAudit trail ({} entries) as told; the locks counted {moved} movements.\n",
        trail.entries.len()
    ))?;
    say(&format!("terskel-verify, of the export and of five altered ones:\n  {}\n", said.join("\n  ")))?;
    Ok(moved)
}

/// The network of Ada's phone is cut for a whole visit at the first home. Hands out how often its bolts moved, too.
async fn without_network(
    stage: &Stage,
    phones: (&Phone, &Phone),
    steps: &mut Vec<Step>,
) -> Result<(Outage, usize)> {
    let number = RESIDENTS[0];
    let resident = stage.resident(number)?;
    let before = story::bolt_movements(&stage.air, resident).await?;
    let began = SystemWorld.uptime();
    let mut show = |step: &Step| show(step, began, steps);
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let how = ("demo-outage", Weather::Cut);
    let outage = outage::play(stage, phones, number, how, &SystemWorld, &mut timeline).await?;
    let moved = story::bolt_movements(&stage.air, resident).await? - before;
    anyhow::ensure!(moved == 3, "two doors opened, one locked; the locks counted {moved} movements");
    say(&format!(
        "\n{} events waited on the phone; the station had them {} ms after the network was back, each once.\n",
        outage.waited, outage.sent_after_ms
    ))?;
    Ok((outage, moved))
}

/// The chapters on who may open what, at the first home. Hands out how often its bolts moved.
async fn who_may_open(stage: &Stage, ada: &Phone, steps: &mut Vec<Step>) -> Result<usize> {
    let number = RESIDENTS[0];
    let resident = stage.resident(number)?;
    let before = story::bolt_movements(&stage.air, resident).await?;
    let began = SystemWorld.uptime();
    let mut show = |step: &Step| show(step, began, steps);
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let desk = story::keys::Desk::of(stage, number).await?;
    story::keys::once(&desk, ada, &SystemWorld, &mut timeline).await?;
    story::keys::taken_away(&desk, ada, &SystemWorld, &mut timeline).await?;
    story::keys::break_glass(&desk, ada, &mut timeline).await?;
    let moved = story::bolt_movements(&stage.air, resident).await? - before;
    // With the key for once, and in the emergency; never with the key that was taken away.
    anyhow::ensure!(moved == 2, "two doors were opened, the locks counted {moved} movements");
    say(&format!(
        "\nOpened once, refused twice, opened in the emergency; the locks counted {moved} movements.\n"
    ))?;
    Ok(moved)
}

fn show(step: &Step, began: Uptime, steps: &mut Vec<Step>) {
    let at = (SystemWorld.uptime() - began).as_secs_f32();
    // A terminal that has gone away ends the demo soon enough by other ways.
    say(&format!("{at:>7.2} s  {:<16} {:<52} {:>6} ms", step.who, step.what, step.took_ms)).ok();
    steps.push(step.clone());
}

fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
