//! Programs that are killed at any moment of the whole story, and a disk that fails: nothing is lost, nothing happens twice.
//!
//! The same seed kills after the same times; what the programs were doing then differs from run to run, as it does in life.

mod check;
mod disk;
mod kills;
mod worker;

pub use disk::{Fault, disk};
pub use kills::{phone, station};

use anyhow::Result;
use terskel_model::DispatchId;

use crate::stage::town::ADA;
use crate::stage::{Stage, until};
use crate::story::bolt_movements;
use worker::Errand;

/// Kari, behind two locks and with a hub.
const HOME: &str = "1001";
/// The whole of one evening, whatever happens.
const EVENING: std::time::Duration = std::time::Duration::from_secs(120);

/// Ada's phone, known to the station and on shift, and switched off.
///
/// # Errors
/// When phone or station refuse.
pub async fn enrolled(stage: &Stage) -> Result<()> {
    let ada = stage.phone("Ada").await?;
    stage.enrol(&ada, ADA.name).await?;
    stage.sign_in(&ada, ADA).await?;
    ada.stop().await
}

/// An alarm has been raised at Kari's.
struct Evening {
    dispatch: DispatchId,
    errand: Errand,
    /// How often the bolts had moved before.
    moved: usize,
}

impl Evening {
    /// `name`: a new one for each evening of this stage.
    async fn begin(stage: &Stage, name: &str) -> Result<Self> {
        let moved = bolt_movements(&stage.air, stage.resident(HOME)?).await?;
        let calling = async || Ok(stage.alarm(HOME, name).await.ok());
        let dispatch = until("the alarm is taken", EVENING, calling).await?.id;
        Ok(Self { dispatch, errand: Errand::new(stage, dispatch), moved })
    }

    async fn moved(&self, stage: &Stage) -> Result<usize> {
        Ok(bolt_movements(&stage.air, stage.resident(HOME)?).await? - self.moved)
    }
}
