use terskel_model::{EventId, PhoneId};

/// The first thing that is wrong with an export, in words for whoever investigates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It does not read.
    #[error("this is not an export of a station, or it was altered so that it cannot be read")]
    NotAnExport,
    /// A checkpoint of another log.
    #[error(
        "the checkpoint is of another station: it is signed by {signed_by}, the published key is that of {wanted}"
    )]
    OtherStation {
        /// Who signed it.
        signed_by: String,
        /// Whose key was given.
        wanted: String,
    },
    /// A checkpoint that the station did not sign so.
    #[error("the checkpoint was altered: the signature on it is not the station's")]
    Checkpoint,
    /// An event that the log of the checkpoint is too short for.
    #[error(
        "the log was cut: event {event} is number {index} in it, and the checkpoint is of the first {size} only"
    )]
    LogCut {
        /// Which.
        event: EventId,
        /// Its number.
        index: u64,
        /// How many entries the checkpoint's log has.
        size: u64,
    },
    /// The station's entry about the export does not vouch for the list of contents.
    #[error(
        "the list of contents was altered: it is not the one that the station wrote down when exporting (event {0})"
    )]
    Contents(EventId),
    /// An event of the list is not in the file.
    #[error(
        "event {event} was removed: it is number {index} in the log, it is listed, and it is not in the file"
    )]
    Removed {
        /// Which.
        event: EventId,
        /// Its number.
        index: u64,
    },
    /// An event in the file is not listed.
    #[error("an event was added: the file has number {index} of the log, which is not listed")]
    Added {
        /// Its number.
        index: u64,
    },
    /// Events are in another order than that of the log.
    #[error("events {first} and {second} have changed places")]
    Swapped {
        /// The one that should come first.
        first: EventId,
        /// The one that is in its place.
        second: EventId,
    },
    /// Not what is in the log.
    #[error("event {event} was altered: it is not what the log has as number {index}")]
    Altered {
        /// Which.
        event: EventId,
        /// Its number.
        index: u64,
    },
    /// In the log as it stands here, and yet not readable as an event, or as the one that is listed.
    #[error("event {0} is in the log, and cannot be read as that event")]
    Unreadable(EventId),
    /// A phone's signed event is missing, or one is there that does not belong there.
    #[error("event {0}: what the phone has signed is missing, or does not belong to it")]
    Signed(EventId),
    /// A phone whose key is not in the file.
    #[error("event {0} is signed by a phone whose key the station did not give")]
    UnknownPhone(EventId),
    /// Not the phone's signature.
    #[error("event {0}: the phone's signature is not good")]
    PhoneSignature(EventId),
    /// Does not follow on the one before it, though the station said that it does.
    #[error("event {event} does not follow on event {before}, which its phone {phone} counts just before it")]
    Chain {
        /// Which.
        event: EventId,
        /// The one before.
        before: EventId,
        /// Whose chain.
        phone: PhoneId,
    },
    /// A check-in or check-out without a good receipt of the hub for it.
    #[error("event {0}: the hub's receipt is missing, not good, of something else, or was used before")]
    Receipt(EventId),
    /// A log that does not begin with the one that somebody has kept a checkpoint of.
    #[error(
        "the log is not the one of the kept checkpoint any more: what was in it then was changed or cut off"
    )]
    NotTheKeptLog,
}
