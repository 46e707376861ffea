//! Ada leads the team, and decides on her phone who gets in.

use std::time::Duration;

use terskel_api::team::{TeamPhone, TeamWorker};
use terskel_model::permission::{Term, What, Who};
use terskel_model::{Clock as _, PermissionId, PhoneId, ResidentId, WorkerId};
use tokio::time::sleep;

use crate::interface::{AccessView, Intent, Outcome, Problem};
use crate::testing::{Home, Mood};

/// Ada's phone, Kari's home in the team's list, and Bo with a phone.
struct Desk {
    home: Home,
    resident: ResidentId,
    bo: WorkerId,
    phone: PhoneId,
}

impl Desk {
    async fn new() -> Self {
        let home = Home::enrolled().await;
        let (resident, bo) = (ResidentId::new(&*home.world), WorkerId::new(&*home.world));
        let (phone, now) = (PhoneId::new(&*home.world), home.world.now());
        home.station.add_home(resident);
        home.station.add_person(TeamWorker {
            worker: bo,
            name: "Bo".into(),
            staff_number: "18".into(),
            leads: false,
            on_shift_until: Some(now + Duration::from_secs(3600)),
            phone: None,
        });
        home.station.add_phone(TeamPhone {
            phone,
            name: "Vakt 2".into(),
            worker: bo,
            worker_name: "Bo".into(),
            signed_in_at: now,
            signed_out_at: None,
            lost_at: None,
        });
        Self { home, resident, bo, phone }
    }

    async fn look(&self) -> Result<Outcome, Problem> {
        self.home.intend(Intent::LookAtHome { resident: self.resident }).await
    }

    fn seen(&self) -> AccessView {
        self.home.view().access.clone().expect("Ada looks")
    }

    /// Once, within two hours of the first asking.
    fn give(&self, permission: PermissionId) -> Intent {
        let until = self.home.world.now() + Duration::from_secs(7200);
        Intent::GiveAccess { permission, resident: self.resident, worker: self.bo, once: true, until }
    }

    fn new_id(&self) -> PermissionId {
        PermissionId::new(&*self.home.world)
    }
}

