//! The contract from the code, and the station's health.

use terskel_api::path;

stories! {
    async fn the_contract_and_its_pages_are_served(house) {
        let document: serde_json::Value = house.get(path::OPENAPI, "").await.is(200);
        assert_eq!(document["info"]["title"], "Terskel station");
        assert!(document["paths"][path::ACCEPT]["post"]["responses"]["409"].is_object());
        assert!(document["components"]["schemas"]["ProblemDetails"].is_object());
        let pages = house.get("/docs/", "").await;
        assert_eq!((pages.status.as_u16(), pages.kind.as_str()), (200, "text/html"));
        house.get(path::HEALTH, "").await.done();
    }
}
