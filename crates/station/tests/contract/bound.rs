//! Requests bound to the phone, and what somebody tries who has copied one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use terskel_api::path;
use terskel_api::problem::code;
use terskel_model::world::ManualWorld;

use crate::support::{Answer, House, Listener, Phone, Signed, nonce, of};

/// A proof whose header and claims were changed and that the phone has signed nevertheless.
fn signed_with(phone: &Phone, proof: &str, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let mut parts =
        proof.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()));
    let (mut header, mut claims) = (parts.next().unwrap().unwrap(), parts.next().unwrap().unwrap());
    change(&mut header, &mut claims);
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(phone.identity.sign(signed.as_bytes())))
}

/// The same request, of the same phone, with something in it changed before it was signed.
fn altered(phone: &Phone, signed: &Signed, change: impl FnOnce(&mut Value, &mut Value)) -> Signed {
    Signed { proofs: vec![signed_with(phone, &signed.proofs[0], change)], ..signed.clone() }
}

/// The good request still goes through after all that was tried in its place.
async fn is_good(house: &House, signed: &Signed) {
    assert_eq!(signed.send(house, "").await.status, 200);
}

fn asks_for_proof(answer: &Answer, code: &str) {
    answer.refused(401, code);
    let challenge = format!("DPoP error=\"{code}\", algs=\"ES256\"");
    assert_eq!(answer.header("www-authenticate"), [challenge]);
}

