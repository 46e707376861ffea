//! The device's services as a GATT table.

use anyhow::{Context, Result, anyhow, ensure};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use terskel_locks::device::{Characteristic as Described, Service as DescribedService};
use trouble_host::prelude::{
    AttributeServer, AttributeTable, Characteristic, CharacteristicProp, DefaultPacketPool, GapConfig,
    GattConnection, Service,
};
use uuid::Uuid;

/// Attributes that the table has room for.
const ATTRIBUTES: usize = 64;

/// Values go to the device and come from it; the table never stores one.
type Value = [u8; 0];
pub(crate) type Server<'a> = AttributeServer<'a, NoopRawMutex, DefaultPacketPool, ATTRIBUTES, 1>;
pub(crate) type Connection<'stack, 'server> = GattConnection<'stack, 'server, DefaultPacketPool>;

/// The table, and which handle is what.
pub(crate) struct Gatt<'a> {
    pub(crate) server: Server<'a>,
    characteristics: Vec<Known>,
}

struct Known {
    uuid: Uuid,
    /// By notifications where it can, else by indications.
    notifies: bool,
    attribute: Characteristic<Value>,
}

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The value of one of the device's characteristics.
    Value(Uuid),
    /// Whether it is to tell of itself.
    Subscription(Uuid),
    /// Something of the host's own.
    Other,
}

impl<'a> Gatt<'a> {
    pub(crate) fn new(name: &'a str, services: &[DescribedService]) -> Result<Self> {
        let needed: usize = services.iter().map(|s| 1 + 3 * s.characteristics.len()).sum();
        ensure!(needed + 8 <= ATTRIBUTES, "more attributes than the table has room for");
        let mut table = AttributeTable::new();
        GapConfig::default(name).build(&mut table).map_err(|problem| anyhow!(problem))?;
        let mut characteristics = Vec::new();
        for service in services {
            let mut building = table.add_service(Service::new(service.uuid.as_u128()));
            for described in &service.characteristics {
                let attribute = building
                    .add_characteristic_small::<Value, _, _>(
                        described.uuid.as_u128(),
                        properties(described),
                        [],
                    )
                    .build();
                characteristics.push(Known { uuid: described.uuid, notifies: described.notify, attribute });
            }
            building.build();
        }
        Ok(Self { server: AttributeServer::new(table), characteristics })
    }

    pub(crate) fn target(&self, handle: u16) -> Target {
        for known in &self.characteristics {
            if known.attribute.handle == handle {
                return Target::Value(known.uuid);
            }
            if known.attribute.cccd_handle == Some(handle) {
                return Target::Subscription(known.uuid);
            }
        }
        Target::Other
    }

    /// Sends what the device has to say, if somebody listens.
    pub(crate) async fn tell(&self, to: &Connection<'_, '_>, uuid: Uuid, value: &[u8]) -> Result<()> {
        let known = self.characteristics.iter().find(|known| known.uuid == uuid);
        let known = known.context("the device speaks of a characteristic that it has not described")?;
        let sent = if known.notifies {
            known.attribute.notify_raw(to, value, false).await
        } else {
            known.attribute.indicate_raw(to, value, false).await
        };
        sent.map_err(|error| anyhow!("{error:?}"))
    }
}

fn properties(described: &Described) -> u8 {
    let all = [
        (described.write, CharacteristicProp::Write),
        (described.write_without_response, CharacteristicProp::WriteWithoutResponse),
        (described.notify, CharacteristicProp::Notify),
        (described.indicate, CharacteristicProp::Indicate),
    ];
    all.into_iter().filter(|(has, _)| *has).fold(0, |sum, (_, property)| sum | property as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_described_characteristic_has_its_handles() {
        let (spoken_to, speaks) = (Uuid::from_u128(2), Uuid::from_u128(3));
        let characteristics = vec![
            Described { uuid: spoken_to, write: true, ..Described::default() },
            Described { uuid: speaks, indicate: true, ..Described::default() },
        ];
        let services = [DescribedService { uuid: Uuid::from_u128(1), characteristics }];
        let gatt = Gatt::new("lock", &services).unwrap();
        let targets: Vec<Target> = (0..20).map(|handle| gatt.target(handle)).collect();
        let ours: Vec<Target> = targets.into_iter().filter(|t| *t != Target::Other).collect();
        assert_eq!(ours, [Target::Value(spoken_to), Target::Value(speaks), Target::Subscription(speaks)]);
    }
}
