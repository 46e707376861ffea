//! Links: made, lost, left behind and made again.

use serde_json::json;
use terskel_locks::hub;
use terskel_radio::{LinkEvent, Radio, RadioError};
use tokio::time::timeout;
use uuid::Uuid;

use crate::street::{
    HUB, HUB_ADDRESS, SOON, connect_hub, find_at, hub_profile, hubs, in_parts, next, on_the_street, radio,
};

#[test]
fn a_lost_link_is_told_though_nobody_writes() {
    on_the_street("links::a_lost_link_is_told_though_nobody_writes", async |air| {
        let radio = radio().await;
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        let mut link = connect_hub(&radio, &device).await;
        assert!(link.mtu() > 23, "the negotiated MTU");
        air.fault(HUB, json!({ "fault": "out_of_range", "on": true })).await;
        assert_eq!(next(&mut link).await, LinkEvent::Disconnected);
        assert_eq!(next(&mut link).await, LinkEvent::Disconnected, "and nothing after it");
        assert!(link.write(hub::REQUEST, &[0], false).await.is_err());
    });
}

#[test]
fn a_link_let_go_closes_and_the_next_one_waits_for_that() {
    on_the_street("links::a_link_let_go_closes_and_the_next_one_waits_for_that", async |air| {
        let radio = radio().await;
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        for _ in 0..2 {
            let link = connect_hub(&radio, &device).await;
            assert!(air.is_connected(HUB).await);
            drop(link);
        }
        air.wait_connected(HUB, false).await;
    });
}

#[test]
fn a_link_left_open_by_a_crash_is_closed_first() {
    in_parts("links::a_link_left_open_by_a_crash_is_closed_first", 2, async |air| {
        let radio = radio().await;
        if air.part == 1 {
            let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
            let _link = connect_hub(&radio, &device).await;
            std::process::exit(0);
        }
        assert!(air.is_connected(HUB).await, "BlueZ keeps the connection of a program that crashed");
        let device = terskel_radio::DeviceRef(format!("hci0/dev_{}", HUB_ADDRESS.replace(':', "_")));
        let mut link = connect_hub(&radio, &device).await;
        assert!(air.is_connected(HUB).await);
        let silence = timeout(std::time::Duration::from_millis(300), link.next()).await;
        assert!(silence.is_err(), "the news of the old link's end is not the new link's: {silence:?}");
    });
}

#[test]
fn a_device_without_the_service_is_said_so() {
    on_the_street("links::a_device_without_the_service_is_said_so", async |air| {
        let radio = radio().await;
        let device = find_at(&radio, hubs(), HUB_ADDRESS).await;
        let mut profile = hub_profile();
        profile.notify.push(Uuid::from_u128(7));
        let missing = radio.connect(&device, &profile, SOON).await.err();
        assert_eq!(missing, Some(RadioError::Missing(Uuid::from_u128(7))));
        profile.service = Uuid::from_u128(8);
        let missing = radio.connect(&device, &profile, SOON).await.err();
        assert_eq!(missing, Some(RadioError::Missing(Uuid::from_u128(8))));
        air.wait_connected(HUB, false).await;
    });
}
