//! Fuzzing what reads from the radio: `docs/fuzzing.md`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{read, succeed};
use crate::report::say;
use crate::tool::helper;
use crate::{need, place};

const USAGE: &str = "cargo xtask fuzz [TARGET] [--seconds N]";
/// For each target.
const SECONDS: u64 = 60;
/// No input is longer: a visit has said all that it can by then.
const LONGEST: &str = "-max_len=4096";

pub(crate) fn run(args: &[&str]) -> Result<ExitCode> {
    let (target, seconds) = match args {
        [] => (None, SECONDS),
        ["--seconds", n] => (None, number(n)?),
        [target] => (Some(*target), SECONDS),
        [target, "--seconds", n] => (Some(*target), number(n)?),
        _ => bail!("\n{USAGE}"),
    };
    need::packages(&[need::FUZZING])?;
    let folder = place::root().join("crates/locks/fuzz");
    let listed = read(helper("fuzz")?.arg("list").arg("--fuzz-dir").arg(&folder))?;
    let all: Vec<&str> = listed.lines().collect();
    let chosen: Vec<&str> =
        all.iter().copied().filter(|name| target.is_none_or(|one| one == *name)).collect();
    ensure!(!chosen.is_empty(), "there is no such target; there are:\n  {}", all.join("\n  "));
    for name in chosen {
        say(&format!("{name}: {seconds} s"));
        // What is found to be new stays out of the corpus: it is small, and chosen by hand.
        let found = place::target().join("fuzz").join(name);
        std::fs::create_dir_all(&found)?;
        let corpus = folder.join("corpus").join(name);
        // Without a sanitizer it builds with the stable compiler; `unsafe` is forbidden in what is fuzzed.
        let mut fuzz = helper("fuzz")?;
        fuzz.args(["run", "--sanitizer", "none", "--fuzz-dir"]).arg(&folder);
        fuzz.arg("--target-dir").arg(place::target().join("fuzz/build")).arg(name).args([found, corpus]);
        fuzz.arg("--").arg(format!("-max_total_time={seconds}")).args([LONGEST, "-print_final_stats=1"]);
        succeed(&mut fuzz)
            .with_context(|| format!("{name}: docs/fuzzing.md says what to do with a finding"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn number(text: &str) -> Result<u64> {
    text.parse().with_context(|| format!("{text} is no number of seconds\n{USAGE}"))
}
