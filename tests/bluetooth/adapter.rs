//! Bluetooth switched off, pulled out, and back.

use std::time::Duration;

use serde_json::json;
use terskel_radio::{AdapterState, BluetoothRadio, LinkEvent, Radio, RadioError, connect, find};
use tokio::time::timeout;

use crate::street::{
    HUB_ADDRESS, SOON, connect_hub, expect_state, find_at, hub_profile, hubs, next, on_the_street, radio,
};

#[test]
fn switched_off_and_on_again_the_scan_goes_on() {
    on_the_street("adapter::switched_off_and_on_again_the_scan_goes_on", async |air| {
        let radio = radio().await;
        let mut scan = radio.scan(hubs()).await.unwrap();
        let heard = timeout(SOON, scan.recv()).await.unwrap().unwrap();
        let mut link = connect_hub(&radio, &heard.device).await;

        air.adapter(json!({ "powered": false })).await;
        expect_state(&radio, AdapterState::Off).await;
        assert_eq!(next(&mut link).await, LinkEvent::Disconnected);
        let refused = connect(&radio, &heard.device, &hub_profile(), SOON).await.err();
        assert_eq!(refused, Some(RadioError::Off));
        assert_eq!(find(&radio, hubs(), SOON, |_| true).await, Err(RadioError::Off));

        while scan.try_recv().is_ok() {}
        air.adapter(json!({ "powered": true })).await;
        expect_state(&radio, AdapterState::On).await;
        assert!(timeout(SOON, scan.recv()).await.expect("the same scan hears again").is_some());
    });
}

#[test]
fn pulled_out_and_put_in_again_the_scan_goes_on() {
    on_the_street("adapter::pulled_out_and_put_in_again_the_scan_goes_on", async |air| {
        air.adapter(json!({ "present": false })).await;
        let radio = BluetoothRadio::start();
        let mut scan = radio.scan(hubs()).await.unwrap();
        assert!(timeout(Duration::from_millis(500), scan.recv()).await.is_err());
        expect_state(&radio, AdapterState::Absent).await;

        air.adapter(json!({ "present": true })).await;
        expect_state(&radio, AdapterState::On).await;
        assert!(timeout(SOON, scan.recv()).await.expect("the scan hears").is_some());
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        let mut link = connect_hub(&radio, &device).await;

        air.adapter(json!({ "present": false })).await;
        assert_eq!(next(&mut link).await, LinkEvent::Disconnected);
        expect_state(&radio, AdapterState::Absent).await;
        let refused = connect(&radio, &device, &hub_profile(), SOON).await.err();
        assert_eq!(refused, Some(RadioError::Absent));

        while scan.try_recv().is_ok() {}
        air.adapter(json!({ "present": true })).await;
        assert!(timeout(SOON, scan.recv()).await.expect("the same scan hears again").is_some());
    });
}

#[test]
fn a_dead_bus_is_noticed_and_nothing_hangs() {
    on_the_street("adapter::a_dead_bus_is_noticed_and_nothing_hangs", async |air| {
        let radio = radio().await;
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        let mut link = connect_hub(&radio, &device).await;
        air.end().await;
        let write = link.write(terskel_locks::hub::REQUEST, &[0], true);
        assert!(timeout(SOON, write).await.expect("a write ends within its limit").is_err());
        assert_eq!(next(&mut link).await, LinkEvent::Disconnected);
        expect_state(&radio, AdapterState::Absent).await;
        let refused = connect(&radio, &device, &hub_profile(), SOON).await.err();
        assert_eq!(refused, Some(RadioError::Absent));
    });
}

#[test]
fn a_bus_that_died_and_is_back_is_used_again() {
    on_the_street("adapter::a_bus_that_died_and_is_back_is_used_again", async |air| {
        let radio = radio().await;
        let mut scan = radio.scan(hubs()).await.unwrap();
        assert!(timeout(SOON, scan.recv()).await.unwrap().is_some());
        air.end().await;
        expect_state(&radio, AdapterState::Absent).await;
        while scan.try_recv().is_ok() {}
        air.begin_anew().await;
        expect_state(&radio, AdapterState::On).await;
        assert!(timeout(SOON, scan.recv()).await.expect("the same scan hears again").is_some());
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        connect_hub(&radio, &device).await;
    });
}
