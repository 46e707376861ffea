//! The station's signing key is replaced while workers are out.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::authority::KeySet;
use terskel_api::path;
use terskel_api::session::SignedIn;
use terskel_keys::{AuthorityKey, AuthorityKeys, KeyError, badge, digital_key};
use terskel_station::{AuthorityError, Rotated, StartError, Station, rotate_key};

use crate::support::{House, Phone};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What anybody can read, and hubs do.
async fn published(house: &House) -> AuthorityKeys {
    let answer = house.http.get(house.url(path::AUTHORITY_KEYS)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    answer.json::<KeySet>().await.unwrap().ed25519().map(AuthorityKey).collect()
}

async fn rotate(house: &House, stolen: bool) -> Result<Rotated, StartError> {
    rotate_key(&house.config, house.world.clone(), stolen).await
}

/// Ada begins a shift at this moment.
async fn ada_comes(house: &House) -> Phone {
    house.ada.on_shift(house, house.vest).await;
    house.phone_of(&house.ada).await
}

fn shows(house: &House, session: &SignedIn, known: &AuthorityKeys) -> Result<(), KeyError> {
    badge::verify(&session.badge.0, known, house.now()).map(drop)
}

fn session(phone: &Phone) -> &SignedIn {
    phone.session.as_ref().unwrap()
}

stories! {
    async fn a_hub_that_asks_once_a_day_never_meets_a_badge_it_does_not_believe(house) {
        let mut hub = published(&house).await;
        assert_eq!(hub.iter().count(), 1);
        let mut early = ada_comes(&house).await;
        let rotated = rotate(&house, false).await.unwrap();
        assert_eq!(rotated.signs_from, house.now() + 48 * HOUR);
        assert!(rotated.file.exists());
        assert_eq!(published(&house).await.iter().count(), 2);
        // Four days, hour by hour: she is always on shift, and begins a new one every six hours.
        for hour in 0..96 {
            if hour % 24 == 23 {
                hub = published(&house).await;
            }
            if hour % 6 == 5 {
                early = ada_comes(&house).await;
            }
            assert_eq!(shows(&house, session(&early), &hub), Ok(()), "hour {hour}");
            house.world.forward(HOUR);
        }
        assert_eq!(published(&house).await.iter().count(), 1, "the old key has run out");
        assert_ne!(published(&house).await, AuthorityKeys::default());
    }

    async fn digital_keys_are_signed_by_the_new_key_when_its_time_comes_on_every_node(house) {
        let old = published(&house).await;
        rotate(&house, false).await.unwrap();
        assert!(matches!(
            rotate(&house, false).await,
            Err(StartError::Authority(AuthorityError::UnderWay(_, at))) if at == house.now() + 48 * HOUR
        ));
        house.world.forward(48 * HOUR);
        let ada = ada_comes(&house).await;
        let told: AuthorityKeys = session(&ada).authority.ed25519().map(AuthorityKey).collect();
        assert_eq!(told, published(&house).await);
        let accepted = ada.accept(&house, house.dispatch("C-1").await).await;
        let key = &accepted.keys[0].key.0;
        let refused = digital_key::verify(key, &old, &ada.identity.public()).map(drop);
        assert_eq!(refused, Err(KeyError::UnknownAuthority));
        assert!(digital_key::verify(key, &told, &ada.identity.public()).is_ok());
    }

    async fn after_a_theft_the_old_key_is_worth_nothing_at_once(house) {
        let before = ada_comes(&house).await;
        // Not even a rotation that has begun keeps it.
        rotate(&house, false).await.unwrap();
        assert_eq!(rotate(&house, true).await.unwrap().signs_from, house.now());
        let now = published(&house).await;
        assert_eq!(now.iter().count(), 1);
        assert_eq!(shows(&house, session(&before), &now), Err(KeyError::UnknownAuthority));
        let ada = ada_comes(&house).await;
        assert_eq!(shows(&house, session(&ada), &now), Ok(()));
    }

    async fn digital_keys_that_a_stolen_key_has_signed_are_not_given_again(house) {
        let ada = ada_comes(&house).await;
        let dispatch = house.dispatch("C-1").await;
        let old = ada.accept(&house, dispatch).await;
        rotate(&house, true).await.unwrap();
        let new = ada.accept(&house, dispatch).await;
        assert_eq!(new.keys.len(), old.keys.len());
        for key in &new.keys {
            let verified = digital_key::verify(&key.key.0, &published(&house).await, &ada.identity.public());
            assert!(verified.is_ok());
        }
    }

    async fn a_key_from_the_environment_takes_over_in_its_time(house) {
        // The key of RFC 8410 §10.3.
        let pkcs8 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
        let mut config = house.config.clone();
        config.authority_keys = Some(terskel_api::Secret::new(pkcs8));
        let node = Station::start(config.clone(), house.world.clone()).await.unwrap();
        assert_eq!(published(&house).await.iter().count(), 2);
        node.stop().await;
        let refused = rotate_key(&config, house.world.clone(), false).await;
        assert!(matches!(refused, Err(StartError::Authority(AuthorityError::FromEnvironment))));

        house.world.forward(48 * HOUR);
        let node = Station::start(config, house.world.clone()).await.unwrap();
        let known = published(&house).await;
        // The node that was not given the key goes on with the old one: nobody is locked out.
        assert_eq!(shows(&house, session(&ada_comes(&house).await), &known), Ok(()));
        node.stop().await;
    }

    async fn a_station_that_has_lost_its_keys_does_not_start_with_others(house) {
        house.stop().await;
        let seed = house.config.data.join("authority.seed");
        std::fs::rename(&seed, seed.with_extension("lost")).unwrap();
        let start = || Station::start(house.config.clone(), Arc::<terskel_model::world::ManualWorld>::clone(&house.world));
        assert!(matches!(start().await, Err(StartError::Authority(AuthorityError::NoKey))));
        assert!(!seed.exists());
        std::fs::rename(seed.with_extension("lost"), &seed).unwrap();
        house.start().await;
    }
}
