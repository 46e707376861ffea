//! DeviceGetInformation 2.2 (7.4). The request is empty; the result:
//!
//! | field | form |
//! | --- | --- |
//! | product | varint |
//! | hardware version | three varints |
//! | firmware version | three varints |
//! | firmware identifier | UTF-8, ends with `00` |

use super::{Command, varint};

/// What a Danalock V3 calls its firmware by.
const FAMILIAR: &str = "DanalockV3";

/// What the lock says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Information {
    pub(crate) product: u32,
    pub(crate) hardware: [u32; 3],
    pub(crate) firmware: [u32; 3],
    pub(crate) identifier: String,
}

impl Information {
    pub(crate) fn request() -> Vec<u8> {
        Command::INFORMATION.request(&[])
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let numbers = [&[self.product][..], &self.hardware, &self.firmware].concat();
        let mut bytes: Vec<u8> = numbers.into_iter().flat_map(varint::encode).collect();
        bytes.extend(self.identifier.bytes());
        bytes.push(0);
        bytes
    }

    pub(crate) fn decode(mut payload: &[u8]) -> Option<Self> {
        let mut numbers = [0; 7];
        for number in &mut numbers {
            (*number, payload) = varint::decode(payload)?;
        }
        let [product, h1, h2, h3, f1, f2, f3] = numbers;
        let end = payload.iter().position(|byte| *byte == 0)?;
        let identifier = String::from_utf8_lossy(payload.get(..end)?).into_owned();
        Some(Self { product, hardware: [h1, h2, h3], firmware: [f1, f2, f3], identifier })
    }

    /// `1.2.3`.
    pub(crate) fn firmware_version(&self) -> String {
        let [major, minor, revision] = self.firmware;
        format!("{major}.{minor}.{revision}")
    }

    /// It is a make that this driver was written for.
    pub(crate) fn is_familiar(&self) -> bool {
        self.identifier.starts_with(FAMILIAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vectors_of_13_4() {
        assert_eq!(Information::request(), [1, 2, 2]);
        let bytes = hex("0304010701020344616e616c6f636b56335f3130312d3032355f44315f312e322e335f3230393930
                         31303131323030303000");
        let information = Information {
            product: 3,
            hardware: [4, 1, 7],
            firmware: [1, 2, 3],
            identifier: "DanalockV3_101-025_D1_1.2.3_20990101120000".into(),
        };
        assert_eq!(information.encode(), bytes);
        assert_eq!(Information::decode(&bytes), Some(information.clone()));
        assert_eq!(Information::decode(&bytes[..bytes.len() - 1]), None, "not terminated");
        assert!(information.is_familiar() && information.firmware_version() == "1.2.3");
    }
}
