//! Ids: UUIDs of version 7, a type each, so that a resident's id does not fit where a worker's is wanted.

use crate::world::{World, random};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id that sorts by the time it was made.
            #[must_use]
            pub fn new(world: &(impl World + ?Sized)) -> Self {
                Self(version_7(world))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A group of workers that is dispatched together.
    TeamId
    /// A person with a staff number and a PIN.
    WorkerId
    /// A time on duty of one worker in one team.
    ShiftId
    /// An enrolled phone.
    PhoneId
    /// A sign-in of a worker on a phone.
    SessionId
    /// The person living at home who has the service.
    ResidentId
    /// A door on the way in.
    DoorId
    /// The electronic lock in a door; what a digital key is for.
    LockId
    /// A welfare hub in a home.
    HubId
    /// A call-out of a team for an alarm. Also names the visit that follows.
    DispatchId
    /// A team lead's standing decision on who may open what, and when.
    PermissionId
    /// A digital key.
    KeyId
    /// Another organisation whose people are let in: the fire service, say.
    OrganisationId
    /// An opening in an emergency that nobody had permitted.
    BreakGlassId
    /// An order to a phone to wipe digital keys.
    WithdrawalId
    /// An audit event.
    EventId
    /// A credential of a machine: a response centre or an administrator's tool.
    TokenId
}

/// RFC 9562 §5.7: 48 bits of milliseconds, then random bits.
fn version_7(world: &(impl World + ?Sized)) -> uuid::Uuid {
    let millis = u64::try_from(world.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random::<10>(world)).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ManualWorld;

    #[test]
    fn ids_sort_by_time_and_survive_text() {
        let world = ManualWorld::new(crate::Timestamp::from_timestamp_millis(1_700_000_000_000).unwrap(), 1);
        let first = DoorId::new(&world);
        world.forward(std::time::Duration::from_millis(1));
        let second = DoorId::new(&world);
        assert!(first < second);
        assert_eq!(first.to_string().parse::<DoorId>().unwrap(), first);
        assert_eq!(first.0.get_version_num(), 7);
    }
}
