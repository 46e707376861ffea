//! The welfare hub: check-in and check-out, an open protocol of Terskel's own. `docs/hub-protocol.md` has the byte
//! tables, the vectors, and what the protocol does not promise.

use ring::digest::{SHA256, digest};
use terskel_model::HubId;
use uuid::{Uuid, uuid};

pub mod device;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod message;
pub mod phone;
mod presence;
mod refusal;
pub mod station_keys;
#[cfg(test)]
mod tests;

pub use refusal::HubRefusal;

/// The hub's primary service.
pub const SERVICE: Uuid = uuid!("84985b00-b6be-4251-a54f-995c13875376");
/// Where the phone writes requests (write command).
pub const REQUEST: Uuid = uuid!("9739814d-50ea-4d33-bdd9-576e986601a9");
/// Where the hub notifies challenges and answers.
pub const ANSWER: Uuid = uuid!("1e54e3de-6cce-46e8-baa1-cf2a3f5a9298");
/// Company id in the manufacturer data: the one that the Bluetooth SIG leaves to tests and unregistered makers.
pub const COMPANY: u16 = 0xffff;
/// Version of the protocol, in advertisements, challenges and requests.
pub const VERSION: u8 = 1;

/// How a phone tells hubs apart before it connects: the first 8 bytes of SHA-256 of the hub id (16 bytes).
#[must_use]
pub fn advertised_tag(hub: HubId) -> [u8; 8] {
    let mut tag = [0; 8];
    tag.copy_from_slice(&digest(&SHA256, hub.0.as_bytes()).as_ref()[..8]);
    tag
}

/// The manufacturer data of this hub: [`VERSION`] ‖ [`advertised_tag`], 9 bytes.
#[must_use]
pub fn manufacturer_data(hub: HubId) -> Vec<u8> {
    let mut data = vec![VERSION];
    data.extend(advertised_tag(hub));
    data
}
