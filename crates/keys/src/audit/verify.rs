//! Checks an export against the published key of a station's log, and nothing else.

use std::collections::{HashMap, HashSet};

use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::{EventId, HubId, PhoneId};

use super::chain::{Chains, Gap};
use super::export::{Contents, Export, ExportedEvent};
use super::{Body, Fault, Told, ToldByPhone};
use crate::log::{
    Checkpoint, Commitment, Hash, LogPublicKey, NoteError, verify_consistency, verify_inclusion,
};
use crate::receipt::{self, Direction};
use crate::{KeyError, event};

/// What was found in an export with which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// How the log stood.
    pub checkpoint: Checkpoint,
    /// How many events were exported.
    pub events: usize,
    /// How many of them phones have signed.
    pub signed_by_phones: usize,
    /// How many phones those are.
    pub phones: usize,
    /// How many hub receipts prove a check-in or a check-out.
    pub receipts: usize,
    /// How many events these phones have counted in between, of other visits.
    pub elsewhere: u64,
    /// Where something is missing in a phone's chain.
    pub gaps: Vec<Gap>,
}

/// An event that is what it seems to be.
#[derive(Clone, Debug)]
pub struct VerifiedEvent<'a> {
    /// Its number in the log.
    pub index: u64,
    /// What the station wrote down.
    pub body: &'a Body,
    /// What the phone has signed.
    pub signed: Option<&'a PhoneEvent>,
}

