//! The built app, in its own window under Xvfb: a worker sets the phone up, signs in, receives an alert and takes it; the
//! key of the store is in the user's keyring. `cargo xtask test` builds the app and names it in `TERSKEL_APP`.

mod keyring;
mod webdriver;

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use keyring::Keyring;
use terskel_model::dispatch::DispatchPhase;
use terskel_tests::stage::town::{self, ADA};
use terskel_tests::stage::{KEY_FILE, Stage, until};
use webdriver::{Driver, Window};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
#[ignore = "needs the built app, Xvfb and WebKitWebDriver: `cargo xtask test` runs it"]
async fn ada_takes_an_alarm_in_the_apps_window() -> Result<()> {
    let app = PathBuf::from(std::env::var_os("TERSKEL_APP").context("TERSKEL_APP names the built app")?);
    let stage = Stage::set("demo", None).await?;
    let home = stage.dir().join("home");
    let mut env = environment(&stage, &home)?;
    let keyring = Keyring::start(stage.dir(), &env, &home).await?;
    env.push(("DBUS_SESSION_BUS_ADDRESS".into(), keyring.bus.clone().into()));
    let driver = Driver::start(stage.dir(), env).await?;
    let told = told(&stage, &driver, &app, &home).await;
    driver.stop().await?;
    if told.is_err() {
        let log = std::fs::read_to_string(stage.dir().join("webkit-driver.log"));
        eprintln!("{}", log.unwrap_or_default());
    }
    told?;
    keyring.stop().await?;
    stage.clear().await
}

/// The story; then the app is closed, and opens again on what it has stored. Without the keyring it says why it does not.
async fn told(stage: &Stage, driver: &Driver, app: &Path, home: &Path) -> Result<()> {
    // What an earlier version has left: the key moves into the keyring.
    let (data, former) = (stage.phone_data("window"), [7; 32]);
    std::fs::create_dir_all(&data)?;
    std::fs::write(data.join(KEY_FILE), former)?;
    let window = Window::open(driver, app).await?;
    let done = story(stage, &window).await;
    window.close().await?;
    done?;
    assert!(!data.join(KEY_FILE).exists(), "the key has left its file");
    assert!(!Keyring::shows(home, &former)?, "and the keyring keeps it encrypted");
    let window = Window::open(driver, app).await?;
    let again = async {
        enter_code(&window).await?;
        window.shows("Leilighet 203").await
    }
    .await;
    window.close().await?;
    again
}

async fn enter_code(window: &Window) -> Result<()> {
    for digit in town::UNLOCK_CODE.chars() {
        window.find(&format!("[data-testid=key-{digit}]")).await?.tap().await?;
    }
    window.find("[data-testid=keypad-done]").await?.tap().await
}

/// A desktop without a keyring: the window opens, says so, and nothing is stored.
#[tokio::test]
#[ignore = "needs the built app, Xvfb and WebKitWebDriver: `cargo xtask test` runs it"]
async fn without_a_keyring_the_app_says_so_and_stores_nothing() -> Result<()> {
    let app = PathBuf::from(std::env::var_os("TERSKEL_APP").context("TERSKEL_APP names the built app")?);
    let dir = tempfile::tempdir()?;
    let mut env = home_environment(&dir.path().join("home"))?;
    let data = dir.path().join("phone");
    env.push(("TERSKEL_DATA".into(), data.clone().into()));
    env.push(("DBUS_SESSION_BUS_ADDRESS".into(), "unix:path=/nowhere/bus".into()));
    env.push(("DBUS_SYSTEM_BUS_ADDRESS".into(), "unix:path=/nowhere/bus".into()));
    let driver = Driver::start(dir.path(), env).await?;
    let window = Window::open(&driver, &app).await?;
    let shown = window.shows("Nøkkellageret på telefonen svarer ikke").await;
    window.close().await?;
    driver.stop().await?;
    shown?;
    assert_eq!(std::fs::read_dir(data)?.count(), 0, "nothing was stored");
    Ok(())
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
    // The code of the shift: chosen, and once more.
    for _ in 0..2 {
        enter_code(window).await?;
    }
    window.gone("[data-testid=keypad]").await?;

    let dispatch = stage.alarm("1001", "window-1").await?.id;
    window.shows("Kari Nordmann").await?;
    window.shows("Solbakken 12").await?;
    // What has just come is not taken yet: it may have come under the thumb.
    window.find("[data-testid=accept]:not([aria-disabled])").await?.tap().await?;
    window.gone("[data-testid=accept]").await?;
    window.shows("Leilighet 203").await?;

    let accepted =
        async || Ok((stage.centre.progress(dispatch).await?.phase == DispatchPhase::Accepted).then_some(()));
    until("the station has Ada's acceptance", SOON, accepted).await
}

/// A home of its own, this stage's air, and this stage's folder for the phone.
fn environment(stage: &Stage, home: &Path) -> Result<Vec<(String, OsString)>> {
    let mut env = home_environment(home)?;
    env.push(("TERSKEL_DATA".into(), stage.phone_data("window").into()));
    env.push(("DBUS_SYSTEM_BUS_ADDRESS".into(), stage.air.bus.clone().into()));
    Ok(env)
}

/// A home of its own for everything that the web view and the app keep.
fn home_environment(home: &Path) -> Result<Vec<(String, OsString)>> {
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
        set("GDK_BACKEND", "x11".as_ref()),
        set("NO_AT_BRIDGE", "1".as_ref()),
        set("TAURI_WEBVIEW_AUTOMATION", "true".as_ref()),
        set("TAURI_AUTOMATION", "true".as_ref()),
    ])
}
