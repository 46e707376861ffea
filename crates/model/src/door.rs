//! Doors, the locks in them, and what came of trying one.

use crate::open_enum::open_enum;

open_enum! {
    /// Which door on the way in.
    DoorKind {
        /// The building's own door, shared with the neighbours.
        Stairwell = "stairwell",
        /// The resident's own door.
        Flat = "flat",
    }
}

/// The make of an electronic lock: the name under which its protocol stands in the registry of families
/// (`locks::family`). A name that this version does not know is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct LockFamily(String);

impl LockFamily {
    /// The text that is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for LockFamily {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for LockFamily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

open_enum! {
    /// What a worker asks of a lock, and what a digital key allows.
    Operation {
        /// Unlock, so that the door can be opened.
        Open = "open",
        /// Throw the bolt.
        Lock = "lock",
    }
}

open_enum! {
    /// What came of an operation at a door. Never better than the lock itself has said (design law 5).
    DoorOutcome {
        /// The lock reported that it is unlocked.
        Opened = "opened",
        /// The lock reported that the bolt is thrown.
        Locked = "locked",
        /// The lock, or the phone's check of the key, said no; or the command was never sent. The bolt did not move.
        Refused = "refused",
        /// The command was sent and no answer came: the bolt may or may not have moved.
        Unsure = "unknown",
    }
}

open_enum! {
    /// How a worker passed a door without asking its lock.
    PassReason {
        /// It stood open, or was not locked.
        OpenAlready = "open_already",
        /// Somebody inside opened.
        LetIn = "let_in",
        /// With the metal key.
        PhysicalKey = "physical_key",
        /// With the door's code.
        DoorCode = "door_code",
    }
}

open_enum! {
    /// Why a door did not open. The phone words it, with what to do now.
    DoorReason {
        /// Not seen within the time for looking.
        NotFound = "not_found",
        /// Seen, but it did not answer a connection: asleep, or too far.
        NoAnswer = "no_answer",
        /// The link broke before the command was sent.
        LinkLost = "link_lost",
        /// The link broke, or the lock fell silent, after the command was sent.
        Interrupted = "interrupted",
        /// The lock does not know this key.
        KeyRejected = "key_rejected",
        /// The digital key is outside its time.
        KeyExpired = "key_expired",
        /// No digital key for this door, or one that does not verify.
        NoKey = "no_key",
        /// The vendor of the lock gives the station nothing to make a digital key of.
        VendorSilent = "vendor_silent",
        /// The digital key was taken away.
        KeyWithdrawn = "key_withdrawn",
        /// The digital key was for once, and that is done.
        KeyUsed = "key_used",
        /// The mechanism is stuck: hold the door in or pull it, and try again.
        Jammed = "jammed",
        /// The lock answered with an error of its own.
        LockError = "lock_error",
        /// Bluetooth is off on the phone.
        BluetoothOff = "bluetooth_off",
        /// The phone has no Bluetooth adapter, or it is gone.
        BluetoothGone = "bluetooth_gone",
        /// The lock does not know where its bolt ends: somebody has to calibrate it.
        NotCalibrated = "not_calibrated",
        /// The lock's battery is too weak to move the bolt.
        BatteryEmpty = "battery_empty",
        /// The lock is busy with another movement, or another phone has it.
        LockBusy = "lock_busy",
        /// The lock itself says that it is not the time for this key.
        LockNotNow = "lock_not_now",
        /// The lock speaks a version of its protocol that this app does not.
        Unsupported = "unsupported",
        /// The device that answered is not the lock it should be.
        WrongDevice = "wrong_device",
    }
}
