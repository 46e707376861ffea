//! The streets that come with the program.

/// Their names.
pub(super) const NAMES: [&str; 2] = ["demo", "locks"];

/// The text of one.
pub(super) fn find(name: &str) -> Option<&'static str> {
    match name {
        "demo" => Some(include_str!("../../streets/demo.toml")),
        "locks" => Some(include_str!("../../streets/locks.toml")),
        _ => None,
    }
}
