//! 15.E: the inner messages of management and log, both ways.

use super::vectors::{AUTHORIZATION, array, shared_key, vector};
use crate::nuki::Generation;
use crate::nuki::frame::{Message, encode_inner, seal};
use crate::nuki::message::{
    DateTime, Entry, Invite, Invited, Limits, LogCount, LoggedEntry, Needs, Proof, RemoveEntry, RequestData,
    RequestEntries, RequestLog, UpdateEntry, UpdateTime, id,
};

const VISITOR: u32 = 0x0034_5c02;

fn wire(message: &Message) -> Vec<u8> {
    encode_inner(AUTHORIZATION, message).to_vec()
}

/// With the challenge of 15.D and PIN 1234.
fn proven(message: Message) -> Vec<u8> {
    let proof = Proof { challenge: array("challenge"), pin: Some(1234) };
    wire(&proof.complete(Generation::Classic, message))
}

/// What a lock finds before the proof.
fn body(name: &str) -> Vec<u8> {
    let inner = vector(name);
    let payload = &inner[6..inner.len() - 2];
    let (body, proof) = Proof::split(payload, Needs::Pin, Generation::Classic).unwrap();
    assert_eq!((proof.challenge, proof.pin), (array("challenge"), Some(1234)));
    body.to_vec()
}

fn payload(name: &str) -> Vec<u8> {
    let inner = vector(name);
    inner[6..inner.len() - 2].to_vec()
}

fn limits() -> Limits {
    UpdateEntry::decode(&body("E3_plaintext_update_entry")).unwrap().limits.unwrap()
}

#[test]
fn invitation_and_its_reply() {
    let key = shared_key("invited_shared_key");
    let invite = Invite { name: "Visitor".into(), kind: 0, key, remote: false, limits: Some(limits()) };
    assert_eq!(proven(invite.encode()), vector("E1_plaintext_invite"));
    let read = Invite::decode(&body("E1_plaintext_invite")).unwrap();
    assert_eq!(read.encode(), invite.encode());
    let invited = Invited { id: VISITOR, created: DateTime([0xea, 7, 3, 7, 8, 20, 0]) };
    assert_eq!(wire(&invited.encode()), vector("E2_plaintext_invite_reply"));
    assert_eq!(Invited::decode(&payload("E2_plaintext_invite_reply")), Some(invited));
}

#[test]
fn updating_removing_and_asking_for_entries() {
    let update = UpdateEntry {
        id: VISITOR,
        name: "Visitor".into(),
        enabled: true,
        remote: false,
        limits: Some(limits()),
    };
    assert_eq!(proven(update.encode()), vector("E3_plaintext_update_entry"));
    assert_eq!(UpdateEntry::decode(&body("E3_plaintext_update_entry")), Some(update));
    assert_eq!(proven(RemoveEntry(VISITOR).encode()), vector("E4_plaintext_remove_entry"));
    assert_eq!(RemoveEntry::decode(&body("E4_plaintext_remove_entry")), Some(RemoveEntry(VISITOR)));
    let request = RequestEntries { offset: 0, count: 50, kind: None };
    assert_eq!(proven(request.encode()), vector("E5_plaintext_request_entries"));
    assert_eq!(RequestEntries::decode(&body("E5_plaintext_request_entries")), Some(request));
}

#[test]
fn a_limited_entry_and_one_whose_limits_are_always_there() {
    let sent = payload("E6_plaintext_entry_limited");
    let entry = Entry::decode(&sent).unwrap();
    assert_eq!((entry.id, entry.name.as_str(), entry.lock_count), (VISITOR, "Visitor", 1));
    assert_eq!((entry.enabled, entry.remote, entry.limits), (true, false, Some(limits())));
    assert_eq!(wire(&entry.encode()), vector("E6_plaintext_entry_limited"));
    let mut unlimited = sent.clone();
    unlimited[55] = 0;
    let entry = Entry::decode(&unlimited).unwrap();
    assert_eq!(entry.limits, None);
    assert_eq!(*entry.encode().payload, unlimited[..56]);
    assert_eq!(Entry::decode(&unlimited[..56]), Some(entry));
    assert_eq!(Entry::decode(&sent[..74]), None);
}

#[test]
fn log_time_and_pin() {
    let request = RequestLog { start: 0, count: 10, newest_first: true, total: true };
    assert_eq!(proven(request.encode()), vector("E7_plaintext_request_log"));
    assert_eq!(RequestLog::decode(&body("E7_plaintext_request_log")), Some(request));
    assert_eq!(wire(&LogCount { enabled: true, count: 42 }.encode()), vector("E8_plaintext_log_count"));
    let entry = LoggedEntry::decode(&payload("E9_plaintext_log_entry")).unwrap();
    assert_eq!(wire(&entry.encode()), vector("E9_plaintext_log_entry"));
    assert_eq!(
        (entry.index, entry.authorization, entry.data.as_slice()),
        (42, AUTHORIZATION, &[1, 0, 0, 0, 0][..])
    );
    let told = entry.tell(AUTHORIZATION);
    assert_eq!(told.at.unwrap().to_rfc3339(), "2026-03-07T08:15:34+00:00");
    assert_eq!((told.by.as_str(), told.ours, told.done), ("Spec Phone", true, true));
    assert_eq!(told.operation, Some(terskel_model::door::Operation::Open));

    let time = UpdateTime(DateTime([0xea, 7, 3, 7, 8, 15, 30]));
    assert_eq!(proven(time.encode()), vector("E10_plaintext_update_time"));
    assert_eq!(UpdateTime::decode(&body("E10_plaintext_update_time")), Some(time));
    assert_eq!(proven(Message::new(id::VERIFY_PIN, [])), vector("E11_plaintext_verify_pin"));
    assert!(body("E11_plaintext_verify_pin").is_empty());
}

#[test]
fn the_invited_phones_first_message() {
    let inner = encode_inner(VISITOR, &RequestData(id::CHALLENGE).encode());
    let sealed = seal(&shared_key("invited_shared_key"), VISITOR, &array("E12_nonce"), &inner);
    assert_eq!(sealed, Some(vector("E12_invited_request_challenge")));
}

#[test]
fn the_makers_sealed_messages() {
    let key = shared_key("v21_shared_key");
    for (sealed, plain) in [
        ("v21_state_received", "v21_state_plaintext"),
        ("v21_challenge_received", "v21_challenge_plaintext"),
        ("v21_unlock_sent", "v21_unlock_plaintext"),
    ] {
        let wire = vector(sealed);
        let nonce = wire[..24].try_into().unwrap();
        assert_eq!(seal(&key, 2, &nonce, &vector(plain)), Some(wire), "{sealed}");
    }
    for (sealed, wanted) in
        [("v21_read_state_sent", id::STATES), ("v21_challenge_request_sent", id::CHALLENGE)]
    {
        let wire = vector(sealed);
        let opened = crate::nuki::frame::open(&key, &wire).unwrap();
        assert_eq!(opened.message, RequestData(wanted).encode());
        let inner = encode_inner(2, &opened.message);
        assert_eq!(seal(&key, 2, &opened.nonce, &inner), Some(wire));
    }
}
