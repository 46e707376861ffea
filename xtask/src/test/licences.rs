//! `deny.toml`: which licences, crates and sources may come in.

use anyhow::Result;

use crate::command::{answers, cargo, succeed};

/// `cargo deny`, where it is installed: building it takes longer than all else here.
pub(super) fn check() -> Result<()> {
    if !installed() {
        return Ok(());
    }
    succeed(&mut cargo(&[
        "deny",
        "--log-level",
        "error",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// What a run without it did not look at.
pub(super) fn left_out() -> Option<&'static str> {
    (!installed()).then_some(
        "NOT CHECKED: licences, bans, sources; `cargo install --locked cargo-deny` brings what it needs",
    )
}

fn installed() -> bool {
    answers("cargo", &["deny", "--version"])
}
