//! The registry of lock families: all that the rest of the house knows of a make of lock.
//!
//! A family is one folder with its protocol's two halves and a `family.rs` that implements [`Family`], and one line in
//! [`FAMILIES`]. `docs/adding-a-lock.md` says how.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::door::LockFamily;
use terskel_model::{Entropy, Timestamp, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::device::Device;
use crate::install::Install;
use crate::lock::{LockCommand, LockEvent, LockState};
use crate::session::Session;

/// Families, in any order; each name once.
pub type Families = &'static [&'static dyn Family];

/// Every family that this build knows.
pub static FAMILIES: Families = &[&crate::danalock::Danalock, &crate::dkey::Dkey, &crate::nuki::Nuki];

/// The family of that name, if it is known.
#[must_use]
pub fn find(families: Families, name: &LockFamily) -> Option<&'static dyn Family> {
    families.iter().copied().find(|family| family.name() == name.as_str())
}

/// A make of lock.
pub trait Family: Send + Sync {
    /// As it is stored and sent: lower case, a few letters.
    fn name(&self) -> &'static str;
    /// What its locks can enforce and prove; nothing, where nobody says otherwise.
    fn guarantees(&self) -> Guarantees {
        Guarantees::NONE
    }
    /// When its locks need looking after.
    fn care(&self) -> Care {
        Care { battery_low_percent: 20, battery_critical_percent: 10 }
    }
    /// How long a session may be held ready with nothing asked of it. Then the phone lets go for a while: the lock's
    /// battery wears, and another phone may be waiting.
    fn hold(&self) -> Duration {
        Duration::from_secs(20)
    }
    /// What its locks send to everybody.
    fn listen(&self) -> Listen;
    /// Is it this lock that was heard? By address, or by the id that it advertises as its name where the platform hides
    /// addresses.
    fn recognises(&self, lock: &LockPlace<'_>, heard: &Heard<'_>) -> bool {
        heard.is_at(lock.address) || heard.is_called(lock.device_id)
    }
    /// Something that reads the state of one lock out of what it sends to everybody; `None` where nothing can be read.
    fn eavesdropper(&self, _lock: &LockPlace<'_>, _credential: &[u8]) -> Option<Box<dyn Eavesdropper>> {
        None
    }
    /// Could a lock of this family be called so, and have such a credential?
    ///
    /// # Errors
    /// [`Invalid`] names what could not.
    fn check(&self, device_id: &str, credential: &[u8]) -> Result<(), Invalid>;
    /// The credential held to a certificate that the lock has shown ([`LockEvent::FirstSeen`]): from then on it must be
    /// that one. `None` where the family knows no such thing, or the credential is held to one already.
    fn pinned(&self, _credential: &[u8], _fingerprint: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }
    /// The phone's half of a connection to that lock.
    ///
    /// # Errors
    /// As [`Self::check`].
    fn open(&self, lock: &LockPlace<'_>, credential: &[u8], visitor: Visitor) -> Result<BoxSession, Invalid>;
    /// How its locks are installed; `None` where that takes their vendor.
    fn install(&self) -> Option<&'static dyn Install> {
        None
    }
    /// A lock for the simulator.
    ///
    /// # Errors
    /// [`Invalid`] names the part of the setup that this family does not take.
    fn simulate(&self, setup: Setup, entropy: Arc<dyn Entropy>) -> Result<Simulated, Invalid>;
}

/// The phone's half of a connection to some lock.
pub type BoxSession = Box<dyn Session<Command = LockCommand, Event = LockEvent> + Send>;

/// Something wrong with what one was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct Invalid {
    /// `device_id`, `credential`, or the part of a [`Setup`].
    pub field: &'static str,
    /// What is wrong with it, to be read after the field's name. Never shows a secret.
    pub problem: String,
}

impl Invalid {
    /// `field` is wrong in this way.
    #[must_use]
    pub fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// What the locks of a family can enforce and prove (design law 8). Shown to the team lead: no promise that the lock
/// does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guarantees {
    /// Who sees to it that a digital key opens only in its time.
    pub window: Window,
    /// The lock proves who it is before the phone commands it.
    pub lock_authenticated: bool,
    /// The lock tells whether its bolt is thrown.
    pub state_reported: bool,
    /// The lock keeps a log that a phone can bring home.
    pub log_readable: bool,
    /// The lock has a clock that a phone can set.
    pub clock_set: bool,
}

impl Guarantees {
    /// None at all: the phone alone keeps the time.
    pub const NONE: Self = Self {
        window: Window::Phone,
        lock_authenticated: false,
        state_reported: false,
        log_readable: false,
        clock_set: false,
    };
}

/// Who enforces the time in which a digital key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The phone alone: the lock knows no time.
    Phone,
    /// The phone; beyond it the lock refuses at the end of its vendor's longer-lived token.
    PhoneThenToken,
    /// The phone; the lock too where an entry with the key's own window has been written into it.
    PhoneOrEntry,
}

impl Window {
    /// As it is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::PhoneThenToken => "phone_then_token",
            Self::PhoneOrEntry => "phone_or_entry",
        }
    }
}

