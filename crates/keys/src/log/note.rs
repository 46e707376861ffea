//! Signed notes (C2SP `signed-note`) with Ed25519: a text, an empty line, and a line for each signature.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::hash::sha256;
use crate::ed25519::{self, SigningKey};

/// The signature type of Ed25519 in key ids and key texts.
const ED25519: u8 = 1;
/// Begins the line of a signature: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Why a note is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// No signed note, or no text of the kind that was expected.
    #[error("it is not in the form of a signed note")]
    Malformed,
    /// Signed, by somebody else: these.
    #[error("it is signed by {0}")]
    OtherSigner(String),
    /// It has a signature in the name of the key, which is not the key's.
    #[error("its signature is not good")]
    BadSignature,
}

/// The key that a station signs its log with.
#[derive(Debug)]
pub struct LogKey {
    public: LogPublicKey,
    key: SigningKey,
}

impl LogKey {
    /// The key of an Ed25519 seed. Its name is made of the key, so that two stations never have the same.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_seed(seed);
        let public_key = key.public_key();
        let name = format!("terskel-station/{}", hex(&sha256(&[&public_key])[..8]));
        Self { public: LogPublicKey { name, key: public_key }, key }
    }

    /// What its signatures are checked with.
    #[must_use]
    pub fn public(&self) -> &LogPublicKey {
        &self.public
    }

    /// Signs a text, which ends with a line end.
    pub(super) fn sign(&self, text: &str) -> String {
        let mut signature = self.public.id().to_vec();
        signature.extend(self.key.sign(text.as_bytes()));
        format!("{text}\n{DASH}{} {}\n", self.public.name, STANDARD.encode(signature))
    }
}

/// The public half of a [`LogKey`]. As text: `name+id+key`, the id in hex, the key in base64 after its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPublicKey {
    name: String,
    key: [u8; 32],
}

impl LogPublicKey {
    /// The key's name, which is also the log's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 4 bytes of SHA-256 of name, line end, type and key.
    fn id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519], &self.key]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The text of a note that this key has signed. Signatures of others are not looked at.
    pub(super) fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = &note[..=text.len()];
        let mut others = Vec::new();
        for line in signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?.split('\n') {
            let (name, signature) = signature_of(line).ok_or(NoteError::Malformed)?;
            match signature.strip_prefix(&self.id()) {
                Some(signature) if name == self.name => {
                    ed25519::verify(&self.key, text.as_bytes(), signature)
                        .map_err(|_| NoteError::BadSignature)?;
                    return Ok(text);
                }
                _ => others.push(name),
            }
        }
        Err(NoteError::OtherSigner(others.join(", ")))
    }
}

impl fmt::Display for LogPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), STANDARD.encode(key))
    }
}

impl FromStr for LogPublicKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let parse = || {
            let (name, rest) = text.split_once('+')?;
            let (id, key) = rest.split_once('+')?;
            let key = STANDARD.decode(key).ok()?;
            let key = key.strip_prefix(&[ED25519])?.try_into().ok()?;
            let public = Self { name: is_name(name).then(|| name.to_owned())?, key };
            (hex(&public.id()) == id).then_some(public)
        };
        parse().ok_or(NoteError::Malformed)
    }
}

fn signature_of(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    (is_name(name) && signature.len() > 4).then_some((name, signature))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the documentation of Go's `golang.org/x/mod/sumdb/note`.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                           then you don't know what your problem is.\n";
    const GO_SIGNATURE: &str = "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p\
                                ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn station() -> LogKey {
        LogKey::from_seed(&[0x10; 32])
    }

    #[test]
    fn a_note_of_another_implementation_opens() {
        let key: LogPublicKey = GO_KEY.parse().unwrap();
        assert_eq!(key.to_string(), GO_KEY);
        assert_eq!(key.open(&format!("{GO_TEXT}{GO_SIGNATURE}")), Ok(GO_TEXT));
    }

    #[test]
    fn who_signed_is_told_apart_from_a_bad_signature() {
        let note = station().sign("a text\n");
        assert_eq!(station().public().open(&note), Ok("a text\n"));
        let stranger = LogKey::from_seed(&[0x11; 32]);
        let other = NoteError::OtherSigner(station().public().name().to_owned());
        assert_eq!(stranger.public().open(&note), Err(other));
        let altered = note.replace("a text", "b text");
        assert_eq!(station().public().open(&altered), Err(NoteError::BadSignature));
    }

    #[test]
    fn a_witness_may_sign_too() {
        let witness = LogKey::from_seed(&[0x11; 32]);
        let line = |note: &str| note.split_once("\n\n").unwrap().1.to_owned();
        let note = station().sign("a text\n");
        let both = format!("{note}{}", line(&witness.sign("a text\n")));
        assert_eq!(station().public().open(&both), Ok("a text\n"));
        assert_eq!(witness.public().open(&both), Ok("a text\n"));
    }

    #[test]
    fn what_is_no_note_or_no_key_is_refused() {
        let dashes = format!("a\n\n{DASH}\n");
        for note in ["", "a", "a\n", "a\n\n", "a\n\nb\n", &dashes, &station().sign("a\n")[1..20]] {
            assert_eq!(station().public().open(note), Err(NoteError::Malformed), "{note:?}");
        }
        let wrong_id = GO_KEY.replace("c74f", "c74e");
        for key in ["", "+", "a+b", "a+b+c", "a b+c74f20a3+AQ==", &wrong_id, &GO_KEY[..40]] {
            assert_eq!(key.parse::<LogPublicKey>(), Err(NoteError::Malformed), "{key}");
        }
    }
}
