//! After the story: where everything is, and how to raise further alarms.

use std::ffi::OsString;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use std::io::Write as _;
use terskel_tests::stage::town::{ADA, LEAD, UNLOCK_CODE};
use terskel_tests::stage::{KEY_FILE, Launch, Phone, Process, Stage};

use super::say;

/// Prints the invitation; opens the window where there is one.
pub(super) async fn invite(
    stage: &Stage,
    ada: &Phone,
    bo: &Phone,
    app: Option<&Path>,
) -> Result<Option<Process>> {
    let alarm = alarm_script(stage)?;
    for phone in [ada, bo] {
        stage.choose_code(phone).await?;
    }
    say("\nEverything stays up until Ctrl-C.")?;
    say(&format!("  Ada's phone    {}", ada.url))?;
    say(&format!("  Bo's phone     {}", bo.url))?;
    say(&format!("                 Left alone for 15 minutes a phone locks; {UNLOCK_CODE} unlocks it."))?;
    say(&format!(
        "  Team lead      {}/console/ (staff number {}, PIN {})",
        stage.station.url, LEAD.staff_number, LEAD.pin
    ))?;
    say(&format!("  API docs       {}/docs", stage.station.url))?;
    say(&format!("  Locks, hubs    {}/devices", stage.air.control))?;
    say(&format!("  Logs           {}", stage.dir().display()))?;
    say("\nRaise another alarm (1001 Kari Nordmann, 1002 Áile Máret Gáisá, 1003 Józef Wiśniewski):")?;
    say(&format!("  sh {} 1002", alarm.display()))?;
    match app {
        Some(app) => window(stage, app).await.map(Some),
        None => Ok(None),
    }
}

/// One command for people; the centre's token stays in a file that only they can read.
fn alarm_script(stage: &Stage) -> Result<PathBuf> {
    let token = stage.dir().join("centre.token");
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&token)?;
    write!(file, "header = \"Authorization: Bearer {}\"", stage.centre_token.expose())?;
    let script = stage.dir().join("alarm.sh");
    let text = format!(
        r#"# Raises an alarm as the response centre would: sh alarm.sh [RESIDENT NUMBER] [CAUSE]
exec curl --silent --show-error --fail-with-body --config '{token}' --header 'Content-Type: application/json' \
  --data "{{\"reference\":\"demo-$(date +%s%N)\",\"resident_number\":\"${{1:-1001}}\",\"cause\":\"${{2:-fall}}\",\"raised_at\":\"$(date -u +%FT%TZ)\"}}" \
  '{url}/v1/dispatches'
"#,
        token = token.display(),
        url = stage.station.url,
    );
    std::fs::write(&script, text)?;
    Ok(script)
}

/// Ada's second phone: enrolled and signed in through the door first, so that the window opens on her alerts.
async fn window(stage: &Stage, app: &Path) -> Result<Process> {
    let name = "Ada-window";
    let phone = stage.phone(name).await?;
    stage.enrol(&phone, name).await?;
    stage.sign_in(&phone, ADA).await?;
    stage.choose_code(&phone).await?;
    phone.stop().await?;
    let env: Vec<(String, OsString)> = vec![
        ("TERSKEL_DATA".into(), stage.phone_data(name).into()),
        ("TERSKEL_KEY_FILE".into(), stage.phone_data(name).join(KEY_FILE).into()),
        ("DBUS_SYSTEM_BUS_ADDRESS".into(), stage.air.bus.clone().into()),
    ];
    let launch = Launch {
        name: "window".into(),
        program: app.to_owned(),
        args: vec![],
        env,
        log_dir: stage.dir().to_owned(),
    };
    say(&format!("\nOpening {}'s second phone as a window.", ADA.name))?;
    Process::launch(launch)
}
