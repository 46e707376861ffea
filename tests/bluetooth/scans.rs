//! Several scans over one discovery.

use terskel_radio::{Radio, Sighting};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::street::{
    DOOR_ADDRESS, HUB_ADDRESS, OTHER_HUB_ADDRESS, SOON, connect_hub, find_at, hubs, locks, on_the_street,
    radio,
};

async fn hear(scan: &mut mpsc::Receiver<Sighting>, address: &str) -> Sighting {
    let wait = async {
        loop {
            let sighting = scan.recv().await.expect("the scan goes on");
            if sighting.address.as_deref() == Some(address) {
                return sighting;
            }
        }
    };
    timeout(SOON, wait).await.unwrap_or_else(|_| panic!("{address} should be heard"))
}

/// Throws away what was heard so far.
fn forget(scan: &mut mpsc::Receiver<Sighting>) {
    while scan.try_recv().is_ok() {}
}

#[test]
fn two_scans_hear_what_each_wants_also_while_a_link_is_up() {
    on_the_street("scans::two_scans_hear_what_each_wants_also_while_a_link_is_up", async |_air| {
        let radio = radio().await;
        let mut doors = radio.scan(locks()).await.unwrap();
        let mut homes = radio.scan(hubs()).await.unwrap();
        let lock = hear(&mut doors, DOOR_ADDRESS).await;
        assert!(lock.rssi.is_some());
        let hub = hear(&mut homes, HUB_ADDRESS).await;
        assert_eq!(hub.manufacturer.first().map(|(company, _)| *company), Some(terskel_locks::hub::COMPANY));
        let _link = connect_hub(&radio, &hub.device).await;
        forget(&mut doors);
        forget(&mut homes);
        hear(&mut doors, DOOR_ADDRESS).await;
        hear(&mut homes, OTHER_HUB_ADDRESS).await;
        while let Ok(sighting) = doors.try_recv() {
            assert_eq!(sighting.address.as_deref(), Some(DOOR_ADDRESS), "only what was asked for");
        }
    });
}

#[test]
fn one_scan_that_ends_leaves_the_other() {
    on_the_street("scans::one_scan_that_ends_leaves_the_other", async |_air| {
        let radio = radio().await;
        let mut doors = radio.scan(locks()).await.unwrap();
        find_at(&radio, hubs(), HUB_ADDRESS).await;
        forget(&mut doors);
        hear(&mut doors, DOOR_ADDRESS).await;
    });
}
