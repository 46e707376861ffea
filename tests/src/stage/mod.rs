//! The stage for whole-system stories: station, simulator and phones as real processes, and a town that is seeded
//! through the station's own API. The demo plays on the same stage as the tests.

mod air;
mod network;
mod phone;
mod process;
mod programs;
mod station;
pub mod town;
mod wait;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::SubsecRound as _;
use tempfile::TempDir;
use terskel_api::Secret;
use terskel_api::dispatch::{CentreDispatch, NewDispatch};
use terskel_companion::interface::Intent;
use terskel_model::Clock as _;
use terskel_model::dispatch::Cause;
use terskel_model::world::SystemWorld;
use terskel_simulator::{Resident, Street};

pub use air::{Air, DeviceReport, Movement};
pub use network::{Network, SECOND_GENERATION, Weather};
pub use phone::{KEY_FILE, Phone, PhoneOptions};
pub use process::{Launch, Process};
pub use programs::{BIN_DIR, program};
pub use station::{Client, Station, StationOptions};
use town::{ADA, BO};
pub use town::{Person, Town};
pub use wait::until;

/// Station and simulator, running, with a seeded town; phones are added by [`Stage::phone`].
#[derive(Debug)]
pub struct Stage {
    /// Who lives where.
    pub street: Street,
    /// What was set up.
    pub town: Town,
    /// The station.
    pub station: Station,
    /// The locks and hubs.
    pub air: Air,
    /// The administrator's client.
    pub admin: Client,
    /// The response centre's client.
    pub centre: Client,
    /// The response centre's token, for people who raise alarms by hand.
    pub centre_token: Secret,
    networks: Vec<(Person, Network)>,
    ui: Option<PathBuf>,
    dir: TempDir,
}

impl Stage {
    /// Sets the stage with a built-in street or a street file. `ui` is the folder of the user interface, if there shall be
    /// one: phones show its `dist`, and the station `dist-console`.
    ///
    /// # Errors
    /// When a program has not been built, does not become ready, or refuses to be set up.
    pub async fn set(street: &str, ui: Option<&Path>) -> Result<Self> {
        Self::build(street, ui, Vec::new(), Self::folder()?).await
    }

