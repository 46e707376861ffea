//! `terskel-soak crash|disk …`: long runs of what the test command tries
//! shortly. Prints what was found as JSON, with the seeds.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use terskel_tests::soak;

const USAGE: &str = "terskel-soak crash [--runs N] [--seed N] [--beside N] [--figures FILE]
terskel-soak disk [--from N] [--last N] [--beside N] [--figures FILE]";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| match value(&args, name) {
        Some(text) => text.parse().with_context(|| format!("{text} is no number\n{USAGE}")),
        None => Ok(default),
    };
    let (seed, beside) = (number("--seed", 1)?, number("--beside", 3)?);
    let found = match args.first().map(String::as_str) {
        Some("crash") => soak::crash(number("--runs", 1000)?, seed, beside).await?,
        Some("disk") => soak::disk(number("--from", 1)?, number("--last", 10_000)?, beside).await?,
        _ => bail!(USAGE),
    };
    println!("{}", serde_json::to_string_pretty(&found)?);
    if let Some(file) = value(&args, "--figures") {
        soak::write(Path::new(file), &found)?;
    }
    Ok(())
}

/// The argument after `name`.
fn value<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1).map(String::as_str)
}