#[tokio::test(start_paused = true)]
async fn she_gives_sees_it_takes_it_away_and_sees_the_phone_confirm() {
    let desk = Desk::new().await;
    desk.look().await.unwrap();
    assert_eq!(desk.seen().home.unwrap().people[0].name, "Bo");
    let permission = desk.new_id();
    desk.home.intend(desk.give(permission)).await.unwrap();
    let given = desk.home.station.given().remove(0);
    assert_eq!(
        (given.who, given.what),
        (Who::Worker { worker: desk.bo }, What::Residence { resident: desk.resident })
    );
    // It holds at once also where the station's clock is a little behind.
    let Term::Once { from, .. } = given.when.term else { panic!("{:?}", given.when) };
    assert!(from < desk.home.world.now() - chrono::TimeDelta::seconds(30));
    let shown = desk.seen().home.unwrap().permissions.remove(0);
    assert_eq!((shown.id, shown.who_name.as_str(), shown.term.kind.as_str()), (permission, "Bo", "once"));

    desk.home.intend(Intent::TakeAccessAway { permission }).await.unwrap();
    let seen = desk.seen();
    assert_eq!(seen.home.unwrap().permissions, []);
    let order = &seen.orders[0];
    assert!(order.own && order.confirmed_at.is_none() && order.keys_until.is_some());
    desk.home.station.phones_confirm();
    sleep(Duration::from_millis(1100)).await;
    assert!(desk.seen().orders[0].confirmed_at.is_some(), "read again within a second");
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_she_is_told_so_and_asking_again_gives_it_once() {
    let desk = Desk::new().await;
    desk.look().await.unwrap();
    desk.home.station.feel(Mood::Unreachable);
    let permission = desk.new_id();
    let give = desk.give(permission);
    assert_eq!(desk.home.intend(give.clone()).await, Err(Problem::NoNetwork));
    sleep(Duration::from_secs(15)).await;
    assert_eq!(desk.seen().problem, Some(Problem::NoNetwork), "what is shown is old, and says so");
    desk.home.station.feel(Mood::Good);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(desk.home.station.given(), [], "nothing is kept for later");
    assert_eq!(desk.seen().problem, None);

    desk.home.station.feel(Mood::AnswersLost);
    assert_eq!(desk.home.intend(give.clone()).await, Err(Problem::NoNetwork));
    let first = desk.home.station.given();
    desk.home.station.feel(Mood::Good);
    sleep(Duration::from_secs(30)).await;
    desk.home.intend(give.clone()).await.unwrap();
    sleep(Duration::from_secs(30)).await;
    desk.home.intend(give).await.unwrap();
    assert_eq!(desk.home.station.given(), first, "the same permission, with the beginning that it had");
    let Term::Once { from, .. } = first[0].when.term else { panic!("{:?}", first[0].when) };
    assert!(from < desk.home.world.now() - chrono::TimeDelta::seconds(90));

    // An end that is over is not even asked for.
    let late = Intent::GiveAccess {
        permission: desk.new_id(),
        resident: desk.resident,
        worker: desk.bo,
        once: false,
        until: desk.home.world.now(),
    };
    assert_eq!(desk.home.intend(late).await, Err(Problem::Invalid { field: "until".into() }));
}

#[tokio::test(start_paused = true)]
async fn a_lost_phone_is_barred_and_not_the_one_in_her_hand() {
    let desk = Desk::new().await;
    desk.home.intend(Intent::LookAtPhones).await.unwrap();
    desk.home.station.feel(Mood::AnswersLost);
    let lost = Intent::ReportPhoneLost { phone: desk.phone };
    assert_eq!(desk.home.intend(lost.clone()).await, Err(Problem::NoNetwork));
    desk.home.station.feel(Mood::Good);
    desk.home.intend(lost).await.unwrap();
    let seen = desk.seen();
    assert!(seen.phones.unwrap()[0].lost_at.is_some());
    assert_eq!(seen.orders.len(), 1, "told once");
    assert!(seen.orders[0].own && seen.orders[0].reason == "phone_lost");
    let own = Intent::ReportPhoneLost { phone: desk.home.station.phone };
    assert_eq!(desk.home.intend(own).await, Err(Problem::Invalid { field: "phone".into() }));
}

#[tokio::test(start_paused = true)]
async fn nothing_stays_when_she_looks_away_locks_or_signs_out() {
    let desk = Desk::new().await;
    let read = |desk: &Desk| desk.home.station.reads();
    desk.look().await.unwrap();
    sleep(Duration::from_secs(25)).await;
    assert_eq!(read(&desk), 3, "again every ten seconds");
    desk.home.intend(Intent::StopLooking).await.unwrap();
    assert_eq!(desk.home.view().access, None);

    desk.look().await.unwrap();
    desk.home.intend(Intent::ChooseUnlockCode { code: "2580".into() }).await.unwrap();
    desk.home.intend(Intent::Lock).await.unwrap();
    assert_eq!(desk.home.view().access, None);
    desk.home.intend(Intent::Unlock { code: "2580".into() }).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(desk.home.view().access, None, "not even behind the lock");
    assert_eq!(read(&desk), 4);

    desk.look().await.unwrap();
    desk.home.intend(Intent::SignOut).await.unwrap();
    desk.home.sign_in().await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!((desk.home.view().access.clone(), read(&desk)), (None, 5));
}

#[tokio::test(start_paused = true)]
async fn another_units_home_is_not_found_and_who_leads_nothing_is_refused() {
    let desk = Desk::new().await;
    let foreign = Intent::LookAtHome { resident: ResidentId::new(&*desk.home.world) };
    assert_eq!(desk.home.intend(foreign).await, Err(Problem::NotFound));
    desk.home.intend(Intent::SignOut).await.unwrap();
    desk.home.station.led_by_another();
    desk.home.sign_in().await;
    let permission = desk.new_id();
    for intent in [
        Intent::LookAtHome { resident: desk.resident },
        Intent::LookAtPhones,
        desk.give(permission),
        Intent::TakeAccessAway { permission },
        Intent::ReportPhoneLost { phone: desk.phone },
    ] {
        assert_eq!(desk.home.intend(intent.clone()).await, Err(Problem::NotLead), "{intent:?}");
    }
    assert_eq!((desk.home.view().access.clone(), desk.home.station.given()), (None, vec![]));
}
