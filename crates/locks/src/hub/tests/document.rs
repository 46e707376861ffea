//! `docs/hub-protocol.md` tells the truth: its vectors and numbers are what the code makes.

use super::*;
use crate::hub::{COMPANY, SERVICE, VERSION, manufacturer_data};

const DOCUMENT: &str = include_str!("../../../../../docs/hub-protocol.md");

/// The hex under the heading `name`, without white space.
fn vector(name: &str) -> String {
    let (_, below) = DOCUMENT.split_once(&format!("\n### {name}\n")).unwrap_or_else(|| panic!("no {name}"));
    let block = below.split("```").nth(1).unwrap();
    block.trim_start_matches("text").split_whitespace().collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_vectors_of_the_document_are_what_the_code_makes() {
    let mut home = Home::karis();
    let (mut session, mut air) = (home.ada(), Air::default());
    air.connect(&mut session, &mut home, 517);
    session.command(CHECK_IN, home.world.uptime());
    air.carry(&mut session, &mut home);
    session.command(HubCommand::CheckOut { visit: OTHER_VISIT }, home.world.uptime());
    air.carry(&mut session, &mut home);
    let [challenge, receipt, refused] = &air.notified[..] else { panic!("three answers") };
    let made = [
        ("Hub public key", hex(&home.identity().public_key)),
        ("Station public key", hex(&station().public_key().0)),
        ("Badge", hex(&badge::issue(&station(), &adas_badge()).unwrap())),
        ("Manufacturer data", hex(&manufacturer_data(home.id))),
        ("Challenge", hex(&challenge[1..])),
        ("Request", hex(&air.written[0][1..])),
        ("Receipt answer", hex(&receipt[1..])),
        ("Refusal", hex(&refused[1..])),
    ];
    for (name, bytes) in made {
        assert_eq!(vector(name), bytes, "{name}");
    }
}

#[test]
fn the_numbers_of_the_document_are_those_of_the_code() {
    for number in [SERVICE.to_string(), REQUEST.to_string(), ANSWER.to_string()] {
        assert!(DOCUMENT.contains(&format!("`{number}`")), "{number}");
    }
    assert!(DOCUMENT.contains(&format!("`0x{COMPANY:04X}`")));
    assert!(DOCUMENT.contains(&format!("This is version {VERSION}.")));
    for code in 1..=7 {
        let row = format!("| {code} | {} |", HubRefusal::from_byte(code));
        assert!(DOCUMENT.contains(&row), "{row}");
    }
    assert!(!DOCUMENT.contains("\n| 8 | "), "no code that the code does not know");
}
