//! The committed corpus, through every target: what fuzzing has found once stays found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The smallest programs say with their file name alone what they run.
fn of_targets(suffix: &str) -> BTreeSet<String> {
    TARGETS.iter().map(|(name, _)| format!("{name}{suffix}")).collect()
}

#[test]
fn every_target_has_a_corpus_and_a_program_and_there_are_no_others() {
    assert_eq!(of_targets("").len(), TARGETS.len(), "a name is there twice");
    assert_eq!(names(&fuzz().join("corpus")), of_targets(""));
    assert_eq!(names(&fuzz().join("fuzz_targets")), of_targets(".rs"));
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is missing in fuzz/Cargo.toml");
        let program = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzzing::{name}(")), "{name}.rs runs something else");
    }
}

#[test]
fn the_corpus_is_small() {
    let mut total = 0;
    for (name, _) in TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let files = names(&folder);
        assert!((5..=60).contains(&files.len()), "{name} has {} files", files.len());
        total += files.iter().map(|file| fs::metadata(folder.join(file)).unwrap().len()).sum::<u64>();
    }
    assert!(total < 300_000, "{total} bytes");
}

/// One test per family: they run side by side.
fn replay(family: &str) {
    for (name, target) in TARGETS.iter().filter(|(name, _)| name.starts_with(family)) {
        let folder = fuzz().join("corpus").join(name);
        for file in names(&folder) {
            // Shown when the target panics.
            println!("{name}/{file}");
            target(&fs::read(folder.join(file)).unwrap());
        }
    }
}

#[test]
fn danalock_takes_its_corpus() {
    replay("danalock_");
}

#[test]
fn dkey_takes_its_corpus() {
    replay("dkey_");
}

#[test]
fn hub_takes_its_corpus() {
    replay("hub_");
}

#[test]
fn nuki_takes_its_corpus() {
    replay("nuki_");
}

#[test]
fn every_target_is_of_a_family_that_is_replayed() {
    let families = ["danalock_", "dkey_", "hub_", "nuki_"];
    assert!(TARGETS.iter().all(|(name, _)| families.iter().any(|family| name.starts_with(family))));
}
