//! The lock's half: [`SimulatedLock`], after chapter 10.
//!
//! What the specification leaves open, and is settled here:
//! - The motor runs also where the bolt stands right already; that is a movement, and its result is 0x00.
//! - A movement starts with an event and ends with the result. One that the phone leaves alone ends all the same. A
//!   command while the motor runs is answered with 0x05.
//! - A stuck mechanism is answered with 0x17 after the motor's time; the bolt has not moved, and `jammed` is recorded.
//! - A lock that has forgotten where its bolt ends answers 0x15, one with 5 % of battery or less 0x0B; neither moves.
//! - A lock that ends a session disconnects when the phone agrees, or after 6 s.
//!
//! Faults of its own, each until it is mended unless said otherwise:
//!
//! | name | effect |
//! | --- | --- |
//! | `wrong_certificate` | shows the right names, signed by somebody else |
//! | `wrong_serial_certificate` | shows another serial |
//! | `finished_0x16` | its Finished comes in a record of type handshake |
//! | `drop_result` | obeys a command to the bolt and never answers |
//! | `fin_instead_of_result` | obeys a command to the bolt and ends the session |
//! | `status_XX` | the next command to the bolt is answered so (hex), and not obeyed; once |
//! | `lose_ack` | the next acknowledgement is not sent; once |
//! | `duplicate_frames` | each data frame is sent twice |
//! | `bytewise` | one byte in each notification |

mod config;
mod faults;
mod lock;
mod mechanism;
mod obey;
mod transport;

pub use config::{FinishedIn, LockConfig, Token};
pub use lock::SimulatedLock;
