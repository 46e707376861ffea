//! The program as others start it: the ready line, the control API, and how it ends.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is a failed test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Program {
    child: Child,
    ready: Value,
}

impl Program {
    fn start(street: &str, bus_dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_terskel-simulator"))
            .args(["--street", street, "--bus-dir"])
            .arg(bus_dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    fn signal(&mut self, name: &str) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// Status and body.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let address = self.ready["control"].as_str().unwrap().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn entries(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}

#[test]
fn it_says_where_it_is_and_leaves_nothing_behind() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut program = Program::start("demo", dir.path());
        assert!(program.ready["bus"].as_str().unwrap().starts_with("unix:path="));
        assert_eq!(entries(dir.path()), 1);
        assert_eq!(program.signal(signal).code(), Some(0));
        assert_eq!(entries(dir.path()), 0);
    }
}

#[test]
fn killed_outright_the_bus_goes_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start("demo", dir.path());
    program.signal("KILL");
    let gone = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        entries(dir.path()) == 0
    });
    assert!(gone);
}

#[test]
fn the_ready_line_has_what_a_client_needs_and_no_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start("demo", dir.path());
    let street = terskel_simulator::Street::load("demo").unwrap();
    let text = program.ready.to_string();
    for lock in street.locks() {
        assert!(text.contains(&lock.address) && text.contains(&lock.device_id));
        // A login token is given out by the vendor; what a station was told at installation is not.
        let secrets = lock.credential.as_ref().map(|it| it.to_hex()).into_iter();
        let secrets = secrets.chain(lock.seed.as_ref().map(|it| it.to_hex()));
        assert!(secrets.into_iter().all(|secret| !text.contains(secret.as_str())));
    }
    let fresh = Program::start("locks", dir.path());
    let devices = &fresh.ready["devices"];
    assert_eq!(devices[0]["activation_code"], "BCDF2345");
    let danalock = &devices[1];
    for (name, length) in
        [("serial", 12), ("broadcast_key", 32), ("login_token", 214), ("expired_token", 214)]
    {
        assert_eq!(danalock[name].as_str().unwrap().len(), length, "{name}");
    }
    let pem = std::fs::read_to_string(danalock["ca_pem"].as_str().unwrap()).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    for (nuki, generation, pin) in [(&devices[2], "4", "1234"), (&devices[3], "ultra", "123456")] {
        assert_eq!((nuki["generation"].as_str(), nuki["pin"].as_str()), (Some(generation), Some(pin)));
    }
    assert!(fresh.ready["key_service"]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
}

#[test]
fn devices_are_looked_at_broken_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start("demo", dir.path());
    let id = program.ready["devices"][0]["id"].as_str().unwrap();
    let (device, fault) = (format!("/devices/{id}"), format!("/devices/{id}/fault"));
    let (status, lock) = program.ask("GET", &device, "");
    assert_eq!(
        (status, lock["state"].as_str(), lock["battery_percent"].as_u64()),
        (200, Some("locked"), Some(90))
    );
    assert_eq!((lock["movement_count"].as_u64(), lock["in_range"].as_bool()), (Some(0), Some(true)));
    for (body, field, value) in [
        (r#"{"fault":"out_of_range","on":true}"#, "in_range", Value::from(false)),
        (r#"{"fault":"asleep","on":true}"#, "asleep", Value::from(true)),
        (r#"{"fault":"link_lost","at_packet":4}"#, "link_lost_at_packet", Value::from(4)),
        (r#"{"fault":"clock_skew","seconds":-60}"#, "clock_skew_seconds", Value::from(-60)),
        (r#"{"fault":"rssi","dbm":-91}"#, "rssi", Value::from(-91)),
        (r#"{"fault":"low_battery","percent":7}"#, "battery_percent", Value::from(7)),
    ] {
        let (status, lock) = program.ask("POST", &fault, body);
        assert_eq!((status, &lock[field]), (200, &value), "{body}");
    }
    let (_, lock) = program.ask("POST", &format!("{device}/knock"), "");
    assert_eq!(lock["asleep"], false);
    let (status, mended) = program.ask("DELETE", &fault, "");
    assert_eq!((status, &mended["in_range"], &mended["battery_percent"]), (200, &true.into(), &90.into()));
    let (_, all) = program.ask("GET", "/devices", "");
    assert_eq!(all["devices"].as_array().unwrap().len(), program.ready["devices"].as_array().unwrap().len());
}

#[test]
fn mistakes_are_told_as_problems() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start("demo", dir.path());
    let id = program.ready["devices"][0]["id"].as_str().unwrap();
    for (method, path, body, status, field) in [
        ("GET", "/devices/nobody", "", 404, Value::Null),
        ("GET", "/nothing", "", 404, Value::Null),
        ("PUT", "/devices", "", 405, Value::Null),
        ("POST", &format!("/devices/{id}/fault"), r#"{"fault":"fire"}"#, 422, "fault".into()),
        ("POST", "/authority", r#"{"keys":["12"]}"#, 422, "keys".into()),
        ("POST", "/adapter", "{}", 422, "powered".into()),
        ("POST", "/adapter", r#"{"powered":1}"#, 422, "powered".into()),
        ("POST", "/adapter", r#"{"present":false,"powered":true}"#, 409, Value::Null),
    ] {
        let (got, problem) = program.ask(method, path, body);
        assert_eq!((got, &problem["field"]), (status, &field), "{method} {path} {body}");
        assert_eq!(problem["status"], status);
    }
    let key = format!(r#"{{"keys":["{}"]}}"#, "07".repeat(32));
    assert_eq!(program.ask("POST", "/authority", &key).0, 204);
}

#[test]
fn a_street_that_is_none_is_refused_in_words() {
    for arguments in [vec!["--street", "nowhere"], vec![], vec!["--strete", "demo"], vec!["--street"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_terskel-simulator")).args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.starts_with("terskel-simulator: "), "{words}");
        assert!(output.stdout.is_empty());
    }
}
