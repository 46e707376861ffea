//! The master key is replaced, with a home full of secrets.

use std::fs::rename;

use terskel_keys::digital_key;
use terskel_station::{MasterKeyError, Resealed, StartError, Station, reseal};

use crate::support::House;

async fn seal_anew(house: &House) -> Result<Resealed, StartError> {
    reseal(&house.config, house.world.clone()).await
}

/// What Ada's phone finds in the keys for both doors.
async fn secrets(house: &House, reference: &str) -> Vec<Vec<u8>> {
    let ada = house.phone_of(&house.ada).await;
    let accepted = ada.accept(house, house.dispatch(reference).await).await;
    let open = |key: &terskel_api::dispatch::IssuedKey| {
        let key = digital_key::verify(&key.key.0, &ada.authority, &ada.identity.public()).unwrap();
        key.open_credential(&ada.identity).unwrap().to_vec()
    };
    accepted.keys.iter().map(open).collect()
}

stories! {
    async fn all_doors_open_as_before_under_a_new_master_key(house) {
        let before = secrets(&house, "C-1").await;
        assert_eq!(before.len(), 2);
        assert!(matches!(seal_anew(&house).await, Err(StartError::Master(MasterKeyError::Running))));
        house.stop().await;
        let old = std::fs::read(house.config.data.join("master.key")).unwrap();
        let done = seal_anew(&house).await.unwrap();
        assert!(done.secrets >= 2);
        assert_eq!(std::fs::read(&done.old_key).unwrap(), old);
        house.start().await;
        assert_eq!(secrets(&house, "C-2").await, before);
        // The old key opens nothing now, and a station does not work with it.
        house.stop().await;
        let (present, kept) = (house.config.data.join("master.key"), house.config.data.join("kept"));
        rename(&present, &kept).unwrap();
        std::fs::copy(&done.old_key, &present).unwrap();
        let refused = Station::start(house.config.clone(), house.world.clone()).await.map(drop);
        assert!(matches!(refused, Err(StartError::Master(MasterKeyError::Wrong(_)))));
        rename(&kept, &present).unwrap();
        house.start().await;
    }

    async fn an_interrupted_change_of_the_master_key_leaves_a_station_that_works(house) {
        let before = secrets(&house, "C-1").await;
        let file = |name: &str| house.config.data.join(name);
        // Before the transaction: the new key lies there, and nothing is sealed with it.
        house.stop().await;
        std::fs::copy(file("log.seed"), file("master.key.next")).unwrap();
        house.start().await;
        assert_eq!(secrets(&house, "C-2").await, before);
        // After the transaction, before the files have changed their names, or half-way.
        for half_way in [false, true] {
            house.stop().await;
            let done = seal_anew(&house).await.unwrap();
            rename(file("master.key"), file("master.key.next")).unwrap();
            if !half_way {
                rename(&done.old_key, file("master.key")).unwrap();
            }
            house.start().await;
            assert!(!file("master.key.next").exists());
            assert_eq!(secrets(&house, if half_way { "C-4" } else { "C-3" }).await, before);
        }
    }
}
