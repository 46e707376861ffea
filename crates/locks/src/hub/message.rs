//! The messages of the protocol, a pure encode and decode pair each. `docs/hub-protocol.md` has the byte tables.

use ring::digest::{SHA256, digest};
use terskel_keys::receipt::{self, Direction};
use terskel_model::{DispatchId, HubId};
use uuid::Uuid;

use super::{HubRefusal, VERSION};

/// 16 random bytes of the hub, for one request.
pub(super) type Challenge = [u8; 16];

const DOMAIN: &[u8] = b"terskel/hub-request/1";
const CHALLENGE: u8 = 0x01;
const RECEIPT: u8 = 0x02;
const REFUSED: u8 = 0x03;
/// A request of the version alone: the phone has heard no challenge and asks for it.
pub(super) const CALL: [u8; 1] = [VERSION];
/// Version, direction, visit.
const HEAD: usize = 18;
const SIGNATURE: usize = 64;

/// What the phone asks for.
///
/// | offset | length | field |
/// | --- | --- | --- |
/// | 0 | 1 | version, 1 |
/// | 1 | 1 | direction: 1 in, 2 out |
/// | 2 | 16 | visit (dispatch id) |
/// | 18 | n | badge |
/// | 18 + n | 64 | ES256 signature by the badge's key over [`signed_bytes`] |
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) direction: Direction,
    pub(super) visit: DispatchId,
    pub(super) badge: Vec<u8>,
    pub(super) signature: [u8; SIGNATURE],
}

/// What the phone's signature is over: domain ‖ hub id ‖ challenge ‖ visit ‖ direction ‖ SHA-256 of the badge. The
/// hub id keeps a request from working at another hub, the challenge from working twice.
pub(super) fn signed_bytes(
    hub: HubId,
    challenge: &Challenge,
    visit: DispatchId,
    direction: Direction,
    badge: &[u8],
) -> Vec<u8> {
    let hash = digest(&SHA256, badge);
    let parts: [&[u8]; 6] =
        [DOMAIN, hub.0.as_bytes(), challenge, visit.0.as_bytes(), &[direction.to_byte()], hash.as_ref()];
    parts.concat()
}

pub(super) fn encode_request(request: &Request) -> Vec<u8> {
    let head = [VERSION, request.direction.to_byte()];
    let parts: [&[u8]; 4] = [&head, request.visit.0.as_bytes(), &request.badge, &request.signature];
    parts.concat()
}

pub(super) fn decode_request(bytes: &[u8]) -> Result<Request, HubRefusal> {
    match bytes.first() {
        Some(&VERSION) => {}
        Some(_) => return Err(HubRefusal::Unsupported),
        None => return Err(HubRefusal::Malformed),
    }
    let (head, rest) = bytes.split_at_checked(HEAD).ok_or(HubRefusal::Malformed)?;
    let (badge, signature) = rest.split_last_chunk().ok_or(HubRefusal::Malformed)?;
    Ok(Request {
        direction: Direction::from_byte(head[1]).ok_or(HubRefusal::Malformed)?,
        visit: DispatchId(Uuid::from_slice(&head[2..]).map_err(|_| HubRefusal::Malformed)?),
        badge: badge.to_vec(),
        signature: *signature,
    })
}

/// What the hub says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `01 ‖ version ‖ challenge`: after subscription, and when called for.
    Challenge { version: u8, challenge: Challenge },
    /// `02 ‖ next challenge ‖ receipt`: `keys::receipt` has the receipt's layout.
    Receipt { next: Challenge, signed: Vec<u8> },
    /// `03 ‖ reason ‖ next challenge`.
    Refused { reason: HubRefusal, next: Challenge },
}

pub(super) fn encode_answer(answer: &Answer) -> Vec<u8> {
    match answer {
        Answer::Challenge { version, challenge } => [&[CHALLENGE, *version], &challenge[..]].concat(),
        Answer::Receipt { next, signed } => [&[RECEIPT], &next[..], signed].concat(),
        Answer::Refused { reason, next } => {
            let reason = reason.to_byte().unwrap_or(0);
            [&[REFUSED, reason], &next[..]].concat()
        }
    }
}

/// `None` unless it is one of the three, to the byte.
pub(super) fn decode_answer(bytes: &[u8]) -> Option<Answer> {
    let (&kind, rest) = bytes.split_first()?;
    match kind {
        CHALLENGE => {
            let (&version, challenge) = rest.split_first()?;
            Some(Answer::Challenge { version, challenge: challenge.try_into().ok()? })
        }
        RECEIPT if rest.len() == 16 + receipt::LENGTH => {
            let (next, signed) = rest.split_first_chunk()?;
            Some(Answer::Receipt { next: *next, signed: signed.to_vec() })
        }
        REFUSED => {
            let (&reason, next) = rest.split_first()?;
            Some(Answer::Refused { reason: HubRefusal::from_byte(reason), next: next.try_into().ok()? })
        }
        _ => None,
    }
}
