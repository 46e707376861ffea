//! An export of Ada's visit, and what is found out about it when somebody has been at it.

use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::world::random;
use terskel_model::{EventId, HubId, Timestamp};
use uuid::Uuid;

use super::*;
use crate::event::{chain_hash, sign};
use crate::log::{Checkpoint, Commitment, Frontier, Hash, LogKey, Node, Plan, Salt};
use crate::receipt::{self, Direction, HubKey, Receipt};
use crate::testing::{
    ADA, ADAS_PHONE, KARIS_DOOR, KARIS_HUB, VISIT, adas_phone, arrival, bos_phone, check_in_event, evening,
    hex, world,
};

fn log_key() -> LogKey {
    LogKey::from_seed(&[0x10; 32])
}

fn hub_key() -> HubKey {
    HubKey::from_seed(&[0x4b; 32])
}

fn numbered(number: u128) -> EventId {
    EventId(Uuid::from_u128(number))
}

/// A station that writes down, and Ada's phone that tells it.
struct Station {
    key: LogKey,
    edge: Frontier,
    nodes: std::collections::HashMap<Node, Hash>,
    written: Vec<ExportedEvent>,
    last_sent: Hash,
    sequence: u64,
}

impl Station {
    fn new() -> Self {
        let mut station = Self {
            key: log_key(),
            edge: Frontier::default(),
            nodes: std::collections::HashMap::new(),
            written: Vec::new(),
            last_sent: [0; 32],
            sequence: 0,
        };
        for other in 0..5 {
            station.saw(numbered(0x1000 + other), EventKind::SignedIn, None);
        }
        station
    }

    fn write(&mut self, body: &Body, signed: Option<Vec<u8>>) -> u64 {
        let (index, salt, body) = (self.edge.size(), Salt(random(&world())), body.to_bytes());
        for (level, hash) in (0_u8..).zip(self.edge.append(Commitment::to(&body, &salt).leaf())) {
            self.nodes.insert(Node { level, index: index >> level }, hash);
        }
        self.written.push(ExportedEvent { index, salt, body, signed, proof: Vec::new() });
        index
    }

    fn saw(&mut self, id: EventId, kind: EventKind, document: Option<Hash>) -> u64 {
        let event = StationEvent {
            at: evening(),
            kind,
            proof: Proof::Station,
            dispatch: Some(VISIT),
            worker: None,
            phone: None,
            door: None,
            operation: None,
            outcome: None,
            reason: None,
            key: None,
            document,
            permission: None,
        };
        self.write(&Body { id, stored_at: evening(), told: Told::ByStation(event) }, None)
    }

    /// Ada's phone tells; `chained` is what the station finds.
    fn told(&mut self, event: PhoneEvent, proof: Proof, chained: bool) -> u64 {
        self.sequence += 1;
        let event = PhoneEvent { sequence: self.sequence, previous: self.last_sent, ..event };
        let signed = sign(&event, &adas_phone()).unwrap();
        self.last_sent = chain_hash(&signed);
        let told = ToldByPhone { proof: Some(proof), signed: self.last_sent, chained, refused: None };
        let body = Body { id: event.id, stored_at: evening(), told: Told::ByPhone(told) };
        self.write(&body, Some(signed))
    }

    fn opened(&mut self, id: u128) -> u64 {
        let event = PhoneEvent {
            id: numbered(id),
            kind: EventKind::DoorOperated,
            door: Some(KARIS_DOOR),
            operation: Some(Operation::Open),
            outcome: Some(DoorOutcome::Opened),
            receipt: None,
            ..check_in_event()
        };
        self.told(event, Proof::DigitalKey, true)
    }

    fn checked_in(&mut self, id: u128, receipt: &Receipt) -> u64 {
        let receipt = Some(hex(&receipt::sign(&hub_key(), receipt)));
        self.told(PhoneEvent { id: numbered(id), receipt, ..check_in_event() }, Proof::HubReceipt, true)
    }

    fn proof(&self, index: u64) -> Vec<Hash> {
        let plan = Plan::inclusion(index, self.edge.size()).unwrap();
        plan.proof(|node| self.nodes.get(&node).copied()).unwrap()
    }

