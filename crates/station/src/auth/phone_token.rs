//! The tokens of a phone's session: the station's MAC over what they are, for whom, and until when. The phone's key is part
//! of what the MAC covers, so a token is of no use with another key, whatever the database says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use terskel_api::Secret;
use terskel_keys::dpop::thumbprint;
use terskel_model::SessionId;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a token gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everything the worker may do, for some minutes.
    Access = 1,
    /// The next pair of tokens, until the session ends.
    Refresh = 2,
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PhoneToken {
    pub(crate) kind: Kind,
    pub(crate) session: SessionId,
    /// Counts the pairs of a session, from 1.
    pub(crate) generation: i64,
    /// Milliseconds since 1970.
    pub(crate) ends_ms: i64,
}

/// A token as it came; nothing of it is to be believed before [`TokenKey::is_ours`].
pub(crate) struct Shown {
    pub(crate) token: PhoneToken,
    mac: [u8; 32],
}

/// Kind, session, generation, end; then the MAC.
const BODY: usize = 1 + 16 + 8 + 8;

impl PhoneToken {
    fn body(&self) -> [u8; BODY] {
        let mut body = [0; BODY];
        body[0] = self.kind as u8;
        body[1..17].copy_from_slice(self.session.0.as_bytes());
        body[17..25].copy_from_slice(&self.generation.to_be_bytes());
        body[25..].copy_from_slice(&self.ends_ms.to_be_bytes());
        body
    }
}

impl Shown {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let (body, mac) = bytes.split_at_checked(BODY)?;
        let kind = [Kind::Access, Kind::Refresh].into_iter().find(|kind| *kind as u8 == body[0])?;
        let token = PhoneToken {
            kind,
            session: SessionId(Uuid::from_slice(&body[1..17]).ok()?),
            generation: i64::from_be_bytes(body[17..25].try_into().ok()?),
            ends_ms: i64::from_be_bytes(body[25..].try_into().ok()?),
        };
        Some(Self { token, mac: mac.try_into().ok()? })
    }
}

/// What tokens are made with.
pub(crate) struct TokenKey(pub(super) hmac::Key);

impl TokenKey {
    /// For the phone with this signing key. The same token says the same again.
    pub(crate) fn issue(&self, token: &PhoneToken, phone_key: &[u8; 65]) -> Secret {
        let body = token.body();
        let mac = hmac::sign(&self.0, &bound(&body, phone_key));
        Secret::new(URL_SAFE_NO_PAD.encode(Zeroizing::new([&body, mac.as_ref()].concat())))
    }

    /// Whether the station made this token, for the phone with this signing key.
    pub(crate) fn is_ours(&self, shown: &Shown, phone_key: &[u8; 65]) -> bool {
        hmac::verify(&self.0, &bound(&shown.token.body(), phone_key), &shown.mac).is_ok()
    }
}

fn bound(body: &[u8; BODY], phone_key: &[u8; 65]) -> Vec<u8> {
    [&body[..], &thumbprint(phone_key)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secrets::SessionSecrets;
    use terskel_keys::PhoneIdentity;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    fn key(master: u8) -> TokenKey {
        SessionSecrets::derive(&[master; 32]).unwrap().tokens
    }

    #[test]
    fn a_token_is_the_stations_own_the_phones_own_and_unchanged_or_nothing() {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let phone = || PhoneIdentity::generate(&world).public().signing;
        let (ada, bo) = (phone(), phone());
        let session = SessionId::new(&world);
        let token = PhoneToken { kind: Kind::Access, session, generation: 3, ends_ms: 4711 };
        let text = key(1).issue(&token, &ada);
        let shown = Shown::parse(text.expose()).unwrap();
        assert_eq!(shown.token, token);
        assert!(key(1).is_ours(&shown, &ada));
        assert!(!key(1).is_ours(&shown, &bo));
        assert!(!key(2).is_ours(&shown, &ada));
        let bytes = URL_SAFE_NO_PAD.decode(text.expose()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let shown = Shown::parse(&URL_SAFE_NO_PAD.encode(changed));
            assert!(shown.is_none_or(|shown| !key(1).is_ours(&shown, &ada)), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(Shown::parse(&URL_SAFE_NO_PAD.encode(&bytes[..length])).is_none());
        }
    }
}
