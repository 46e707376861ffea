//! What a code may be, and how it is kept: as an argon2id hash, in the encrypted store. Whoever can read that has the
//! residents already; the hash keeps them from a code that the worker may use elsewhere.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use terskel_api::Secret;
use terskel_model::World;
use terskel_model::world::random;

/// As the station's PINs: 19 MiB, two passes.
fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Four to eight digits, typed with gloves on.
pub(super) fn is_code(typed: &str) -> bool {
    (4..=8).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a thief tries first: one digit again and again, digits in a row, two in turn.
pub(super) fn is_simple(code: &str) -> bool {
    let digits: Vec<i16> = code.bytes().map(i16::from).collect();
    let steps: Vec<i16> = digits.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let even = steps.windows(2).all(|pair| pair[0] == pair[1]) && steps.first().is_some_and(|s| s.abs() <= 1);
    let in_turn = digits.windows(3).all(|three| three[0] == three[2]);
    even || in_turn
}

/// The hash that is kept. Takes a tenth of a second, in a thread where that is no harm.
pub(super) async fn hash(code: Secret, world: &dyn World) -> Option<Secret> {
    let salt: [u8; 16] = random(world);
    let work = move || argon2id().hash_password_with_salt(code.expose().as_bytes(), &salt);
    let hash = tokio::task::spawn_blocking(work).await.ok()?.ok()?;
    Some(Secret::new(hash.to_string()))
}

/// Whether this is the code.
pub(super) async fn matches(code: Secret, hash: Secret) -> bool {
    let work = move || match PasswordHash::new(hash.expose()) {
        Ok(hash) => argon2id().verify_password(code.expose().as_bytes(), &hash).is_ok(),
        Err(_) => false,
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_tried_first_are_not_taken() {
        for simple in ["0000", "1234", "4321", "23456", "7777777", "1212", "90909"] {
            assert!(is_simple(simple), "{simple}");
        }
        for good in ["2580", "4711", "1357", "19420", "1123"] {
            assert!(!is_simple(good), "{good}");
        }
        for no_code in ["", "123", "123456789", "12a4", "१२३४", " 2580"] {
            assert!(!is_code(no_code), "{no_code}");
        }
        assert!(is_code("2580") && is_code("25802580"));
    }
}
