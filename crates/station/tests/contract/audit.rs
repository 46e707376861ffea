//! The trail is the lead's, and nobody else's.

use serde_json::json;
use terskel_api::audit::AuditTrail;
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::{DispatchId, TeamId};

use crate::support::{Worker, field};

stories! {
    async fn the_teams_lead_reads_the_trail_and_nobody_else(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let trail = format!("{}?dispatch={dispatch}", path::AUDIT);

        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(&house, Some(house.vest)).await;
        let token = lead.lead_session(&house).await;
        assert_eq!(house.get(&trail, &token).await.is::<AuditTrail>(200).entries.len(), 1);
        lead.on_shift(&house, house.vest).await;
        let on_the_move = house.phone_of(&lead).await;
        assert_eq!(on_the_move.get(&house, &trail).await.is::<AuditTrail>(200).entries.len(), 1);

        let ost = house.make(path::TEAMS, &json!({"code": "OST", "name": "Nattpatrulje Øst"})).await;
        let mut other = Worker::new("2002", "Odd Lie", "135790");
        other.hire(&house, Some(TeamId(ost))).await;
        house.get(&trail, &other.lead_session(&house).await).await.refused(404, code::NOT_FOUND);
        ada.get(&house, &trail).await.refused(403, code::FORBIDDEN);
        house.get(&trail, &house.centre).await.refused(403, code::FORBIDDEN);
        house.get(&trail, &house.admin).await.refused(403, code::FORBIDDEN);
        house.get(&trail, "").await.refused(401, code::UNAUTHENTICATED);
        let not_leading = json!({"staff_number": "1001", "pin": "4711"});
        house.post(path::LEAD_SESSION, "", &not_leading).await.refused(403, code::FORBIDDEN);

        assert_eq!(field(&house.get(path::AUDIT, &token).await.refused(422, code::INVALID)), "dispatch");
        let unknown = DispatchId::new(&*house.world);
        house.get(&format!("{}?dispatch={unknown}", path::AUDIT), &token).await.refused(404, code::NOT_FOUND);
        house.send(reqwest::Method::DELETE, path::SESSION, &token, "").await.done();
        house.get(&trail, &token).await.refused(401, code::UNAUTHENTICATED);
    }

    async fn a_leads_session_lasts_eight_hours(house) {
        let dispatch = house.dispatch("C-1").await;
        let mut lead = Worker::new("2001", "Liv Lie", "135790");
        lead.hire(&house, Some(house.vest)).await;
        let token = lead.lead_session(&house).await;
        let trail = format!("{}?dispatch={dispatch}", path::AUDIT);
        house.forward_minutes(8 * 60 - 1);
        assert_eq!(house.get(&trail, &token).await.status, 200);
        house.forward_minutes(1);
        house.get(&trail, &token).await.refused(401, code::UNAUTHENTICATED);
    }
}
