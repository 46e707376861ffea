//! A set stage for tests that run elsewhere (Playwright): station, simulator and two phones that nobody has
//! enrolled. Prints where everything is in one line of JSON and stays until its input ends.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use terskel_tests::stage::town::{self, ADA, BO, LEAD};
use terskel_tests::stage::{Person, Phone, Stage};

const USAGE: &str = "Usage: terskel-stage [--street FILE|NAME] [--ui DIR]";

#[tokio::main]
async fn main() -> Result<()> {
    let (street, ui) = options(std::env::args().skip(1))?;
    let stage = Stage::set(&street, ui.as_deref()).await?;
    let (ada, bo) = (stage.phone("Ada").await?, stage.phone("Bo").await?);
    let ready = json!({
        "station": stage.station.url,
        "control": stage.air.control,
        "centre_token": stage.centre_token.expose(),
        "lead": { "staff_number": LEAD.staff_number, "pin": LEAD.pin },
        "ada": phone(&stage, &ada, ADA).await?,
        "bo": phone(&stage, &bo, BO).await?,
    });
    writeln!(std::io::stdout().lock(), "{ready}")?;
    // Whoever started us holds the other end: it closes when they are done, and when they die.
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    ada.stop().await?;
    bo.stop().await?;
    stage.clear().await
}

fn options(mut given: impl Iterator<Item = String>) -> Result<(String, Option<PathBuf>)> {
    let (mut street, mut ui) = ("demo".to_owned(), None);
    while let Some(name) = given.next() {
        match name.as_str() {
            "--street" => street = given.next().context(USAGE)?,
            "--ui" => ui = Some(given.next().context(USAGE)?.into()),
            _ => bail!(USAGE),
        }
    }
    Ok((street, ui))
}

async fn phone(stage: &Stage, phone: &Phone, person: Person) -> Result<Value> {
    let code = town::enrolment_code(&stage.admin, person.name).await?;
    Ok(json!({
        "url": phone.url,
        "name": person.name,
        "code": code.expose(),
        "staff_number": person.staff_number,
        "pin": person.pin,
    }))
}