/// When a lock of the family needs looking after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Care {
    /// At or below this the battery is to be changed soon, 0–100 %.
    pub battery_low_percent: u8,
    /// At or below this it may fail any day, 0–100 %.
    pub battery_critical_percent: u8,
}

/// What to listen for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listen {
    /// Service UUIDs.
    pub services: Vec<Uuid>,
    /// Company ids in manufacturer data.
    pub companies: Vec<u16>,
}

/// How the station describes a lock to whoever looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockPlace<'a> {
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`; of no use where the family changes it.
    pub address: &'a str,
    /// The id that the lock itself tells, in the family's way of writing.
    pub device_id: &'a str,
}

/// An advertisement, as far as the platform tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard<'a> {
    /// Bluetooth address; Apple's systems do not tell it.
    pub address: Option<&'a str>,
    /// Local name.
    pub name: Option<&'a str>,
    /// Service UUIDs.
    pub services: &'a [Uuid],
    /// Company ids and data.
    pub manufacturer: &'a [(u16, Vec<u8>)],
}

impl Heard<'_> {
    /// Has it this address? Upper and lower case are the same.
    #[must_use]
    pub fn is_at(&self, address: &str) -> bool {
        !address.is_empty() && self.address.is_some_and(|heard| heard.eq_ignore_ascii_case(address))
    }

    /// Is this its name? Upper and lower case are the same.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && self.name.is_some_and(|heard| heard.eq_ignore_ascii_case(name))
    }

    /// The manufacturer data of one company.
    #[must_use]
    pub fn from_company(&self, company: u16) -> Option<&[u8]> {
        self.manufacturer.iter().find(|(id, _)| *id == company).map(|(_, data)| data.as_slice())
    }
}

/// Reads the state of one lock out of what it sends to everybody.
pub trait Eavesdropper: Send {
    /// What this advertisement says; `None` where it says nothing, nothing new, or is not this lock's.
    fn hear(&mut self, heard: &Heard<'_>) -> Option<LockState>;
}

/// Who stands before the lock, and what they bring.
#[derive(Clone)]
pub struct Visitor {
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
    /// What the phone's two clocks showed at the same moment, to know the time of day from the uptime.
    pub clocks: (Timestamp, Uptime),
    /// A short name for the lock's own log, where it keeps one.
    pub name: String,
}

impl Visitor {
    /// The time of day at an uptime.
    #[must_use]
    pub fn wall(&self, now: Uptime) -> Timestamp {
        let (wall, at) = self.clocks;
        if now >= at { wall + (now - at) } else { wall - (at - now) }
    }
}

/// What a street says of a lock.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Its own id, in the family's way of writing.
    pub device_id: String,
    /// The door's name.
    pub name: String,
    /// Is the bolt thrown?
    pub locked: bool,
    /// Battery, 0–100 %.
    pub battery_percent: u8,
    /// 32 bytes from which everything secret of this lock is derived, where the family has more secrets than
    /// `credential` says.
    pub seed: Option<Zeroizing<[u8; 32]>>,
    /// A credential that it knows already, where the family lets one be chosen.
    pub credential: Option<Zeroizing<Vec<u8>>>,
    /// The family's own settings, by name.
    pub options: std::collections::BTreeMap<String, String>,
}

/// A simulated lock with what belongs to it.
pub struct Simulated {
    /// The device's half.
    pub device: Box<dyn Device>,
    /// What a station is told of an installed lock: it opens it. `None`: nobody has been let in yet.
    pub credential: Option<Zeroizing<Vec<u8>>>,
    /// What any client needs to get in, by name: printed on the lock's card, or given out by its vendor's key
    /// service. In simulated locks alone.
    pub card: Vec<(&'static str, String)>,
    /// It changes its Bluetooth address now and then.
    pub changes_address: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_a_name_of_its_own_and_sane_limits() {
        for (n, family) in FAMILIES.iter().enumerate() {
            let name = family.name();
            assert!(name.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
            assert!(FAMILIES[..n].iter().all(|other| other.name() != name), "{name} twice");
            assert!(family.care().battery_critical_percent <= family.care().battery_low_percent, "{name}");
            assert!(family.hold() >= Duration::from_secs(5), "{name}");
            assert!(
                family.check("", &[]).is_err() && family.check("nonsense", b"nonsense").is_err(),
                "{name}"
            );
            assert!(find(FAMILIES, &LockFamily::from(name)).is_some());
        }
        assert!(find(FAMILIES, &LockFamily::from("fax")).is_none());
    }

    #[test]
    fn the_time_of_day_follows_the_uptime() {
        let at = Uptime(Duration::from_secs(100));
        let entropy = Arc::new(terskel_model::world::ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
        let wall = Timestamp::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let visitor = Visitor { entropy, clocks: (wall, at), name: String::new() };
        let later = Duration::from_secs(7);
        assert_eq!(visitor.wall(at + later), wall + later);
        assert_eq!(visitor.wall(Uptime(at - Uptime(later))), wall - later);
    }
}
