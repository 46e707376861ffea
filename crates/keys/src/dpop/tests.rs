use proptest::prelude::{Strategy, any, proptest};
use serde_json::{Value, json};
use terskel_model::world::ManualWorld;

use super::*;
use crate::testing::{adas_phone, bos_phone, evening, hex, refuses_every_change, world};

const ACCEPT: Request<'static> = Request {
    method: "POST",
    url: "https://station.example/v1/dispatches/1/accept",
    token: "a token of the station",
};

/// The example of RFC 9449 §7.1: key, proof, token.
const RFC_KEY: (&str, &str) =
    ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
const RFC_PROOF: &str = concat!(
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpD",
    "a0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6",
    "IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGx",
    "lLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk",
    "1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJ",
    "pLjA",
);
const RFC_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

fn rfc_key() -> [u8; 65] {
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    [vec![4], decode(RFC_KEY.0), decode(RFC_KEY.1)].concat().try_into().unwrap()
}

fn adas_key() -> [u8; 65] {
    adas_phone().public().signing
}

fn made() -> String {
    make_at(&adas_phone(), &ACCEPT, Some("nonce"), evening(), &[7; 16]).unwrap()
}

/// A JWS with any header and claims, truly signed by Ada's phone.
fn signed(header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(adas_phone().sign(signed.as_bytes())))
}

fn header() -> Value {
    json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": serde_json::to_value(jwk::Jwk::of(&adas_key())).unwrap()})
}

fn claims() -> Value {
    json!({"jti": "1", "htm": ACCEPT.method, "htu": ACCEPT.url, "iat": 1, "ath": token_hash(ACCEPT.token)})
}

fn with(mut object: Value, pointer: &str, value: &Value) -> String {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap()[name] = value.clone();
    object.to_string()
}

fn without(mut object: Value, pointer: &str) -> String {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    object.to_string()
}

fn check(header: &str, claims: &str) -> Result<Proof, KeyError> {
    verify(&signed(header, claims), &adas_key(), &ACCEPT)
}

#[test]
fn the_example_of_rfc_9449_verifies() {
    let request =
        Request { method: "GET", url: "https://resource.example.org/protectedresource", token: RFC_TOKEN };
    let proof = verify(RFC_PROOF, &rfc_key(), &request).unwrap();
    assert_eq!(proof, Proof { id: "e1j3V_bKic8-LAEB".into(), nonce: None });
}

#[test]
fn thumbprints_are_those_of_rfc_7638_and_of_the_example_of_rfc_9449() {
    assert_eq!(URL_SAFE_NO_PAD.encode(thumbprint(&rfc_key())), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    // RFC 7638 §3.2: the required members, by the order of their names, without a space.
    let (x, y) = RFC_KEY;
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    assert_eq!(thumbprint(&rfc_key()), digest(&SHA256, members.as_bytes()).as_ref());
}

#[test]
fn the_format_stands() {
    let proof = made();
    let parts: Vec<_> = proof.split('.').collect();
    let json = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&adas_key()[1..33]), URL_SAFE_NO_PAD.encode(&adas_key()[33..]));
    assert_eq!(
        json(parts[0]),
        format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}}}"#
        )
    );
    assert_eq!(
        json(parts[1]),
        concat!(
            r#"{"jti":"BwcHBwcHBwcHBwcHBwcHBw","htm":"POST","htu":"https://station.example/v1/dispatches/1/accept","#,
            r#""iat":1768516200,"ath":"oF_5mtQmMXPJ7n8Tpu8LhL_ZYgsCEgMGpQl_hWVD-ig","nonce":"nonce"}"#
        )
    );
    let proof = verify(&proof, &adas_key(), &ACCEPT).unwrap();
    assert_eq!((proof.id.as_str(), proof.nonce.as_deref()), ("BwcHBwcHBwcHBwcHBwcHBw", Some("nonce")));
}