    fn export(mut self, events: &[u64]) -> Export {
        let events: Vec<ExportedEvent> =
            events.iter().map(|index| self.written[usize::try_from(*index).unwrap()].clone()).collect();
        let id = |event: &ExportedEvent| Body::parse(&event.body).unwrap().id;
        let contents = Contents {
            selection: Selection::Dispatch(VISIT),
            listed: events.iter().map(|event| (event.index, id(event))).collect(),
            phones: vec![(ADAS_PHONE, adas_phone().public().signing)],
            hubs: vec![(KARIS_HUB, hub_key().public_key())],
            names: vec![(ADA.0, "Ada Berg".into())],
        };
        self.saw(numbered(0xe0), EventKind::AuditExported, Some(contents.digest()));
        let own = self.written.last().unwrap().clone();
        self.saw(numbered(0xe1), EventKind::SignedOut, None);
        let prove = |event: ExportedEvent| ExportedEvent { proof: self.proof(event.index), ..event };
        Export {
            checkpoint: Checkpoint::of(&self.edge).sign(&self.key),
            contents,
            events: events.into_iter().map(&prove).collect(),
            own: prove(own),
        }
    }
}

/// Received, opened, checked in, opened again, checked out, with another visit in between.
fn visit() -> Export {
    let mut station = Station::new();
    let out = Receipt { direction: Direction::Out, counter: 43, ..arrival() };
    let mut events = vec![station.saw(numbered(1), EventKind::DispatchReceived, None), station.opened(2)];
    station.opened(0x99);
    events.push(station.checked_in(3, &arrival()));
    events.push(station.opened(4));
    let receipt = Some(hex(&receipt::sign(&hub_key(), &out)));
    let leaving = PhoneEvent { id: numbered(5), kind: EventKind::CheckedOut, receipt, ..check_in_event() };
    events.push(station.told(leaving, Proof::HubReceipt, true));
    station.export(&events)
}

fn check(export: &Export) -> Result<Findings, Fault> {
    verify(&export.to_bytes(), log_key().public(), |_, _| {})
}

/// The fault after something was done to the export of the visit.
fn after(change: impl FnOnce(&mut Export)) -> Fault {
    let mut export = visit();
    change(&mut export);
    check(&export).unwrap_err()
}

#[test]
fn the_export_of_a_visit_is_accepted_and_shown() {
    let mut shown = Vec::new();
    let findings = verify(&visit().to_bytes(), log_key().public(), |contents, event| {
        let worker = event.signed.and_then(|event| contents.name(event.worker.0));
        shown.push((event.body.id.0.as_u128(), worker.map(str::to_owned)));
    });
    let findings = findings.unwrap();
    assert_eq!((findings.events, findings.signed_by_phones, findings.phones), (5, 4, 1));
    assert_eq!((findings.receipts, findings.elsewhere, findings.gaps.len()), (2, 1, 0));
    assert_eq!(findings.checkpoint.size, 13);
    let ada = || Some("Ada Berg".to_owned());
    assert_eq!(shown, [(1, None), (2, ada()), (3, ada()), (4, ada()), (5, ada())]);
}

#[test]
fn every_flipped_byte_is_found() {
    let file = visit().to_bytes();
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify(&changed, log_key().public(), |_, _| {}).is_err(), "byte {at}");
    }
    for cut in (0..file.len()).step_by(97) {
        assert_eq!(verify(&file[..cut], log_key().public(), |_, _| {}), Err(Fault::NotAnExport));
    }
}

#[test]
fn an_event_that_was_removed_is_named() {
    let removed = Fault::Removed { event: numbered(3), index: 8 };
    assert_eq!(after(|export| drop(export.events.remove(2))), removed);
    let last = after(|export| drop(export.events.pop()));
    assert_eq!(last, Fault::Removed { event: numbered(5), index: 10 });
    let from_the_list_too = after(|export| {
        export.events.remove(2);
        export.contents.listed.remove(2);
    });
    assert_eq!(from_the_list_too, Fault::Contents(numbered(0xe0)));
}

