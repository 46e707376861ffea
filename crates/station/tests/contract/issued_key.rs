//! Keys that a running station has just issued, left for libraries that share no code with ours:
//! `tests/interop/digital_key.py` checks them with what the station publishes.

use std::path::Path;

use serde_json::{Value, json};
use terskel_api::path;

use crate::support::{give, hex, kari, keys, liv, permanent};

stories! {
    async fn what_a_station_issues_is_left_for_other_libraries(house) {
        let (lead, resident) = (liv(&house).await, kari(&house).await);
        let ada = house.phone_of(&house.ada).await;
        give(&house, &lead, &permanent(&house, resident)).await;
        let keys: Vec<Value> = keys(&house, &ada).await.iter()
            .map(|key| json!({"lock": key.lock, "door": key.door, "permission": key.permission, "key": hex(&key.key.0)}))
            .collect();
        assert_eq!(keys.len(), 2);
        let published: Value = house.http.get(house.url(path::AUTHORITY_KEYS)).send().await.unwrap().json().await.unwrap();
        let left = json!({"published": published, "keys": keys, "phone": ada.id, "now": house.now().timestamp(),
            "phone_signing_key": hex(&ada.identity.public().signing), "phone_secrets": hex(&*ada.identity.to_bytes())});
        // The story runs on two databases at once: whichever is last has left a whole file.
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("issued-digital-keys.json");
        let whole = file.with_extension(std::process::id().to_string());
        std::fs::write(&whole, left.to_string()).unwrap();
        std::fs::rename(&whole, &file).unwrap();
    }
}
