//! `docs/figures.md`: the part that a bench writes itself, between two marks.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::Row;

const UNLOCK: &str = "cargo xtask bench unlock --write";
const END: &str = "<!-- end of what the bench writes -->";

/// Puts `rows` into the file, in place of those of the last time.
///
/// # Errors
/// When the file can't be read or written, or has no place for them.
pub fn write(file: &Path, rows: &[Row]) -> Result<()> {
    put(file, UNLOCK, &table(rows))
}

/// Puts `text` where the file has what this command wrote the last time.
///
/// # Errors
/// When the file can't be read or written, or has no place for it.
pub fn put(file: &Path, command: &str, text: &str) -> Result<()> {
    let begin = format!("<!-- written by: {command} -->");
    let document = std::fs::read_to_string(file)?;
    let (before, rest) = document.split_once(&begin).context("the file has no place for the figures")?;
    let (_, after) = rest.split_once(END).context("the place for the figures has no end")?;
    std::fs::write(file, format!("{before}{begin}\n\n{text}\n{END}{after}"))?;
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| | runs | protocol round trips | turns of the link | median | 99th percentile | promised |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let count = |count: Option<usize>| count.map_or_else(String::new, |count| count.to_string());
    for row in rows {
        let promise = row.promise.as_ref().map_or_else(String::new, |promise| {
            let kept = if promise.kept() { "" } else { ", **not kept**" };
            format!("{}: {:.2}, at most {:.2}{kept}", promise.what, promise.value, promise.limit)
        });
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.0} ms | {:.0} ms | {promise} |",
            row.name,
            row.runs,
            count(row.round_trips),
            count(row.turns),
            row.p50_ms,
            row.p99_ms
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Promise;

    #[test]
    fn only_what_is_between_the_marks_is_replaced_and_a_broken_promise_shows() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("# Figures\n<!-- written by: {UNLOCK} -->\nold\n{END}\nmore\n"))
            .unwrap();
        let row = |name: &str, value| Row {
            name: name.into(),
            runs: 30,
            round_trips: Some(5),
            turns: None,
            p50_ms: 423.4,
            p99_ms: 450.0,
            promise: Some(Promise { what: "round trips".into(), value, limit: 5.0 }),
        };
        write(file.path(), &[row("good", 5.0), row("bad", 6.0)]).unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.starts_with("# Figures\n") && text.ends_with("\nmore\n") && !text.contains("old"));
        assert!(text.contains("| good | 30 | 5 |  | 423 ms | 450 ms | round trips: 5.00, at most 5.00 |"));
        assert!(text.contains("**not kept**"));
        assert!(write(Path::new("/nowhere"), &[]).is_err());
    }
}
