//! Checking an export, and checking bare signatures, in the same run on one core.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use terskel_keys::PhoneIdentity;
use terskel_keys::audit::{
    Body, Contents, Export, ExportedEvent, Selection, StationEvent, Told, ToldByPhone, verify,
};
use terskel_keys::event::{chain_hash, sign};
use terskel_keys::log::{Checkpoint, Commitment, Frontier, Hash, LogKey, Node, Plan, Salt};
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::trusted_time::ClockQuality;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, DispatchId, DoorId, EventId, KeyId, PhoneId, WorkerId};

use crate::bench::cpu::of_this_thread;

/// The log: a million events, of which one export's are looked at.
const LOG: u64 = 1_000_000;
/// Not more than a station puts into one export, and few enough that checks and bare signatures take turns every second.
const IN_ONE_EXPORT: usize = 5000;

/// What came out.
pub(super) struct Verified {
    pub(super) events: usize,
    pub(super) log: u64,
    pub(super) per_s: f64,
    pub(super) bare_per_s: f64,
}

/// Checks exports until at least `events` events were checked, and as many bare signatures.
pub(super) fn measure(events: usize) -> Result<Verified> {
    let many = events.min(IN_ONE_EXPORT);
    let rounds = events.div_ceil(many);
    let (file, bare) = Town::new().export(many)?;
    let key = LogKey::from_seed(&SEED);

    let (mut with_all, mut alone) = (Duration::ZERO, Duration::ZERO);
    // In turns: what the machine does besides slows down both.
    for _ in 0..rounds {
        let from = of_this_thread();
        let findings = verify(&file, key.public(), |_, _| {})?;
        ensure!(findings.signed_by_phones == many && findings.gaps.is_empty(), "{findings:?}");
        with_all += of_this_thread().saturating_sub(from);

        let from = of_this_thread();
        for (message, signature) in &bare.signed {
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &bare.key);
            key.verify(message, signature).ok().context("a signature is not good")?;
        }
        alone += of_this_thread().saturating_sub(from);
    }
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 events")]
    let checked = (many * rounds) as f64;
    Ok(Verified {
        events: many * rounds,
        log: LOG,
        per_s: checked / with_all.as_secs_f64(),
        bare_per_s: checked / alone.as_secs_f64(),
    })
}

const SEED: [u8; 32] = [0x10; 32];

/// Messages of the length of events, with their signatures.
struct Bare {
    key: [u8; 65],
    signed: Vec<(Vec<u8>, [u8; 64])>,
}

/// A phone, and a log that others write to as well.
struct Town {
    phone: PhoneId,
    identity: PhoneIdentity,
    edge: Frontier,
    nodes: HashMap<Node, Hash>,
}

impl Town {
    fn new() -> Self {
        let identity = PhoneIdentity::generate(&SystemWorld);
        Self { phone: PhoneId::new(&SystemWorld), identity, edge: Frontier::default(), nodes: HashMap::new() }
    }

    fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.edge.size();
        for (level, hash) in (0_u8..).zip(self.edge.append(leaf)) {
            self.nodes.insert(Node { level, index: index >> level }, hash);
        }
        index
    }

    fn write(&mut self, body: &Body, signed: Option<Vec<u8>>) -> ExportedEvent {
        let (salt, body) = (Salt::new(&SystemWorld), body.to_bytes());
        let index = self.append(Commitment::to(&body, &salt).leaf());
        ExportedEvent { index, salt, body, signed, proof: Vec::new() }
    }

    fn export(mut self, many: usize) -> Result<(Vec<u8>, Bare)> {
        let mut bare = Bare { key: self.identity.public().signing, signed: Vec::with_capacity(many) };
        let (mut events, mut listed, mut previous) = (Vec::new(), Vec::new(), [0; 32]);
        for sequence in 1..=many {
            let event = self.opening(u64::try_from(sequence)?, previous);
            let signed = sign(&event, &self.identity)?;
            previous = chain_hash(&signed);
            bare.signed.push((signed.clone(), self.identity.sign(&signed)));
            let told = ToldByPhone {
                proof: Some(Proof::DigitalKey),
                signed: previous,
                chained: true,
                refused: None,
            };
            let body = Body { id: event.id, stored_at: SystemWorld.now(), told: Told::ByPhone(told) };
            let written = self.write(&body, Some(signed));
            listed.push((written.index, event.id));
            events.push(written);
        }
        let contents = Contents {
            selection: Selection::Dispatch(DispatchId::new(&SystemWorld)),
            listed,
            phones: vec![(self.phone, bare.key)],
            hubs: vec![],
            names: vec![],
        };
        let own = self.write(&exported(&contents), None);
        while self.edge.size() < LOG {
            let others = self.edge.size().to_be_bytes();
            self.append(terskel_keys::log::leaf_hash(&others));
        }
        let prove = |event: ExportedEvent| {
            let plan = Plan::inclusion(event.index, LOG).context("it is in the log")?;
            let proof = plan.proof(|node| self.nodes.get(&node).copied()).context("all hashes are kept")?;
            anyhow::Ok(ExportedEvent { proof, ..event })
        };
        let export = Export {
            checkpoint: Checkpoint::of(&self.edge).sign(&LogKey::from_seed(&SEED)),
            contents,
            events: events.into_iter().map(prove).collect::<Result<_>>()?,
            own: prove(own)?,
        };
        Ok((export.to_bytes(), bare))
    }

    fn opening(&self, sequence: u64, previous: Hash) -> PhoneEvent {
        PhoneEvent {
            id: EventId::new(&SystemWorld),
            phone: self.phone,
            sequence,
            previous,
            at: SystemWorld.now(),
            clock: Some(ClockQuality::Station),
            worker: WorkerId::new(&SystemWorld),
            kind: EventKind::DoorOperated,
            dispatch: Some(DispatchId::new(&SystemWorld)),
            visit: None,
            resident: None,
            door: Some(DoorId::new(&SystemWorld)),
            operation: Some(Operation::Open),
            outcome: Some(DoorOutcome::Opened),
            reason: None,
            key: Some(KeyId::new(&SystemWorld)),
            receipt: None,
            lock: None,
            withdrawal: None,
            session: None,
        }
    }
}

/// The station's entry about the export.
fn exported(contents: &Contents) -> Body {
    let event = StationEvent {
        at: SystemWorld.now(),
        kind: EventKind::AuditExported,
        proof: Proof::Station,
        dispatch: None,
        worker: None,
        phone: None,
        door: None,
        operation: None,
        outcome: None,
        reason: None,
        key: None,
        document: Some(contents.digest()),
        permission: None,
    };
    Body { id: EventId::new(&SystemWorld), stored_at: SystemWorld.now(), told: Told::ByStation(event) }
}
