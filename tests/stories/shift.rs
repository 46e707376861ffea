//! The beginning of every story: station, street, and two workers on shift.

use anyhow::Result;
use terskel_companion::interface::{Intent, Outcome};
use terskel_model::{DispatchId, DoorId, LockId};
use terskel_tests::stage::town::{ADA, BO};
use terskel_tests::stage::{Phone, Stage};
use terskel_tests::story::visit;

/// Kari Nordmann's number.
pub(crate) const KARI: &str = "1001";

/// Everybody is at their place.
pub(crate) struct Shift {
    pub(crate) stage: Stage,
    pub(crate) ada: Phone,
    pub(crate) bo: Phone,
}

impl Shift {
    pub(crate) async fn begin() -> Result<Self> {
        Self::begin_on(Stage::set("demo", None).await?).await
    }

    /// Each phone has a network of its own, which can fail.
    pub(crate) async fn begin_out() -> Result<Self> {
        Self::begin_on(Stage::set_out("demo", None).await?).await
    }

    /// And the station has a name there, and a certificate.
    pub(crate) async fn begin_out_with_names() -> Result<Self> {
        Self::begin_on(Stage::set_out_with_names("demo", None).await?).await
    }

    async fn begin_on(stage: Stage) -> Result<Self> {
        let (ada, bo) = (stage.phone("Ada").await?, stage.phone("Bo").await?);
        for (phone, person) in [(&ada, ADA), (&bo, BO)] {
            stage.enrol(phone, person.name).await?;
            stage.sign_in(phone, person).await?;
        }
        Ok(Self { stage, ada, bo })
    }

    /// Kari presses her alarm and Ada accepts.
    pub(crate) async fn ada_is_on_her_way(&self) -> Result<DispatchId> {
        let dispatch = self.stage.alarm(KARI, "on-her-way").await?.id;
        visit::alert(&self.ada, dispatch).await?;
        visit::done(&self.ada, Intent::Accept { dispatch }).await?;
        Ok(dispatch)
    }

    /// Kari's doors in order, each with its lock.
    pub(crate) fn doors(&self) -> Result<Vec<(DoorId, LockId)>> {
        let doors = &self.stage.resident(KARI)?.doors;
        Ok(doors.iter().filter_map(|door| Some((door.id, door.lock.as_ref()?.id))).collect())
    }

    /// How often the bolt of a lock has really moved, told by the lock.
    pub(crate) async fn bolt(&self, lock: LockId) -> Result<Vec<String>> {
        Ok(self.stage.air.device(lock.0).await?.movements.into_iter().map(|moved| moved.what).collect())
    }

    /// Ada slides; outcome and reason.
    pub(crate) async fn ada_slides(
        &self,
        dispatch: DispatchId,
        door: DoorId,
    ) -> Result<(String, Option<String>)> {
        match self.ada.must(&Intent::OpenDoor { dispatch, door }).await? {
            Outcome::Door { result } => Ok((result.outcome, result.reason)),
            Outcome::Done | Outcome::Code { .. } => anyhow::bail!("a slide has an outcome"),
        }
    }

    /// Everybody goes home, and every program ends as it should.
    pub(crate) async fn end(self) -> Result<()> {
        self.ada.stop().await?;
        self.bo.stop().await?;
        self.stage.clear().await
    }
}
