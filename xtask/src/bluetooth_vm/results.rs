//! What the machine printed, and whether that is good enough.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Before each line of JSON on the console.
const MARK: &str = "RESULT ";
/// Of the machine's end, with the status of what ran in it.
const END: &str = "GUEST-EXIT ";
/// What the bolt has to do: opened cold, locked, opened again.
const MOVEMENTS: [&str; 3] = ["unlocked", "locked", "unlocked"];

/// The phases of a visit, in words, with the most connection events that each may take.
const PHASES: &[(&str, &str, Option<u64>)] = &[
    ("cold_found", "found by listening", None),
    ("cold_subscribed", "never met: connected to subscribed", None),
    ("subscribed_to_opened", "subscribed to opened", None),
    ("cold_opened", "never met: connected to opened", None),
    ("locked", "asked to lock to locked", None),
    ("known_found", "found again", None),
    ("known_subscribed", "seen before: connected to subscribed", Some(14)),
    ("known_ready", "seen before: connected to ready", None),
    ("prepared_opened", "prepared: slide to opened", None),
];

/// All that was printed.
pub(super) struct Results {
    lines: Vec<Value>,
    /// The console, for whoever has to find out why.
    console: String,
}

pub(super) fn read(console: &str) -> Result<Results> {
    let marked = console.lines().filter_map(|line| line.split_once(MARK));
    let lines = marked.map(|(_, json)| serde_json::from_str(json.trim()).context("a RESULT is no JSON"));
    Ok(Results { lines: lines.collect::<Result<_>>()?, console: console.to_owned() })
}

impl Results {
    /// One JSON array, in one line.
    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.lines)?)
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let mut table = String::from("family    connection events      ms  phase");
        for line in &self.lines {
            let Some((_, words, _)) = phase(line) else { continue };
            let events = line["events"].as_u64().map(|events| events.to_string()).unwrap_or_default();
            let (family, ms) = (line["family"].as_str().unwrap_or_default(), &line["ms"]);
            // A string takes all that is written to it.
            write!(table, "\n{family:<8}  {events:>17}  {:>6}  {words}", ms.to_string()).ok();
        }
        table
    }

    /// Every phase of every family, within its limit, and a bolt that moved exactly as asked.
    pub(super) fn judge(&self, families: &[&str]) -> Result<()> {
        let end = self.console.lines().find_map(|line| Some(line.split_once(END)?.1.trim()));
        if end != Some("0") {
            let end = end.map_or("did not come to its end".to_owned(), |code| format!("ended with {code}"));
            bail!("the machine {end}; it printed:\n{}", self.console);
        }
        for family in families {
            self.judge_family(family).with_context(|| (*family).to_owned())?;
        }
        Ok(())
    }

    fn judge_family(&self, family: &str) -> Result<()> {
        let mut ours = self.lines.iter().filter(|line| line["family"] == family);
        let moved = ours.clone().find_map(|line| line["movements"].as_array());
        let moved = moved.context("the lock has not said what its bolt did")?;
        ensure!(*moved == MOVEMENTS, "the bolt moved otherwise than asked: {moved:?}");
        for (name, words, limit) in PHASES {
            let line = ours.clone().find(|line| line["phase"] == *name);
            let line = line.with_context(|| format!("nothing about \"{words}\""))?;
            let (Some(limit), Some(events)) = (limit, line["events"].as_u64()) else { continue };
            ensure!(events <= *limit, "{words}: {events} connection events, and {limit} are allowed");
        }
        ensure!(ours.next().is_some(), "no results");
        Ok(())
    }
}

fn phase(line: &Value) -> Option<&'static (&'static str, &'static str, Option<u64>)> {
    PHASES.iter().find(|(name, _, _)| line["phase"] == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(events: u64, movements: &str, end: u8) -> String {
        let mut text = String::new();
        for (name, _, _) in PHASES {
            writeln!(text, "RESULT {{\"family\":\"x\",\"phase\":\"{name}\",\"ms\":1,\"events\":{events}}}\r")
                .unwrap();
        }
        text + &format!("RESULT {{\"family\":\"x\",\"movements\":{movements}}}\r\nGUEST-EXIT {end}\r\n")
    }

    fn judged(console: &str) -> Result<()> {
        read(console).unwrap().judge(&["x"])
    }

    #[test]
    fn a_good_run_passes_and_is_shown() {
        let text = console(14, r#"["unlocked","locked","unlocked"]"#, 0);
        judged(&text).unwrap();
        assert!(read(&text).unwrap().table().lines().count() == 1 + PHASES.len());
    }

    #[test]
    fn anything_less_does_not() {
        let good = r#"["unlocked","locked","unlocked"]"#;
        assert!(judged(&console(15, good, 0)).is_err(), "too many events");
        assert!(judged(&console(14, r#"["unlocked","locked"]"#, 0)).is_err(), "a movement too few");
        assert!(judged(&console(14, good, 1)).is_err(), "a phone that failed");
        assert!(read(&console(14, good, 0)).unwrap().judge(&["x", "y"]).is_err(), "a family without results");
        assert!(judged("").is_err(), "a machine that never ended");
    }
}
