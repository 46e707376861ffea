//! A stolen phone: a whole visit is played, then every byte that the engine wrote is read, store and log of all levels, at
//! three moments: in the middle of the visit, after it, and after the shift.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use terskel_api::Secret;
use terskel_api::dispatch::PhysicalKey;
use terskel_api::key::KeyHome;

use crate::interface::{Intent, Question, Reach};
use crate::store::{Store, StoreError};
use crate::testing::{Home, store_key};
use crate::{StoreKey, interface::Outcome};

/// What nobody may find, with a name for the message.
struct Needle {
    what: String,
    bytes: Vec<u8>,
}

impl Needle {
    fn new(what: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        assert!(bytes.len() >= 5, "{what} is so short that chance finds it");
        Self { what: what.to_owned(), bytes }
    }

    /// As it is, as two-byte letters, in hex, and in base64 wherever it may begin in it.
    fn forms(&self) -> Vec<Vec<u8>> {
        let hex: String = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let wide = self.bytes.iter().flat_map(|byte| [*byte, 0]).collect();
        let mut forms = vec![self.bytes.clone(), wide, hex.to_uppercase().into_bytes(), hex.into_bytes()];
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            for (before, unsure) in [(0, 0), (1, 2), (2, 3)] {
                let shifted = [vec![0; before], self.bytes.clone()].concat();
                let whole = shifted.len() / 3 * 4;
                forms.push(engine.encode(shifted).as_bytes()[unsure..whole].to_vec());
            }
        }
        forms
    }

    fn is_in(&self, hay: &[u8]) -> bool {
        self.forms().iter().any(|form| memchr::memmem::find(hay, form).is_some())
    }
}

/// The log, of all levels.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every file of the phone's folder.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

/// What is in the store at this moment, read with its key: what a thief would want.
async fn secrets(path: &Path) -> Vec<Needle> {
    let store = Store::open(path, &store_key()).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let phone = snapshot.phone.as_ref().unwrap();
    let mut found = vec![Needle::new("the phone's private keys", phone.identity.to_bytes().to_vec())];
    if let Some(session) = &snapshot.session {
        found.push(Needle::new("the session's token", session.token.expose()));
        found.push(Needle::new("its refresh token", session.refresh.expose()));
        found.push(Needle::new("the session's id", session.id.to_string()));
        found.push(Needle::new("the badge", session.badge.clone()));
        found.push(Needle::new("the team", session.team_name.clone()));
    }
    let keys = store.keys().await.unwrap();
    found.extend(keys.iter().map(|key| Needle::new("a digital key", key.bytes.clone())));
    if let Some(lock) = &snapshot.app_lock {
        found.push(Needle::new("the code's hash", lock.hash.expose()));
    }
    found
}

/// Kari's alarm, with everything that a dispatch can tell.
async fn home() -> (Home, Vec<Needle>) {
    let mut home = Home::enrolled().await;
    let details = home.body.details.as_mut().unwrap();
    details.note = "Har falt på badet".into();
    details.resident.phone_number = "+47 22 33 44 55".into();
    details.resident.way_in = "Nøkkel under matta".into();
    details.doors[0].code = Some(Secret::new("4711#0815"));
    details.doors[0].physical_key =
        Some(PhysicalKey { cabinet: "Vestby base".into(), tag: "17-B-42".into() });
    let texts = [
        "Nordmann",
        "Solbakken",
        "Fjordby",
        "flom i kjelleren",
        "+47 22 33 44 55",
        "falt på badet",
        "under matta",
        "Vestby base",
        "17-B-42",
        "Leilighet",
    ];
    let mut needles: Vec<_> = texts.iter().map(|text| Needle::new(text, *text)).collect();
    needles.push(Needle::new("the code of the door", "4711#0815"));
    (home, needles)
}

/// Nothing of it in anything that was written.
fn expect_nothing(needles: &[Needle], written: &[(String, Vec<u8>)], when: &str) {
    assert!(
        written.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 100_000,
        "there is something to read"
    );
    for (file, bytes) in written {
        for needle in needles {
            assert!(!needle.is_in(bytes), "{when}: {} lies open in {file}", needle.what);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_reads_every_byte_finds_no_name_address_secret_or_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _heard = tracing::subscriber::set_default(subscriber);

    let (home, mut needles) = home().await;
    needles.push(Needle::new("the unlock code, as it was typed", "\"258013\""));
    home.intend(Intent::ChooseUnlockCode { code: "258013".into() }).await.unwrap();
    let dispatch = home.dispatch;
    home.station.dispatch(home.body.clone());
    home.see("the alert", |view| !view.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch }).await.unwrap();
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    assert_eq!(home.open(home.flat).await.outcome, "opened");
    home.see("hub", |v| v.visit.as_ref().unwrap().hub.as_ref().unwrap().reach == Reach::Ready).await;
    assert_eq!(home.intend(Intent::CheckIn { dispatch }).await, Ok(Outcome::Done));

    // What is looked for is really there to be seen, and would be found in each of its forms.
    let view = serde_json::to_string(&*home.view()).unwrap();
    for needle in needles.iter().filter(|needle| !needle.what.starts_with("the ")) {
        assert!(needle.is_in(view.as_bytes()), "{}", needle.what);
        assert!(needle.is_in(BASE64_STANDARD_NO_PAD.encode(&view).as_bytes()), "{}", needle.what);
    }
    // Of whom nobody was dispatched to.
    let mut neighbour = home.body.details.clone().unwrap();
    neighbour.resident.last_name = "Tjernsli".into();
    let resident = neighbour.resident.id;
    let (doors, hub) = (neighbour.doors, neighbour.hub);
    home.station.change_roster([(resident, Some(KeyHome { resident: neighbour.resident, doors, hub }))]);
    home.see("the neighbour", |view| view.roster.here == 1).await;
    let asked = Question::FindHomes { text: "Tjernsl".into(), language: "nb".into() };
    let found = serde_json::to_string(&home.engine.ask(asked).await.unwrap()).unwrap();
    needles.push(Needle::new("the neighbour's name", "Tjernsl"));
    assert!(needles.last().unwrap().is_in(found.as_bytes()));
    let folder = home.store.parent().unwrap().to_owned();
    needles.extend(secrets(&home.store).await);
    expect_nothing(&needles, &files(&folder), "during the visit");

    home.intend(Intent::CheckOut { dispatch }).await.unwrap();
    home.intend(Intent::CloseVisit { dispatch }).await.unwrap();
    needles.extend(secrets(&home.store).await);
    expect_nothing(&needles, &files(&folder), "after the visit");
    home.intend(Intent::SignOut).await.unwrap();
    let Home { engine, store, _dir, .. } = home;
    drop(engine);
    expect_nothing(&needles, &files(&folder), "after the shift");

    let log = log.0.lock().unwrap().clone();
    let told = String::from_utf8_lossy(&log);
    assert!(told.contains("INFO") && told.contains("intent=Accept"), "the log was heard: {told}");
    // Ids are what a log is made of; a session's is shown to nobody.
    for needle in &needles {
        assert!(!needle.is_in(&log), "{} lies open in the log", needle.what);
    }
    for key in [[0; 32], [4; 32]] {
        assert!(matches!(Store::open(&store, &StoreKey::new(key)).await, Err(StoreError::WrongKey)));
    }
}
