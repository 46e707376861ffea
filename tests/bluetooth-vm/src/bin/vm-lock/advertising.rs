//! The device's advertisement in the 31 bytes of an advertising packet and the 31 of its scan response.

use anyhow::{Result, anyhow};
use terskel_locks::device::Advertisement;
use trouble_host::prelude::{AdStructure, BR_EDR_NOT_SUPPORTED, LE_GENERAL_DISCOVERABLE};

/// What a packet holds.
const ROOM: usize = 31;

/// Data of a service with a 128-bit UUID.
const SERVICE_DATA_128: u8 = 0x21;

/// The two packets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Packets {
    pub(crate) advertisement: Vec<u8>,
    pub(crate) scan_response: Vec<u8>,
}

impl Packets {
    /// The name goes into the scan response; what does not fit beside the rest goes there too.
    pub(crate) fn of(advertisement: &Advertisement) -> Result<Self> {
        let services: Vec<[u8; 16]> =
            advertisement.services.iter().map(|uuid| little_endian(*uuid)).collect();
        let mut structures = vec![AdStructure::Flags(LE_GENERAL_DISCOVERABLE | BR_EDR_NOT_SUPPORTED)];
        if let Some((company, data)) = &advertisement.manufacturer {
            let (company_identifier, payload) = (*company, data.as_slice());
            structures.push(AdStructure::ManufacturerSpecificData { company_identifier, payload });
        }
        if !services.is_empty() {
            structures.push(AdStructure::CompleteServiceUuids128(&services));
        }
        let service_data = advertisement.service_data.as_ref();
        let service_data = service_data.map(|(uuid, data)| [&little_endian(*uuid), data.as_slice()].concat());
        if let Some(data) = &service_data {
            structures.push(AdStructure::Unknown { ty: SERVICE_DATA_128, data });
        }
        let name = AdStructure::CompleteLocalName(advertisement.name.as_bytes());
        let mut packets = Self { scan_response: encode(&name)?, ..Self::default() };
        for structure in &structures {
            packets.place(encode(structure)?)?;
        }
        Ok(packets)
    }

    fn place(&mut self, bytes: Vec<u8>) -> Result<()> {
        let mut packets = [&mut self.advertisement, &mut self.scan_response].into_iter();
        let packet = packets.find(|packet| packet.len() + bytes.len() <= ROOM);
        packet.ok_or_else(|| anyhow!("more to advertise than there is room for"))?.extend(bytes);
        Ok(())
    }
}

fn encode(structure: &AdStructure<'_>) -> Result<Vec<u8>> {
    let mut room = [0; ROOM];
    let length = AdStructure::encode_slice(std::slice::from_ref(structure), &mut room);
    let length = length.map_err(|error| anyhow!("too long to advertise: {error:?}"))?;
    Ok(room.iter().take(length).copied().collect())
}

fn little_endian(uuid: uuid::Uuid) -> [u8; 16] {
    uuid.as_u128().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_name_is_in_the_scan_response_and_the_rest_where_there_is_room() {
        let advertisement = Advertisement {
            name: "lock".into(),
            services: vec![Uuid::from_u128(1)],
            manufacturer: Some((0x0a11, vec![7; 8])),
            service_data: None,
        };
        let packets = Packets::of(&advertisement).unwrap();
        assert_eq!(packets.advertisement[..7], [2, 1, 6, 11, 0xff, 0x11, 0x0a]);
        assert_eq!(packets.advertisement.len(), 3 + 12);
        assert_eq!(packets.scan_response[..6], [5, 9, b'l', b'o', b'c', b'k']);
        assert_eq!(packets.scan_response.len(), 6 + 18);
    }

    #[test]
    fn too_much_is_refused() {
        let services = (0..4).map(Uuid::from_u128).collect();
        assert!(Packets::of(&Advertisement { services, ..Advertisement::default() }).is_err());
    }
}
