//! Everything that must pass, the quick steps first.

mod desktop;
mod e2e;
pub(crate) mod interop;
mod licences;
pub(crate) mod postgres;
mod rust;

use std::process::ExitCode;

use anyhow::Result;

use crate::command::{npm, succeed, succeed_together};
use crate::report::Report;
use crate::{bluetooth_vm, build, check, generate, need};

const BUILD: &str = "build of programs and tests";
const UI_BUILD: &str = "build of the user interface";

pub(crate) fn run() -> Result<ExitCode> {
    let mut report = Report::begin();
    let ready = report.step("what the machine needs", || {
        need::packages(&[need::PROGRAMS, need::WINDOW, need::DATABASE, need::TESTS])?;
        need::node()
    });
    if !ready {
        return Ok(report.finish());
    }
    report.step("format", check::format);
    let ui_built = user_interface(&mut report);
    report.step("clippy, warnings denied", rust::clippy);
    if report.step(BUILD, || build::programs(true)) {
        built(&mut report, ui_built);
    } else {
        report.blocked("everything that runs", BUILD);
    }
    report.step("licences, bans, sources", licences::check);
    Ok(report.finish())
}

fn user_interface(report: &mut Report) -> bool {
    if !report.step("packages of the user interface", build::ui_packages) {
        report.blocked(UI_BUILD, "packages of the user interface");
        return false;
    }
    report.step("types, messages and unit tests of the user interface", || {
        succeed(&mut npm(&["run", "--silent", "messages"]))?;
        succeed_together(["types", "units"].iter().map(|script| npm(&["run", "--silent", script])))
    });
    report.step(UI_BUILD, build::ui)
}

fn built(report: &mut Report, ui_built: bool) {
    report.step("generated files are fresh", generate::compare);
    report.step("unit, contract and story tests, on SQLite and PostgreSQL", rust::tests);
    report.step_where_possible("the radio on a real kernel's Bluetooth", bluetooth_vm::step);
    let clients = ("independent clients of all three families", interop::run);
    if !ui_built {
        report.step(clients.0, clients.1);
        report.blocked("screens and stories in the browser, the app's window", UI_BUILD);
        return;
    }
    report.steps_together(("every screen in the browser, axe", e2e::screens), clients);
    report.steps_together(
        ("the console in the browser, axe", e2e::console),
        ("the story by tapping, in the browser", e2e::story),
    );
    if report.step("build of the app", build::app) {
        report.step("the app's window: sign in, receive, accept", desktop::run);
    } else {
        report.blocked("the app's window", "build of the app");
    }
}
