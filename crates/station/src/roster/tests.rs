//! Homes that come, change, go to another team and go altogether, as a phone hears of them page by page.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::roster::RosterPage;
use terskel_model::world::ManualWorld;
use terskel_model::{ResidentId, TeamId, Timestamp};

use super::{changed, page};
use crate::app::{App, Shared};
use crate::db::Write;
use crate::problem::Failure;
use crate::station::{Config, open};

/// A statement, and whose home it changes.
struct Sql(String, Vec<ResidentId>);

impl Write for Sql {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::raw_sql(AssertSqlSafe(self.0.clone())).execute(&mut *tx).await?;
        for resident in &self.1 {
            changed(app.now(), tx, *resident).await?;
        }
        Ok(())
    }
}

/// A station with two teams, and Ada's phone in the first.
struct Scene {
    app: Shared,
    world: Arc<ManualWorld>,
    vest: TeamId,
    ost: TeamId,
    cursor: Option<String>,
    /// What the phone has: address by resident.
    has: BTreeMap<ResidentId, String>,
    _directory: tempfile::TempDir,
}

impl Scene {
    async fn set() -> Self {
        let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 7));
        let directory = tempfile::tempdir().unwrap();
        let app = open(&Config::new(directory.path().to_owned()), world.clone()).await.unwrap();
        let (vest, ost) = (TeamId::new(&*world), TeamId::new(&*world));
        let teams = format!(
            "INSERT INTO teams (id, code, name, created_ms) VALUES ('{vest}', 'VEST', 'Vest', 0), ('{ost}', 'OST', 'Øst', 0)"
        );
        app.write(&Sql(teams, Vec::new())).await.unwrap();
        Self { app, world, vest, ost, cursor: None, has: BTreeMap::new(), _directory: directory }
    }

    async fn change(&self, sql: String, homes: &[ResidentId]) {
        self.app.write(&Sql(sql, homes.to_vec())).await.unwrap();
    }

    async fn move_in(&self, many: usize) -> Vec<ResidentId> {
        let homes: Vec<_> = (0..many).map(|_| ResidentId::new(&*self.world)).collect();
        let row = |(n, id): (usize, &ResidentId)| {
            format!("('{id}', '{id}', '{}', 'Kari', 'Nordmann', 'Storgata {n}', 'Bergen', 0)", self.vest)
        };
        let rows: Vec<_> = homes.iter().enumerate().map(row).collect();
        let columns = "id, number, team_id, first_name, last_name, address, town, created_ms";
        self.change(format!("INSERT INTO residents ({columns}) VALUES {}", rows.join(", ")), &homes).await;
        homes
    }

    async fn page(&mut self, team: TeamId) -> RosterPage {
        let mut reader = self.app.reader().await.unwrap();
        let page = page::read(team, self.cursor.as_deref(), &mut reader).await.unwrap();
        self.cursor = Some(page.cursor.clone());
        if page.anew {
            self.has.clear();
        }
        self.has.extend(page.homes.iter().map(|h| (h.resident.id, h.resident.address.clone())));
        for gone in &page.removed {
            self.has.remove(gone);
        }
        page
    }
}

#[tokio::test]
async fn a_phone_that_follows_has_the_homes_that_there_are_and_no_other() {
    let mut scene = Scene::set().await;
    let vest = scene.vest;
    let homes = scene.move_in(450).await;
    let first = scene.page(vest).await;
    assert_eq!((first.anew, first.more, first.total, first.homes.len()), (true, true, 450, 200));
    // While the phone is on its way through the pages, one that it has changes, and one moves out.
    let street = format!("UPDATE residents SET address = 'Lillegata 1' WHERE id = '{}'", homes[0]);
    scene.change(street, &homes[..1]).await;
    scene.change(format!("DELETE FROM residents WHERE id = '{}'", homes[1]), &homes[1..2]).await;
    let second = scene.page(vest).await;
    assert_eq!((second.anew, second.more, second.total), (false, true, 449));
    let last = scene.page(vest).await;
    assert_eq!((last.more, last.homes.len(), &last.removed[..]), (false, 51, &homes[1..2]));
    assert_eq!((scene.has.len(), scene.has[&homes[0]].as_str()), (449, "Lillegata 1"));
    let quiet = scene.page(vest).await;
    assert_eq!((quiet.cursor, quiet.anew, quiet.homes.len()), (last.cursor, false, 0));

    let ost = scene.ost;
    scene
        .change(format!("UPDATE residents SET team_id = '{ost}' WHERE id = '{}'", homes[2]), &homes[2..3])
        .await;
    assert_eq!(scene.page(vest).await.removed, homes[2..3]);
    // The worker goes to the other team.
    let theirs = scene.page(ost).await;
    assert!(theirs.anew && scene.has.keys().eq([&homes[2]]));
}

#[tokio::test]
async fn a_cursor_from_elsewhere_or_from_too_long_ago_begins_anew() {
    let mut scene = Scene::set().await;
    let vest = scene.vest;
    let homes = scene.move_in(3).await;
    for odd in ["", "x", "1", &format!("{vest}."), &format!("{vest}.9"), &format!("{}.1", scene.ost)] {
        scene.cursor = Some(odd.to_owned());
        let page = scene.page(vest).await;
        assert!(page.anew && page.homes.len() == 3, "{odd}");
    }
    let before = scene.cursor.clone();
    for gone in &homes[..2] {
        scene.change(format!("DELETE FROM residents WHERE id = '{gone}'"), &[*gone]).await;
        scene.world.forward(Duration::from_secs(3 * 24 * 3600));
    }
    // The first is forgotten since the second went.
    let here = scene.page(vest).await;
    assert!(here.anew && scene.has.keys().eq([&homes[2]]));
    scene.cursor = before;
    assert!(scene.page(vest).await.anew);
}