/// Reads and checks an export; shows each event to `each` when it is checked.
///
/// # Errors
/// The first [`Fault`].
pub fn verify(
    file: &[u8],
    key: &LogPublicKey,
    mut each: impl FnMut(&Contents, &VerifiedEvent<'_>),
) -> Result<Findings, Fault> {
    let export = Export::parse(file).map_err(|_| Fault::NotAnExport)?;
    let checkpoint = open(&export.checkpoint, key)?;
    check_contents(&export, &checkpoint)?;
    check_order(&export)?;
    let mut checks = Checks::of(&export.contents);
    for (exported, (_, id)) in export.events.iter().zip(&export.contents.listed) {
        let body = included(exported, *id, &checkpoint)?;
        let signed = checks.told(exported, &body)?;
        each(
            &export.contents,
            &VerifiedEvent { index: exported.index, body: &body, signed: signed.as_ref() },
        );
    }
    Ok(Findings {
        checkpoint,
        events: export.events.len(),
        signed_by_phones: checks.signed,
        phones: checks.chains.phones(),
        receipts: checks.receipts.len(),
        elsewhere: checks.chains.elsewhere,
        gaps: checks.chains.gaps,
    })
}

/// Checks that a checkpoint that somebody has kept is of the same log, as it was before or as it is later. `proof` is
/// the station's consistency proof between the two sizes.
///
/// # Errors
/// [`Fault::NotTheKeptLog`]; for the kept note itself as for the one of an export.
pub fn verify_kept(
    kept: &str,
    key: &LogPublicKey,
    checkpoint: &Checkpoint,
    proof: &[Hash],
) -> Result<Checkpoint, Fault> {
    let kept = open(kept, key)?;
    let (old, new) = if kept.size <= checkpoint.size { (&kept, checkpoint) } else { (checkpoint, &kept) };
    verify_consistency(old.size, &old.root, new.size, &new.root, proof)
        .map_err(|_| Fault::NotTheKeptLog)
        .map(|()| kept)
}

fn open(note: &str, key: &LogPublicKey) -> Result<Checkpoint, Fault> {
    Checkpoint::open(note, key).map_err(|error| match error {
        NoteError::OtherSigner(signed_by) => Fault::OtherStation { signed_by, wanted: key.name().to_owned() },
        NoteError::Malformed | NoteError::BadSignature => Fault::Checkpoint,
    })
}

/// The station's entry about the export is in the log and vouches for the list of contents.
fn check_contents(export: &Export, checkpoint: &Checkpoint) -> Result<(), Fault> {
    // Before it is known to be in the log its id is only what it seems to be, and good enough to name it.
    let id = Body::parse(&export.own.body).map_err(|_| Fault::NotAnExport)?.id;
    match included(&export.own, id, checkpoint)?.told {
        Told::ByStation(event)
            if event.kind == EventKind::AuditExported
                && event.document == Some(export.contents.digest())
                && export.own.signed.is_none() =>
        {
            Ok(())
        }
        _ => Err(Fault::Contents(id)),
    }
}

/// The events are those of the list, in its order, which is that of the log.
fn check_order(export: &Export) -> Result<(), Fault> {
    let listed = &export.contents.listed;
    if !listed.is_sorted_by(|before, after| before.0 < after.0) {
        return Err(Fault::NotAnExport);
    }
    let (mut events, mut list) = (export.events.iter(), listed.iter());
    let id_of = |index: u64| listed.iter().find(|(known, _)| *known == index).map(|(_, id)| *id);
    loop {
        match (list.next(), events.next()) {
            (None, None) => return Ok(()),
            (None, Some(event)) => return Err(Fault::Added { index: event.index }),
            (Some((index, _)), Some(event)) if event.index == *index => {}
            (Some((index, id)), found) => {
                let elsewhere = export.events.iter().any(|event| event.index == *index);
                return Err(match found.map(|event| (event.index, id_of(event.index))) {
                    Some((added, None)) => Fault::Added { index: added },
                    Some((_, Some(second))) if elsewhere => Fault::Swapped { first: *id, second },
                    _ => Fault::Removed { event: *id, index: *index },
                });
            }
        }
    }
}

fn included(exported: &ExportedEvent, id: EventId, checkpoint: &Checkpoint) -> Result<Body, Fault> {
    let (index, size) = (exported.index, checkpoint.size);
    if index >= size {
        return Err(Fault::LogCut { event: id, index, size });
    }
    let leaf = Commitment::to(&exported.body, &exported.salt).leaf();
    verify_inclusion(&leaf, index, size, &checkpoint.root, &exported.proof)
        .map_err(|_| Fault::Altered { event: id, index })?;
    Body::parse(&exported.body).ok().filter(|body| body.id == id).ok_or(Fault::Unreadable(id))
}

/// What is checked across events.
struct Checks {
    phones: HashMap<PhoneId, [u8; 65]>,
    hubs: HashMap<HubId, [u8; 32]>,
    chains: Chains,
    signed: usize,
    /// Hub and count of the receipts: a hub counts each once.
    receipts: HashSet<(HubId, u64)>,
}

impl Checks {
    fn of(contents: &Contents) -> Self {
        Self {
            phones: contents.phones.iter().copied().collect(),
            hubs: contents.hubs.iter().copied().collect(),
            chains: Chains::default(),
            signed: 0,
            receipts: HashSet::new(),
        }
    }

    /// What a phone has told was signed by it, follows in its chain, and has the receipt that it needs.
    fn told(&mut self, exported: &ExportedEvent, body: &Body) -> Result<Option<PhoneEvent>, Fault> {
        let (told, signed) = match (&body.told, &exported.signed) {
            (Told::ByStation(_), None) => return Ok(None),
            (Told::ByPhone(told), Some(signed)) => (told, signed),
            _ => return Err(Fault::Signed(body.id)),
        };
        let event = self.signed_event(signed, told, body.id)?;
        self.chains.take(&event, told)?;
        if told.proof == Some(Proof::HubReceipt) {
            self.receipt(&event).ok_or(Fault::Receipt(body.id))?;
        }
        self.signed += 1;
        Ok(Some(event))
    }

    fn signed_event(&self, signed: &[u8], told: &ToldByPhone, id: EventId) -> Result<PhoneEvent, Fault> {
        if event::chain_hash(signed) != told.signed {
            return Err(Fault::Signed(id));
        }
        match event::verify_of(signed, |phone| self.phones.get(&phone).copied()) {
            Ok(event) if event.id == id => Ok(event),
            Err(KeyError::WrongPhone) => Err(Fault::UnknownPhone(id)),
            Err(KeyError::BadSignature) => Err(Fault::PhoneSignature(id)),
            _ => Err(Fault::Signed(id)),
        }
    }

    fn receipt(&mut self, event: &PhoneEvent) -> Option<()> {
        let bytes = receipt::from_hex(event.receipt.as_deref()?).ok()?;
        let key = self.hubs.get(&receipt::peek_hub(&bytes).ok()?)?;
        let receipt = receipt::verify(&bytes, key).ok()?;
        let direction = match event.kind {
            EventKind::CheckedIn => Direction::In,
            EventKind::CheckedOut => Direction::Out,
            _ => return None,
        };
        let fits = receipt.worker == event.worker
            && receipt.phone == event.phone
            && Some(receipt.visit) == event.dispatch
            && receipt.direction == direction;
        (fits && self.receipts.insert((receipt.hub, receipt.counter))).then_some(())
    }
}
