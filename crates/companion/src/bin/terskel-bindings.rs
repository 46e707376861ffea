//! `terskel-bindings FILE` writes the TypeScript bindings, `terskel-bindings --check FILE` only compares.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let check = args.first().is_some_and(|a| a == "--check");
    if check {
        args.remove(0);
    }
    match args.as_slice() {
        [path] => match write(path, check) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => complain(&why),
        },
        _ => complain("usage: terskel-bindings [--check] FILE"),
    }
}

fn write(path: &str, check: bool) -> Result<(), String> {
    let text = terskel_companion::bindings::typescript()?;
    let present = std::fs::read_to_string(path).unwrap_or_default();
    if present == text {
        return Ok(());
    }
    if check {
        return Err(format!("{path} is stale: run `cargo xtask generate`"));
    }
    std::fs::write(path, text).map_err(|e| format!("{path}: {e}"))
}

#[expect(clippy::print_stderr, reason = "a command line tool tells the person at the terminal")]
fn complain(why: &str) -> ExitCode {
    eprintln!("terskel-bindings: {why}");
    ExitCode::FAILURE
}
