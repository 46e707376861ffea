//! The built app, in its own window under Xvfb: a worker sets the phone up, signs in, receives an alert and takes it.
//! `cargo xtask test` builds the app and names it in `TERSKEL_APP`.

mod webdriver;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use terskel_model::dispatch::DispatchPhase;
use terskel_tests::stage::town::{self, ADA};
use terskel_tests::stage::{Stage, until};
use webdriver::{Driver, Window};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
#[ignore = "needs the built app, Xvfb and WebKitWebDriver: `cargo xtask test` runs it"]
async fn ada_takes_an_alarm_in_the_apps_window() -> Result<()> {
    let app = PathBuf::from(std::env::var_os("TERSKEL_APP").context("TERSKEL_APP names the built app")?);
    let stage = Stage::set("demo", None).await?;
    let driver = Driver::start(stage.dir(), environment(&stage)?).await?;
    let window = Window::open(&driver, &app).await?;
    let told = story(&stage, &window).await;
    window.close().await?;
    driver.stop().await?;
    if told.is_err() {
        let log = std::fs::read_to_string(stage.dir().join("webkit-driver.log"));
        eprintln!("{}", log.unwrap_or_default());
    }
    told?;
    stage.clear().await
}

async fn story(stage: &Stage, window: &Window) -> Result<()> {
    assert_eq!(window.size().await?, (390, 844), "the window is a phone's screen");

    window.find("input[name=station-url]").await?.enter(&stage.station.url).await?;
    let code = town::enrolment_code(&stage.admin, "Window").await?;
    window.find("input[name=code]").await?.enter(code.expose()).await?;
    window.find("input[name=phone-name]").await?.enter("Vaktrom").await?;
    window.find("button[type=submit]").await?.tap().await?;

    window.find("input[name=staff-number]").await?.enter(ADA.staff_number).await?;
    window.find("input[name=pin]").await?.enter(ADA.pin).await?;
    window.find("button[type=submit]").await?.tap().await?;
    window.gone("input[name=pin]").await?;

    let dispatch = stage.alarm("1001", "window-1").await?.id;
    window.shows("Kari Nordmann").await?;
    window.shows("Solbakken 12").await?;
    window.find("[data-testid=accept]").await?.tap().await?;
    window.gone("[data-testid=accept]").await?;
    window.shows("Leilighet 203").await?;

    let accepted =
        async || Ok((stage.centre.progress(dispatch).await?.phase == DispatchPhase::Accepted).then_some(()));
    until("the station has Ada's acceptance", SOON, accepted).await
}

/// A home of its own for everything that the web view and the app keep.
fn environment(stage: &Stage) -> Result<Vec<(String, std::ffi::OsString)>> {
    let home = stage.dir().join("home");
    let runtime = home.join("run");
    std::fs::create_dir_all(&runtime)?;
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700))?;
    let set = |name: &str, value: &std::ffi::OsStr| (name.to_owned(), value.to_owned());
    Ok(vec![
        set("HOME", home.as_os_str()),
        set("XDG_DATA_HOME", home.join("data").as_os_str()),
        set("XDG_CACHE_HOME", home.join("cache").as_os_str()),
        set("XDG_CONFIG_HOME", home.join("config").as_os_str()),
        set("XDG_RUNTIME_DIR", runtime.as_os_str()),
        set("TERSKEL_DATA", stage.phone_data("window").as_os_str()),
        set("DBUS_SYSTEM_BUS_ADDRESS", stage.air.bus.as_ref()),
        set("GDK_BACKEND", "x11".as_ref()),
        set("NO_AT_BRIDGE", "1".as_ref()),
        set("TAURI_WEBVIEW_AUTOMATION", "true".as_ref()),
        set("TAURI_AUTOMATION", "true".as_ref()),
    ])
}