#[test]
fn every_changed_bit_is_refused() {
    let key = adas_key();
    refuses_every_change(made().as_bytes(), |proof| {
        let proof = std::str::from_utf8(proof).map_err(|_| KeyError::Malformed)?;
        verify(proof, &key, &ACCEPT)
    });
}

#[test]
fn two_proofs_of_one_request_are_not_the_same() {
    let world = world();
    let id = || {
        let proof = make(&adas_phone(), &ACCEPT, None, &world).unwrap();
        verify(&proof, &adas_key(), &ACCEPT).unwrap().id
    };
    assert_ne!(id(), id());
}

#[test]
fn another_phones_proof_is_refused_also_under_adas_key() {
    let bos = make_at(&bos_phone(), &ACCEPT, None, evening(), &[7; 16]).unwrap();
    assert_eq!(verify(&bos, &adas_key(), &ACCEPT), Err(KeyError::WrongPhone));
    // Bo's signature under Ada's name.
    let (adas, bos) = (made(), bos.rsplit_once('.').unwrap().1.to_owned());
    let forged = format!("{}.{bos}", adas.rsplit_once('.').unwrap().0);
    assert_eq!(verify(&forged, &adas_key(), &ACCEPT), Err(KeyError::BadSignature));
}

#[test]
fn a_proof_for_another_request_or_token_is_refused() {
    for request in [
        Request { method: "GET", ..ACCEPT },
        Request { method: "post", ..ACCEPT },
        Request { url: "https://station.example/v1/dispatches/2/accept", ..ACCEPT },
        Request { url: "https://station.example/v1/dispatches/1/accept/", ..ACCEPT },
        Request { url: "http://station.example/v1/dispatches/1/accept", ..ACCEPT },
        Request { url: "https://station.example:8443/v1/dispatches/1/accept", ..ACCEPT },
        Request { url: "https://other.example/v1/dispatches/1/accept", ..ACCEPT },
        Request { token: "another token", ..ACCEPT },
    ] {
        assert_eq!(verify(&made(), &adas_key(), &request), Err(KeyError::WrongRequest), "{request:?}");
    }
}

#[test]
fn one_address_may_be_written_in_several_ways() {
    for url in [
        "HTTPS://Station.Example:443/v1/dispatches/1/accept",
        "https://station.example/v1/dispatches/1/accept?x=1#y",
        "https://station.example/v1/../v1/dispatches/./1/accept",
    ] {
        assert!(verify(&made(), &adas_key(), &Request { url, ..ACCEPT }).is_ok(), "{url}");
        assert!(check(&header().to_string(), &with(claims(), "/htu", &json!(url))).is_ok(), "{url}");
    }
    for url in ["", "/v1/dispatches/1/accept", "station.example", "mailto:ada@station.example"] {
        assert!(check(&header().to_string(), &with(claims(), "/htu", &json!(url))).is_err(), "{url}");
        assert!(make(&adas_phone(), &Request { url, ..ACCEPT }, None, &world()).is_err(), "{url}");
    }
}

#[test]
fn another_algorithm_type_or_key_is_refused_though_the_signature_is_good() {
    let changes = [
        ("/alg", json!("none")),
        ("/alg", json!("HS256")),
        ("/alg", json!("ES384")),
        ("/alg", json!("es256")),
        ("/alg", json!(["ES256"])),
        ("/typ", json!("JWT")),
        ("/typ", json!("application/dpop+jwt")),
        ("/crit", json!(["exp"])),
        ("/crit", json!(null)),
        ("/jwk", json!(null)),
        ("/jwk/kty", json!("oct")),
        ("/jwk/crv", json!("P-384")),
        ("/jwk/d", json!("AQ")),
        ("/jwk/d", json!(null)),
        ("/jwk/x", json!("")),
        ("/jwk/x", json!(format!("{}=", URL_SAFE_NO_PAD.encode(&adas_key()[1..33])))),
        ("/jwk/x", json!(format!("AA{}", URL_SAFE_NO_PAD.encode(&adas_key()[1..33])))),
    ];
    for (pointer, value) in changes {
        let refused = check(&with(header(), pointer, &value), &claims().to_string());
        assert_eq!(refused, Err(KeyError::Malformed), "{pointer} {value}");
    }
    for pointer in ["/alg", "/typ", "/jwk", "/jwk/kty", "/jwk/crv", "/jwk/x", "/jwk/y"] {
        let refused = check(&without(header(), pointer), &claims().to_string());
        assert_eq!(refused, Err(KeyError::Malformed), "{pointer}");
    }
}

