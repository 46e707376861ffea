//! How soon phones lock, and what may be read on their locked screens.

use serde_json::json;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::TeamId;
use terskel_model::phone_policy::{NoticePolicy, PhonePolicy};

use crate::support::{Listener, Phone, field};

fn of(team: TeamId) -> String {
    path::TEAM_POLICY.replace("{id}", &team.to_string())
}

stories! {
    async fn a_phone_hears_its_teams_policy_when_a_worker_signs_in(house) {
        let mut phone = Phone::enrol(&house).await;
        phone.sign_in(&house, &house.ada).await;
        assert_eq!(phone.session.as_ref().unwrap().policy, PhonePolicy::default());
        let decided = json!({"lock_after_s": 300, "notices": "initials"});
        assert_eq!(house.post(&of(house.vest), &house.admin, &decided).await.status, 200);
        phone.sign_in(&house, &house.ada).await;
        let policy = PhonePolicy { lock_after_s: 300, notices: NoticePolicy::Initials };
        assert_eq!(phone.session.as_ref().unwrap().policy, policy);
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE kind = 'policy_changed'").await, 1);
    }

    async fn phones_on_shift_hear_a_new_policy_at_once_and_those_that_were_away_when_they_are_back(house) {
        let ada = house.phone_of(&house.ada).await;
        let ost = TeamId(house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await);
        let mut stream = Listener::open(&house, &ada, None).await;
        stream.expect_keys().await;
        let cursor = stream.cursor.clone();
        let decide = async |team, seconds: u32| {
            let decided = json!({"lock_after_s": seconds, "notices": "full"});
            assert_eq!(house.post(&of(team), &house.admin, &decided).await.status, 200);
        };
        // Another unit's is nobody else's.
        decide(ost, 60).await;
        decide(house.vest, 45).await;
        assert_eq!(stream.expect_policy().await.lock_after_s, 45);
        let mut away = Listener::open(&house, &ada, cursor.as_deref()).await;
        let policy = PhonePolicy { lock_after_s: 45, notices: NoticePolicy::Full };
        assert_eq!(away.expect_policy().await, policy);
    }

    async fn what_no_phone_can_do_is_refused(house) {
        let refused = async |body| {
            let answer = house.post(&of(house.vest), &house.admin, &body).await;
            field(&answer.refused(422, code::INVALID)).to_owned()
        };
        assert_eq!(refused(json!({"lock_after_s": 0, "notices": "none"})).await, "lock_after_s");
        assert_eq!(refused(json!({"lock_after_s": 86400, "notices": "none"})).await, "lock_after_s");
        assert_eq!(refused(json!({"lock_after_s": 60, "notices": "photograph"})).await, "notices");
        let nobodys = of(TeamId::new(&*house.world));
        let answer = house.post(&nobodys, &house.admin, &json!({"lock_after_s": 60, "notices": "none"})).await;
        answer.refused(404, code::NOT_FOUND);
    }
}