#[test]
fn an_event_that_was_added_is_found() {
    let more = after(|export| export.events.push(ExportedEvent { index: 11, ..export.events[4].clone() }));
    assert_eq!(more, Fault::Added { index: 11 });
    let between =
        after(|export| export.events.insert(2, ExportedEvent { index: 7, ..export.events[1].clone() }));
    assert_eq!(between, Fault::Added { index: 7 });
}

#[test]
fn two_that_have_changed_places_are_named() {
    let swapped = Fault::Swapped { first: numbered(2), second: numbered(4) };
    assert_eq!(after(|export| export.events.swap(1, 3)), swapped);
    let renumbered = after(|export| {
        export.events.swap(1, 3);
        let (one, other) = (export.events[1].index, export.events[3].index);
        (export.events[1].index, export.events[3].index) = (other, one);
    });
    assert_eq!(renumbered, Fault::Altered { event: numbered(2), index: 6 });
}

#[test]
fn an_altered_event_is_named() {
    let altered = |at: usize| {
        after(|export| {
            let body = export.events[at].body.last_mut().unwrap();
            *body ^= 1;
        })
    };
    assert_eq!(altered(0), Fault::Altered { event: numbered(1), index: 5 });
    assert_eq!(altered(2), Fault::Altered { event: numbered(3), index: 8 });
    let signed = after(|export| export.events[1].signed.as_mut().unwrap()[100] ^= 1);
    assert_eq!(signed, Fault::Signed(numbered(2)));
    assert_eq!(after(|export| export.events[1].signed = None), Fault::Signed(numbered(2)));
    let of_the_station = after(|export| export.events[0].signed = export.events[1].signed.clone());
    assert_eq!(of_the_station, Fault::Signed(numbered(1)));
}

#[test]
fn a_log_that_was_cut_and_one_of_another_station_are_told_apart() {
    let mut shorter = Frontier::default();
    shorter.append([7; 32]);
    let cut = after(|export| export.checkpoint = Checkpoint::of(&shorter).sign(&log_key()));
    assert_eq!(cut, Fault::LogCut { event: numbered(0xe0), index: 11, size: 1 });
    let stranger = LogKey::from_seed(&[0x11; 32]);
    let foreign = after(|export| {
        let checkpoint = Checkpoint::open(&export.checkpoint, log_key().public()).unwrap();
        export.checkpoint = checkpoint.sign(&stranger);
    });
    let (signed_by, wanted) = (stranger.public().name().into(), log_key().public().name().into());
    assert_eq!(foreign, Fault::OtherStation { signed_by, wanted });
    let edited = after(|export| export.checkpoint = export.checkpoint.replace("\n13\n", "\n12\n"));
    assert_eq!(edited, Fault::Checkpoint);
}

#[test]
fn another_list_of_keys_or_names_is_found() {
    let forged = Fault::Contents(numbered(0xe0));
    let of_bo = bos_phone().public().signing;
    assert_eq!(after(|export| export.contents.phones[0].1 = of_bo), forged);
    assert_eq!(after(|export| export.contents.hubs.clear()), forged);
    assert_eq!(after(|export| export.contents.names[0].1 = "Bo Dahl".into()), forged);
    let to = Timestamp::UNIX_EPOCH;
    let resident = terskel_model::ResidentId(Uuid::nil());
    let selection = Selection::Resident { resident, from: to, to };
    assert_eq!(after(|export| export.contents.selection = selection), forged);
}

/// What a station might write down itself that is not so.
fn station_says(story: impl FnOnce(&mut Station) -> Vec<u64>) -> Result<Findings, Fault> {
    let mut station = Station::new();
    let events = story(&mut station);
    check(&station.export(&events))
}

