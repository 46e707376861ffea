//! PINs: argon2id. A PIN of a staff number that does not exist takes as long to refuse as any other.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use terskel_api::Secret;
use terskel_model::world::random;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::problem::Failure;

/// What it costs to hash a PIN, and so to guess one from its hash.
#[derive(Clone, Copy, Default)]
pub enum PinWork {
    /// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
    #[default]
    Full,
    /// Next to nothing, which protects nobody: for tests that fill hundreds of stations. No option of the program
    /// leads here.
    Least,
}

impl PinWork {
    fn argon2id(self) -> Argon2<'static> {
        let (kibibytes, passes) = match self {
            Self::Full => (19 * 1024, 2),
            Self::Least => (Params::MIN_M_COST, Params::MIN_T_COST),
        };
        let params = Params::new(kibibytes, passes, 1, None).unwrap_or_default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// Hashes a new PIN into PHC text form.
pub(crate) async fn hash_pin(app: &App, pin: Secret) -> Result<String, Failure> {
    const FAILED: Failure = Failure::Internal("a PIN could not be hashed");
    let salt: [u8; 16] = random(&*app.world);
    let argon2id = app.pin_work.argon2id();
    let hash =
        in_turn(&app.pin_checks, move || argon2id.hash_password_with_salt(pin.expose().as_bytes(), &salt))
            .await;
    hash.and_then(Result::ok).map(|hash| hash.to_string()).ok_or(FAILED)
}

/// Does `work` when it is its turn. The turn ends with the work, not with the request: who hangs up early frees no
/// memory and must not let the next one in.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let turn = turns.clone().acquire_owned().await.ok()?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.ok()
}

/// A PIN and what it is checked against.
pub(crate) struct PinCheck {
    pub(crate) pin: Secret,
    /// None where the staff number is not known.
    pub(crate) stored: Option<String>,
}

impl PinCheck {
    /// Whether the PIN is right: takes the check, so that the PIN is wiped after it.
    pub(crate) async fn passes(self, app: &App) -> Result<bool, Failure> {
        const FAILED: Failure = Failure::Internal("a PIN could not be checked");
        let work = app.pin_work;
        in_turn(&app.pin_checks, move || self.check(work)).await.ok_or(FAILED)
    }

    fn check(&self, work: PinWork) -> bool {
        let argon2id = work.argon2id();
        let pin = self.pin.expose().as_bytes();
        match self.stored.as_deref().map(PasswordHash::new) {
            Some(Ok(stored)) => argon2id.verify_password(pin, &stored).is_ok(),
            _ => {
                // The same work for nothing, so that time does not tell which staff numbers exist.
                let _ = argon2id.hash_password_with_salt(pin, &[0; 16]);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_pin_of_a_known_worker_passes() {
        let argon2id = PinWork::default().argon2id();
        let stored = argon2id.hash_password_with_salt(b"4711", &[1; 16]).unwrap().to_string();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let check = |pin: &str, stored: Option<&String>| {
            PinCheck { pin: Secret::new(pin), stored: stored.cloned() }.check(PinWork::default())
        };
        assert!(check("4711", Some(&stored)));
        assert!(!check("4712", Some(&stored)));
        assert!(!check("4711", None));
    }

    #[tokio::test]
    async fn who_hangs_up_during_a_check_lets_nobody_in_before_it_is_done() {
        let turns = Arc::new(Semaphore::new(1));
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let work = move || {
            begun.send(()).unwrap();
            finished.recv().unwrap();
        };
        tokio::select! {
            biased;
            _ = in_turn(&turns, work) => panic!("the work is not done"),
            _ = begins => {}
        }
        assert_eq!(turns.available_permits(), 0);
        finish.send(()).unwrap();
        let next = tokio::time::timeout(std::time::Duration::from_secs(5), turns.acquire()).await;
        assert!(next.is_ok());
    }
}