#[test]
fn claims_that_are_missing_or_of_another_form_are_refused() {
    for name in ["/jti", "/htm", "/htu", "/iat", "/ath"] {
        let missing = check(&header().to_string(), &without(claims(), name));
        assert_eq!(missing, Err(KeyError::Malformed), "{name}");
        let array = check(&header().to_string(), &with(claims(), name, &json!([1])));
        assert_eq!(array, Err(KeyError::Malformed), "{name}");
    }
    for id in [String::new(), "x".repeat(LONGEST_ID + 1)] {
        let refused = check(&header().to_string(), &with(claims(), "/jti", &json!(id)));
        assert_eq!(refused, Err(KeyError::Malformed));
    }
    let twice = claims().to_string().replacen('{', r#"{"htm":"GET","#, 1);
    assert_eq!(check(&header().to_string(), &twice), Err(KeyError::Malformed));
}

#[test]
fn what_the_rfcs_leave_free_is_ignored() {
    let extra = with(header(), "/kid", &json!("1"));
    assert!(check(&extra, &with(claims(), "/sub", &json!("ada"))).is_ok());
    assert!(check(&with(header(), "/jwk/use", &json!("sig")), &claims().to_string()).is_ok());
    assert!(check(&header().to_string(), &with(claims(), "/iat", &json!(1.5))).is_ok());
}

#[test]
fn what_is_no_proof_or_too_long_is_refused() {
    let long = check(&header().to_string(), &with(claims(), "/x", &json!("x".repeat(LONGEST))));
    assert_eq!(long, Err(KeyError::Malformed));
    let proof = made();
    let two = proof.rsplit_once('.').unwrap().0.to_owned();
    for text in ["", ".", "..", "...", &two, &format!("{two}."), &format!("{proof}.x"), &format!(" {proof}")]
    {
        assert!(verify(text, &adas_key(), &ACCEPT).is_err(), "{text}");
    }
}

fn path() -> impl Strategy<Value = String> {
    "[a-z0-9/]{0,40}"
}

proptest! {
    #[test]
    fn what_one_phone_makes_verifies_and_names_its_nonce(
        path in path(), token in "[A-Za-z0-9_-]{1,90}", nonce in "[A-Za-z0-9_-]{1,43}", seed in any::<u64>(),
    ) {
        let url = format!("https://station.example/{path}");
        let request = Request { method: "GET", url: &url, token: &token };
        let proof = make(&adas_phone(), &request, Some(&nonce), &ManualWorld::new(evening(), seed)).unwrap();
        assert!(proof.len() < LONGEST / 2);
        assert_eq!(verify(&proof, &adas_key(), &request).unwrap().nonce, Some(nonce));
    }

    #[test]
    fn nothing_that_is_sent_makes_it_panic(text in ".{0,300}", header in ".{0,60}", claims in ".{0,60}") {
        assert!(verify(&text, &adas_key(), &ACCEPT).is_err());
        assert!(verify(&signed(&header, &claims), &adas_key(), &ACCEPT).is_err());
    }
}

#[test]
fn thumbprints_tell_phones_apart() {
    assert_ne!(hex(&thumbprint(&adas_key())), hex(&thumbprint(&bos_phone().public().signing)));
}
