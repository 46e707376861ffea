//! A street on the air.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use terskel_keys::AuthorityKey;
use terskel_locks::hub::station_keys::StationKeys;
use terskel_model::world::SystemWorld;
use terskel_model::{Entropy, World};
use tokio::task::JoinHandle;

use crate::air::Timing;
use crate::bluez::Bluez;
use crate::bus::PrivateBus;
use crate::control::{self, Control};
use crate::devices::{self, DeviceInfo};
use crate::street::Street;
use crate::{daemon, hex, key_service};

/// What a simulator can be started with.
#[derive(Clone, Default)]
pub struct Options {
    /// Where the directory with the bus's socket is made; the system's temporary directory if `None`.
    pub bus_dir: Option<PathBuf>,
    /// The public keys of the station that the hubs were installed for; can also be given later by
    /// `POST /authority`. Without them hubs refuse every badge.
    pub authority: StationKeys,
    /// Time and randomness; the real ones if `None`.
    pub world: Option<Arc<dyn World>>,
}

impl Options {
    /// Takes one more of the station's public keys, as 64 hex digits.
    ///
    /// # Errors
    /// It is something else.
    pub fn authority_from_hex(self, key: &str) -> anyhow::Result<Self> {
        let known = self.authority.known();
        self.authority.learn(known.iter().chain([authority_key(key)?]).collect());
        Ok(self)
    }
}

/// A public key of a station.
pub(crate) fn authority_key(digits: &str) -> anyhow::Result<AuthorityKey> {
    let key = hex::decode(digits).context("the authority's key must be 64 hex digits")?;
    Ok(AuthorityKey(*key))
}

/// The simulated vendor's key service, and the account that gets in.
#[derive(Debug, Serialize)]
pub struct KeyServiceInfo {
    /// Base URL.
    pub url: String,
    /// User name.
    pub username: String,
    /// Password of simulated locks alone.
    pub password: String,
}

/// A running street. Dropping it ends it: bus, devices and control API.
#[derive(Debug, Serialize)]
pub struct Simulator {
    /// The address of the bus: `DBUS_SYSTEM_BUS_ADDRESS` for clients.
    pub bus: String,
    /// The base URL of the control API.
    pub control: String,
    /// All devices, with what a client needs to get in.
    pub devices: Vec<DeviceInfo>,
    /// Where login tokens of Danalock locks are had, where the street has such a vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_service: Option<KeyServiceInfo>,
    #[serde(skip)]
    tasks: Vec<JoinHandle<()>>,
    #[serde(skip)]
    _bus: PrivateBus,
}

impl Simulator {
    /// Puts a street on the air.
    ///
    /// # Errors
    /// No `dbus-daemon`, no place for its socket, or a lock that its family does not take.
    pub async fn start(street: &Street, options: Options) -> anyhow::Result<Self> {
        let world = options.world.unwrap_or_else(|| Arc::new(SystemWorld));
        let entropy: Arc<dyn Entropy> = Arc::new(SharedEntropy(Arc::clone(&world)));
        let timing = Timing {
            interval: street.connection_interval,
            advertising: street.advertising_interval,
            mtu: street.mtu,
            address_lifetime: street.address_lifetime,
        };
        let bus_dir = options.bus_dir;
        let bus = tokio::task::spawn_blocking(move || PrivateBus::start(bus_dir.as_deref())).await??;
        let authority = options.authority;
        let built = devices::build(street, &authority, &entropy, bus.directory())?;
        let (devices, peripherals): (Vec<_>, Vec<_>) = built.into_iter().unzip();
        let bluez = Bluez::new(Arc::clone(&world), timing, peripherals);
        let (handle, served) = daemon::serve(bus.address(), bluez, world).await?;
        let keys = key_service::serve(street, Arc::clone(&entropy)).await?;
        let control = Control { handle, devices: devices.clone(), authority };
        let (address, controlled) = control::serve(control).await?;
        let key_service =
            keys.as_ref().zip(street.vendor_account.as_ref()).map(|((address, _), (username, password))| {
                KeyServiceInfo {
                    url: format!("http://{address}"),
                    username: username.clone(),
                    password: password.expose().clone(),
                }
            });
        let mut tasks = vec![served, controlled];
        tasks.extend(keys.map(|(_, task)| task));
        Ok(Self {
            bus: bus.address().to_owned(),
            control: format!("http://{address}"),
            devices,
            key_service,
            tasks,
            _bus: bus,
        })
    }

    /// Waits until the bus is gone, for whatever cause.
    pub async fn ended(&mut self) {
        if let Some(served) = self.tasks.first_mut() {
            let _ = served.await;
            self.tasks.remove(0);
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The randomness of a world, for devices.
struct SharedEntropy(Arc<dyn World>);

impl Entropy for SharedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}