    /// As [`Self::set`], and the phones of Ada and Bo reach the station by a network each, with a weather of its own.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn set_out(street: &str, ui: Option<&Path>) -> Result<Self> {
        let networks = vec![(ADA, Network::open().await?), (BO, Network::open().await?)];
        Self::build(street, ui, networks, Self::folder()?).await
    }

    /// As [`Self::set_out`], and the station is reached by a name, which it proves by a certificate.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn set_out_with_names(street: &str, ui: Option<&Path>) -> Result<Self> {
        let dir = Self::folder()?;
        let mut networks = Vec::new();
        for person in [ADA, BO] {
            let own = dir.path().join("networks").join(person.staff_number);
            networks.push((person, Network::open_with_names(own).await?));
        }
        Self::build(street, ui, networks, dir).await
    }

    fn folder() -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("terskel-").tempdir()?)
    }

    async fn build(
        street: &str,
        ui: Option<&Path>,
        networks: Vec<(Person, Network)>,
        dir: TempDir,
    ) -> Result<Self> {
        let (console, ui) = (ui.map(|ui| ui.join("dist-console")), ui.map(|ui| ui.join("dist")));
        let public_urls = networks.iter().map(|(_, network)| network.url.clone()).collect();
        let options = StationOptions { console, public_urls, ..StationOptions::default() };
        let data = dir.path().join("station");
        let station = Station::start_with("127.0.0.1:0", &data, dir.path(), options).await?;
        networks.iter().try_for_each(|(_, network)| network.lead_to(&station.url))?;
        let admin = station.client(Some(station.token("administrator", "Stage").await?));
        let centre_token = station.token("response-centre", "Responssenter Vest").await?;
        let centre = station.client(Some(centre_token.clone()));
        let residents = Street::load(street)?;
        let town = town::seed(&admin, &residents, &SystemWorld).await?;
        let air = Air::start(street, town.authority.clone(), dir.path()).await?;
        Ok(Self { street: residents, town, station, air, admin, centre, centre_token, networks, ui, dir })
    }

    /// Switches a phone on that nobody has enrolled yet. The same name again is the same phone.
    ///
    /// # Errors
    /// When the program does not become ready.
    pub async fn phone(&self, name: &str) -> Result<Phone> {
        self.phone_under(name, &[]).await
    }

    /// As [`Self::phone`], started by another program.
    ///
    /// # Errors
    /// As [`Self::phone`].
    pub async fn phone_under(&self, name: &str, under: &[OsString]) -> Result<Phone> {
        let data = self.phone_data(name);
        std::fs::create_dir_all(&data)?;
        let env = self.network_of(name).map(Network::environment).unwrap_or_default();
        let options = PhoneOptions {
            name,
            data: &data,
            logs: self.dir.path(),
            listen: "127.0.0.1:0",
            bus: &self.air.bus,
            env: &env,
            ui: self.ui.as_deref(),
            under,
        };
        Phone::start(options).await
    }

    /// Where a phone keeps its store.
    #[must_use]
    pub fn phone_data(&self, name: &str) -> PathBuf {
        self.dir.path().join("phones").join(name.to_lowercase())
    }

    /// Where logs and stores lie until the stage is cleared.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Enrols a phone with the station.
    ///
    /// # Errors
    /// When phone or station refuse.
    pub async fn enrol(&self, phone: &Phone, name: &str) -> Result<()> {
        let code = town::enrolment_code(&self.admin, name).await?.expose().to_owned();
        let station_url = self.way_of(name).to_owned();
        let intent = Intent::Enrol { station_url, code, phone_name: name.into() };
        phone.must(&intent).await.map(drop)
    }

    /// The address by which the phone of this name reaches the station: its own network, or the first there is.
    fn way_of(&self, name: &str) -> &str {
        self.network_of(name).map_or(&self.station.url, |network| &network.url)
    }

    fn network_of(&self, name: &str) -> Option<&Network> {
        // A phone has its worker's first name.
        let own = self.networks.iter().find(|(person, _)| person.name.starts_with(name));
        own.or(self.networks.first()).map(|(_, network)| network)
    }

    /// The network of a person's phone.
    ///
    /// # Errors
    /// When the stage was set without.
    pub fn network(&self, person: Person) -> Result<&Network> {
        let found = self.networks.iter().find(|(whose, _)| whose.staff_number == person.staff_number);
        found.map(|(_, network)| network).context("the stage was set without networks")
    }

    /// Signs a worker in for the shift.
    ///
    /// # Errors
    /// When phone or station refuse.
    pub async fn sign_in(&self, phone: &Phone, person: Person) -> Result<()> {
        let intent = Intent::SignIn { staff_number: person.staff_number.into(), pin: person.pin.into() };
        phone.must(&intent).await.map(drop)
    }

    /// Chooses what unlocks the app.
    ///
    /// # Errors
    /// When the phone refuses.
    pub async fn choose_code(&self, phone: &Phone) -> Result<()> {
        phone.must(&Intent::ChooseUnlockCode { code: town::UNLOCK_CODE.into() }).await.map(drop)
    }

    /// The resident with this number.
    ///
    /// # Errors
    /// When nobody in the street has it.
    pub fn resident(&self, number: &str) -> Result<&Resident> {
        let found = self.street.residents.iter().find(|resident| resident.number == number);
        found.with_context(|| format!("no resident has the number {number}"))
    }

    /// The resident presses the alarm; the response centre calls the team out.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn alarm(&self, number: &str, reference: &str) -> Result<CentreDispatch> {
        let new = NewDispatch {
            reference: reference.into(),
            resident_number: number.into(),
            team_code: Some(town::TEAM_CODE.into()),
            cause: Cause::Button,
            raised_at: SystemWorld.now().trunc_subsecs(3),
            note: "Har falt på badet, er våken og snakker.".into(),
        };
        self.centre.dispatch(&new).await
    }

    /// Kills the station in the middle of whatever it does, and starts it again at the same address.
    ///
    /// # Errors
    /// When it does not become ready again.
    pub async fn restart_station(self) -> Result<Self> {
        let station = self.station.kill_and_restart().await?;
        Ok(Self { station, ..self })
    }

    /// Ends station and simulator in order. Phones are stopped by whoever has them, before.
    ///
    /// # Errors
    /// When one does not end as it should.
    pub async fn clear(self) -> Result<()> {
        self.air.stop().await?;
        self.station.stop().await
    }
}