stories! {
    async fn a_copied_token_is_nothing_as_a_bearer(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let tokens = ada.tokens();
        for token in [tokens.token.expose(), tokens.refresh_token.expose()] {
            for path in [of(path::ACCEPT, dispatch).as_str(), path::REFRESH] {
                let answer = house.send(Method::POST, path, token, "").await;
                answer.refused(401, code::UNAUTHENTICATED);
                assert!(answer.header("www-authenticate")[0].starts_with("DPoP error=\"invalid_token\""));
            }
        }
        let bare = Signed { proofs: vec![], ..ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch)) };
        asks_for_proof(&bare.send(&house, "").await, code::INVALID_PROOF);
        assert!(house.centre_sees(dispatch).await.accepted_at.is_none());
    }

    async fn a_replayed_accept_is_refused_whoever_sends_it(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        is_good(&house, &accept).await;
        asks_for_proof(&accept.send(&house, "").await, code::INVALID_PROOF);
        // The phone itself may ask again, with a new proof.
        is_good(&house, &ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch))).await;
    }

    async fn of_many_copies_of_a_request_at_once_one_gets_through(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        let storm = (0..8).map(|_| accept.send(&house, ""));
        let answers = futures_util::future::join_all(storm).await;
        let through = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(through, 1, "{answers:?}");
    }

    async fn a_replay_at_another_node_is_refused(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let other = house.node_known_as(&house.url("")).await;
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        let there = Signed { url: accept.url.replace(&house.url(""), &other.url()), ..accept.clone() };
        assert_eq!(there.send(&house, "").await.status, 200);
        asks_for_proof(&accept.send(&house, "").await, code::INVALID_PROOF);
        other.stop().await;
    }

    async fn a_token_is_of_no_use_with_another_phones_key(house) {
        let ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let dispatch = house.dispatch("C-1").await;
        let accept = of(path::ACCEPT, dispatch);
        // Bo's phone, signed in itself, with Ada's token; then with Ada's token and a proof for Bo's.
        let stolen = ada.tokens().token;
        let theirs = bo.make_at(&house, Method::POST, house.url(&accept), stolen.expose());
        asks_for_proof(&theirs.send(&house, "").await, code::INVALID_PROOF);
        let own = bo.make(&house, Method::POST, &accept);
        let mixed = Signed { authorization: format!("DPoP {}", stolen.expose()), ..own.clone() };
        asks_for_proof(&mixed.send(&house, "").await, code::INVALID_PROOF);
        // Ada's header with her key in it, under Bo's signature.
        let (adas, bos) = (ada.make(&house, Method::POST, &accept), own.proofs[0].rsplit_once('.').unwrap().1);
        let forged = format!("{}.{bos}", adas.proofs[0].rsplit_once('.').unwrap().0);
        let forged = Signed { proofs: vec![forged], ..adas.clone() };
        asks_for_proof(&forged.send(&house, "").await, code::INVALID_PROOF);
        is_good(&house, &adas).await;
    }

    async fn a_stolen_refresh_token_gives_nothing_and_ends_nothing(house) {
        let ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        let stolen = ada.tokens().refresh_token;
        let theirs = bo.make_at(&house, Method::POST, house.url(path::REFRESH), stolen.expose());
        asks_for_proof(&theirs.send(&house, "").await, code::INVALID_PROOF);
        assert_eq!(ada.refresh(&house).await.status, 200);
    }

    async fn a_proof_is_for_one_method_one_address_and_one_token(house) {
        let ada = house.phone_of(&house.ada).await;
        let (first, second) = (house.dispatch("C-1").await, house.dispatch("C-2").await);
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, first));
        let elsewhere = Signed { url: house.url(&of(path::ACCEPT, second)), ..accept.clone() };
        asks_for_proof(&elsewhere.send(&house, "").await, code::INVALID_PROOF);
        let sign_out = Signed { method: Method::DELETE, url: house.url(path::SESSION), ..accept.clone() };
        asks_for_proof(&sign_out.send(&house, "").await, code::INVALID_PROOF);
        for (name, value) in [
            ("htm", "GET".to_owned()),
            ("htu", accept.url.replace("http://", "https://")),
            ("htu", accept.url.replace("127.0.0.1", "station.example")),
            ("ath", URL_SAFE_NO_PAD.encode([0; 32])),
        ] {
            let refused = altered(&ada, &accept, |_, claims| claims[name] = json!(value));
            asks_for_proof(&refused.send(&house, "").await, code::INVALID_PROOF);
        }
        // A proof made for the last token is nothing with the next.
        let old = accept.clone();
        assert_eq!(ada.refresh(&house).await.status, 200);
        let mixed = Signed { authorization: format!("DPoP {}", ada.tokens().token.expose()), ..old };
        asks_for_proof(&mixed.send(&house, "").await, code::INVALID_PROOF);
        is_good(&house, &accept).await;
    }

    async fn a_phone_whose_clock_is_wrong_by_hours_is_asked_for_a_nonce_and_nothing_else(house) {
        let ada = house.phone_of(&house.ada).await;
        let stream = || ada.make(&house, Method::GET, path::AUDIT);
        for hours in [-30_000, -9, 9, 30_000] {
            let at = (house.now() + TimeDelta::hours(hours)).timestamp();
            let clock = |claims: &mut Value| claims["iat"] = json!(at);
            let without = altered(&ada, &stream(), |_, claims| {
                clock(claims);
                claims.as_object_mut().unwrap().remove("nonce");
            });
            let asked = without.send(&house, "").await;
            asks_for_proof(&asked, code::USE_NONCE);
            assert_eq!(nonce(&asked.headers), ada.nonce());
            let with = altered(&ada, &stream(), |_, claims| clock(claims));
            with.send(&house, "").await.refused(403, code::FORBIDDEN);
        }
    }

    async fn a_stale_a_future_and_a_forged_nonce_are_refused(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        // Recorded, never sent, and brought out a quarter of an hour later: the session's next token does not help.
        let kept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        house.forward_minutes(9);
        let old = ada.nonce().unwrap();
        house.forward_minutes(7);
        kept.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
        assert_eq!(ada.refresh(&house).await.status, 200);
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        for nonce in [old.as_str(), "", "AAAA", &URL_SAFE_NO_PAD.encode([0; 32])] {
            let refused = altered(&ada, &accept, |_, claims| claims["nonce"] = json!(nonce));
            asks_for_proof(&refused.send(&house, "").await, code::USE_NONCE);
        }
        let then = house.now();
        house.forward_minutes(60);
        let ahead = nonce(&house.get(path::STREAM, "").await.headers).unwrap();
        house.world.set_wall_clock(then);
        let future = altered(&ada, &accept, |_, claims| claims["nonce"] = json!(ahead));
        asks_for_proof(&future.send(&house, "").await, code::USE_NONCE);
        is_good(&house, &accept).await;
    }

    async fn a_proof_with_another_algorithm_type_or_key_in_it_is_refused(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        for (pointer, value) in [
            ("/alg", json!("none")),
            ("/alg", json!("HS256")),
            ("/typ", json!("JWT")),
            ("/jwk/crv", json!("P-384")),
            ("/jwk/x", json!(URL_SAFE_NO_PAD.encode([1; 32]))),
            ("/jwk/d", json!("AQ")),
            ("/crit", json!(["b64"])),
        ] {
            let refused = altered(&ada, &accept, |header, _| {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                header.pointer_mut(parent).unwrap()[name] = value;
            });
            asks_for_proof(&refused.send(&house, "").await, code::INVALID_PROOF);
        }
        let unsigned = format!("{}.", accept.proofs[0].rsplit_once('.').unwrap().0);
        for proofs in [
            vec![unsigned],
            vec![String::new()],
            vec!["x".repeat(5000)],
            vec![accept.proofs[0].clone(), accept.proofs[0].clone()],
        ] {
            let refused = Signed { proofs, ..accept.clone() };
            asks_for_proof(&refused.send(&house, "").await, code::INVALID_PROOF);
        }
        is_good(&house, &accept).await;
    }

    async fn a_proof_or_token_changed_anywhere_is_refused(house) {
        let ada = house.phone_of(&house.ada).await;
        let dispatch = house.dispatch("C-1").await;
        let accept = ada.make(&house, Method::POST, &of(path::ACCEPT, dispatch));
        let other = |byte: u8| if byte == b'A' { 'B' } else { 'A' };
        for at in (0..accept.proofs[0].len()).step_by(23) {
            let mut proof = accept.proofs[0].clone();
            proof.replace_range(at..=at, &other(proof.as_bytes()[at]).to_string());
            let refused = Signed { proofs: vec![proof], ..accept.clone() };
            asks_for_proof(&refused.send(&house, "").await, code::INVALID_PROOF);
        }
        // A token of the thief's making, with a proof that goes with it: kind, session, end and MAC.
        let token = ada.tokens().token;
        for at in (0..token.expose().len()).step_by(3) {
            let mut token = token.expose().to_owned();
            token.replace_range(at..=at, &other(token.as_bytes()[at]).to_string());
            let forged = ada.make_at(&house, Method::POST, accept.url.clone(), &token);
            forged.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
        }
        is_good(&house, &accept).await;
    }

    async fn a_token_lasts_ten_minutes_and_its_stream_as_long_as_the_session(house) {
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        assert_eq!(ada.tokens().token_lasts_s, 600);
        house.forward_minutes(10);
        let late = ada.make(&house, Method::GET, path::STREAM).send(&house, "").await;
        late.refused(401, code::UNAUTHENTICATED);
        assert_eq!(stream.cursor, None);
        let dispatch = house.dispatch("C-1").await;
        assert_eq!(stream.expect().await.id, dispatch);
        let refresh = ada.tokens().refresh_token;
        assert_eq!(ada.refresh(&house).await.status, 200);
        ada.accept(&house, dispatch).await;
        assert_eq!(stream.expect().await.id, dispatch);
        // One is not the other.
        let wrong = ada.make_at(&house, Method::GET, house.url(path::STREAM), refresh.expose());
        wrong.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
        let wrong = ada.make_at(&house, Method::POST, house.url(path::REFRESH), ada.tokens().token.expose());
        wrong.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
    }

    async fn refreshing_ends_with_the_shift_and_with_the_session(house) {
        let ada = house.phone_of(&house.ada).await;
        let bo = house.phone_of(&house.bo).await;
        bo.sign_out(&house).await.done();
        bo.refresh(&house).await.refused(401, code::UNAUTHENTICATED);
        house.forward_minutes(7 * 60 - 2);
        assert_eq!(ada.refresh(&house).await.status, 200);
        assert_eq!(ada.tokens().token_lasts_s, 120, "no longer than the shift");
        house.forward_minutes(2);
        ada.refresh(&house).await.refused(401, code::UNAUTHENTICATED);
    }

    async fn two_refreshes_at_once_give_the_same_and_both_go_on(house) {
        let ada = house.phone_of(&house.ada).await;
        let refresh = ada.tokens().refresh_token;
        let make = || ada.make_at(&house, Method::POST, house.url(path::REFRESH), refresh.expose());
        let storm = (0..6).map(|_| make()).collect::<Vec<_>>();
        let answers = futures_util::future::join_all(storm.iter().map(|signed| signed.send(&house, ""))).await;
        let pairs: Vec<terskel_api::session::Refreshed> = answers.iter().map(|answer| answer.is(200)).collect();
        assert!(pairs.iter().all(|pair| pair.refresh_token == pairs[0].refresh_token));
        for pair in &pairs {
            let request = ada.make_at(&house, Method::GET, house.url(path::AUDIT), pair.token.expose());
            request.send(&house, "").await.refused(403, code::FORBIDDEN);
        }
    }

    async fn a_phone_that_lost_the_answer_asks_again_hours_later(house) {
        let ada = house.phone_of(&house.ada).await;
        let refresh = ada.tokens().refresh_token;
        let again = || ada.make_at(&house, Method::POST, house.url(path::REFRESH), refresh.expose());
        assert_eq!(again().send(&house, "").await.status, 200, "and nobody hears it");
        house.forward_minutes(180);
        assert_eq!(ada.refresh(&house).await.status, 200);
        assert_eq!(ada.get(&house, path::AUDIT).await.status, 403);
        // It has the new one now, and the old one is over a minute old: whoever has that is not this phone.
        house.forward_minutes(2);
        assert_eq!(ada.get(&house, path::AUDIT).await.status, 403);
        again().send(&house, "").await.refused(401, code::UNAUTHENTICATED);
        ada.refresh(&house).await.refused(401, code::UNAUTHENTICATED);
    }

    async fn an_old_refresh_token_ends_the_session_and_its_stream_and_leaves_a_trace(house) {
        let ada = house.phone_of(&house.ada).await;
        let mut stream = Listener::open(&house, &ada, None).await;
        let copied = ada.tokens().refresh_token;
        for _ in 0..2 {
            assert_eq!(ada.refresh(&house).await.status, 200);
        }
        let clone = ada.make_at(&house, Method::POST, house.url(path::REFRESH), copied.expose());
        clone.send(&house, "").await.refused(401, code::UNAUTHENTICATED);
        assert!(stream.next().await.is_none());
        ada.get(&house, path::STREAM).await.refused(401, code::UNAUTHENTICATED);
        let traces = house.count("SELECT COUNT(*) FROM audit WHERE kind = 'signed_out' AND reason = 'refresh_token_reused'");
        assert_eq!(traces.await, 1);
    }

    async fn proofs_that_were_used_are_forgotten_when_they_are_too_old_to_be_used(house) {
        let ada = house.phone_of(&house.ada).await;
        for _ in 0..5 {
            ada.get(&house, path::AUDIT).await.refused(403, code::FORBIDDEN);
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM used_proofs").await, 5);
        house.forward_minutes(16);
        assert_eq!(ada.refresh(&house).await.status, 200);
        assert_eq!(house.count("SELECT COUNT(*) FROM used_proofs").await, 1);
    }

    async fn sessions_outlive_a_restart_and_work_at_every_node(house) {
        let ada = house.phone_of(&house.ada).await;
        house.stop().await;
        house.start().await;
        ada.get(&house, path::AUDIT).await.refused(403, code::FORBIDDEN);
        let node = house.second_node().await;
        let there = ada.make_at(&house, Method::GET, format!("{}{}", node.url(), path::AUDIT), ada.tokens().token.expose());
        there.send(&house, "").await.refused(403, code::FORBIDDEN);
        node.stop().await;
    }

    async fn behind_a_proxy_the_public_address_counts_and_no_other(house) {
        let ada = house.phone_of(&house.ada).await;
        let node = house.node_known_as("https://station.example/terskel/").await;
        let token = ada.tokens().token;
        let by = |base: &str| {
            let public = ada.make_at(&house, Method::GET, format!("{base}{}", path::AUDIT), token.expose());
            Signed { url: format!("{}{}", node.url(), path::AUDIT), ..public }
        };
        by("https://station.example/terskel").send(&house, "").await.refused(403, code::FORBIDDEN);
        for base in ["https://station.example", "http://station.example/terskel", &node.url(), &house.url("")] {
            asks_for_proof(&by(base).send(&house, "").await, code::INVALID_PROOF);
        }
        node.stop().await;
        let config = |url: &str| terskel_station::Config { public_urls: vec![url.into()], ..house.config.clone() };
        for wrong in ["station.example", "ftp://station.example", "https://station.example/?x=1", ""] {
            let world = std::sync::Arc::new(ManualWorld::new(house.now(), 1));
            assert!(terskel_station::Station::start(config(wrong), world).await.is_err(), "{wrong}");
        }
    }
}
