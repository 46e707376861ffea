//! `terskel-headless --data DIR --key-file FILE --listen 127.0.0.1:PORT [--ui DIR]`: a phone without a screen of its own,
//! for browsers and tests on the same machine. The store's key lies in FILE, and whoever has both has everything.
//! Prints `{"url": "http://…"}` when it is ready; ends at SIGTERM.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use terskel_companion::{Engine, EngineConfig, FAMILIES, FileKeystore, headless, store_key};
use terskel_model::world::SystemWorld;
use terskel_radio::BluetoothRadio;
use tokio::signal::unix::{SignalKind, signal};

struct Arguments {
    data: PathBuf,
    key_file: PathBuf,
    listen: String,
    ui: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let Some(arguments) = arguments(std::env::args().skip(1)) else {
        return complain(
            "usage: terskel-headless --data DIR --key-file FILE --listen 127.0.0.1:PORT [--ui DIR]",
        );
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Option<Arguments> {
    let (mut data, mut key_file, mut listen, mut ui) = (None, None, None, None);
    while let Some(name) = given.next() {
        let value = given.next()?;
        match name.as_str() {
            "--data" => data = Some(PathBuf::from(value)),
            "--key-file" => key_file = Some(PathBuf::from(value)),
            "--listen" => listen = Some(value),
            "--ui" => ui = Some(PathBuf::from(value)),
            _ => return None,
        }
    }
    Some(Arguments { data: data?, key_file: key_file?, listen: listen?, ui })
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(&arguments.data)?;
    let store_path = arguments.data.join("phone.db");
    let keystore = FileKeystore { path: arguments.key_file };
    let engine = Engine::start(EngineConfig {
        families: FAMILIES,
        store_key: store_key(&keystore, &store_path, None, &SystemWorld)?,
        store_path,
        world: Arc::new(SystemWorld),
        radio: Arc::new(BluetoothRadio::start()),
    })
    .await?;
    let listener = tokio::net::TcpListener::bind(&arguments.listen).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::json!({ "url": url }))?;
    stdout.flush()?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    headless::serve(Arc::new(engine), listener, arguments.ui, stop).await?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a command line tool tells the person at the terminal")]
fn complain(why: &str) -> ExitCode {
    eprintln!("terskel-headless: {why}");
    ExitCode::FAILURE
}