#[test]
fn a_gap_that_the_station_found_is_reported_and_one_that_it_hid_is_a_fault() {
    let of =
        |id| PhoneEvent { id: numbered(id), kind: EventKind::VisitClosed, receipt: None, ..check_in_event() };
    let lost = |station: &mut Station, chained| {
        let first = station.opened(2);
        station.last_sent = [9; 32];
        vec![first, station.told(of(3), Proof::PhoneSignature, chained)]
    };
    let findings = station_says(|station| lost(station, false)).unwrap();
    assert_eq!(findings.gaps, [Gap { event: numbered(3), phone: ADAS_PHONE, sequence: 2 }]);
    let (event, before, phone) = (numbered(3), numbered(2), ADAS_PHONE);
    assert_eq!(station_says(|station| lost(station, true)), Err(Fault::Chain { event, before, phone }));
    let twice = station_says(|station| {
        let first = station.opened(2);
        station.sequence = 0;
        vec![first, station.told(of(3), Proof::PhoneSignature, true)]
    });
    assert_eq!(twice, Err(Fault::Chain { event, before, phone }));
}

#[test]
fn a_receipt_of_something_else_or_used_before_is_no_receipt() {
    let refused = Err(Fault::Receipt(numbered(3)));
    for other in [
        Receipt { direction: Direction::Out, ..arrival() },
        Receipt { worker: terskel_model::WorkerId(Uuid::nil()), ..arrival() },
        Receipt { hub: HubId(Uuid::nil()), ..arrival() },
    ] {
        assert_eq!(station_says(|station| vec![station.checked_in(3, &other)]), refused);
    }
    let twice =
        |station: &mut Station| vec![station.checked_in(2, &arrival()), station.checked_in(3, &arrival())];
    assert_eq!(station_says(twice), refused);
    let none = PhoneEvent { id: numbered(3), receipt: None, ..check_in_event() };
    assert_eq!(station_says(|station| vec![station.told(none, Proof::HubReceipt, true)]), refused);
}

#[test]
fn an_event_signed_by_another_phone_is_named() {
    let forged = station_says(|station| {
        let event = PhoneEvent { id: numbered(3), receipt: None, ..check_in_event() };
        let signed = sign(&event, &bos_phone()).unwrap();
        let told = ToldByPhone {
            proof: Some(Proof::PhoneSignature),
            signed: chain_hash(&signed),
            chained: true,
            refused: None,
        };
        let body = Body { id: event.id, stored_at: evening(), told: Told::ByPhone(told) };
        vec![station.write(&body, Some(signed))]
    });
    assert_eq!(forged, Err(Fault::PhoneSignature(numbered(3))));
}

#[test]
fn what_is_no_export_is_refused_quietly() {
    for noise in [&b""[..], b"\xa0", b"terskel", &[0x9f; 300]] {
        assert_eq!(verify(noise, log_key().public(), |_, _| {}), Err(Fault::NotAnExport));
    }
}

#[test]
fn a_kept_checkpoint_binds_the_station_before_and_after() {
    let mut log = Frontier::default();
    let mut nodes = std::collections::HashMap::new();
    let mut checkpoints = vec![Checkpoint::of(&log)];
    for index in 0..9_u64 {
        for (level, hash) in (0_u8..).zip(log.append([7; 32])) {
            nodes.insert(Node { level, index: index >> level }, hash);
        }
        checkpoints.push(Checkpoint::of(&log));
    }
    let proof = Plan::consistency(5, 9).unwrap().proof(|node| nodes.get(&node).copied()).unwrap();
    let key = log_key();
    let against =
        |kept: &Checkpoint, now, proof: &[Hash]| verify_kept(&kept.sign(&key), key.public(), now, proof);
    let (five, nine) = (checkpoints[5].clone(), &checkpoints[9]);
    assert_eq!(against(&five, nine, &proof), Ok(five.clone()));
    assert_eq!(against(nine, &five, &proof), Ok(nine.clone()));
    assert_eq!(against(nine, nine, &[]), Ok(nine.clone()));
    let rewritten = Checkpoint { root: [8; 32], ..nine.clone() };
    assert_eq!(against(&five, &rewritten, &proof), Err(Fault::NotTheKeptLog));
    assert_eq!(against(nine, &rewritten, &[]), Err(Fault::NotTheKeptLog));
    assert_eq!(against(&rewritten, &five, &proof), Err(Fault::NotTheKeptLog));
    let stranger = LogKey::from_seed(&[0x11; 32]);
    let foreign = verify_kept(&five.sign(&stranger), key.public(), nine, &proof);
    assert!(matches!(foreign, Err(Fault::OtherStation { .. })));
}
