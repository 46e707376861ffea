//! `deny.toml`: which licences, crates and sources may come in.

use anyhow::Result;

use crate::command::succeed;
use crate::tool::helper;

pub(super) fn check() -> Result<()> {
    let what = ["--log-level", "error", "--all-features", "check", "licenses", "bans", "sources"];
    succeed(helper("deny")?.args(what))
}
