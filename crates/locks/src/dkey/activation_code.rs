//! The one-time code that lets a phone associate with a lock.

use zeroize::Zeroizing;

/// Consonants without Y, and digits (4.3).
const ALPHABET: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ0123456789";

/// Eight characters from the administrator's app, usually shown as `XXXX-XXXX`. Works once.
#[derive(Clone)]
pub struct ActivationCode(Zeroizing<[u8; 8]>);

/// Why a text is no activation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationCodeError {
    /// Not eight characters after separators were taken out.
    #[error("an activation code has 8 characters")]
    Length,
    /// A vowel, a Y or something that is neither letter nor digit.
    #[error("an activation code has only digits and consonants other than Y")]
    Alphabet,
}

impl ActivationCode {
    /// Reads a code as a person types it: `-`, spaces and tabs are ignored, case does not matter.
    ///
    /// # Errors
    /// [`ActivationCodeError`] if it cannot be a code of any lock.
    pub fn parse(text: &str) -> Result<Self, ActivationCodeError> {
        let mut code = Zeroizing::new([0; 8]);
        let mut length = 0;
        for typed in text.chars().filter(|c| !matches!(c, '-' | ' ' | '\t')) {
            let character = u8::try_from(typed.to_ascii_uppercase()).unwrap_or(0);
            if !ALPHABET.contains(&character) {
                return Err(ActivationCodeError::Alphabet);
            }
            *code.get_mut(length).ok_or(ActivationCodeError::Length)? = character;
            length += 1;
        }
        if length == code.len() { Ok(Self(code)) } else { Err(ActivationCodeError::Length) }
    }

    /// The code in ASCII, upper case.
    pub(crate) fn ascii(&self) -> &[u8; 8] {
        &self.0
    }
}

impl std::fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ActivationCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for text in ["GBZT-HXC0", "gbzt hxc0", "\tGBZTHXC0 "] {
            assert_eq!(ActivationCode::parse(text).unwrap().ascii(), b"GBZTHXC0");
        }
    }

    #[test]
    fn vowels_y_and_wrong_lengths_are_refused_before_anything_is_sent() {
        for text in ["GBZT-HXCA", "GBZT-HXCY", "GBZT-HXCÅ", "GBZT_HXC0", "ｇBZTHXC0"] {
            assert_eq!(ActivationCode::parse(text).unwrap_err(), ActivationCodeError::Alphabet, "{text}");
        }
        for text in ["", "GBZT-HXC", "GBZT-HXC00"] {
            assert_eq!(ActivationCode::parse(text).unwrap_err(), ActivationCodeError::Length, "{text}");
        }
    }

    #[test]
    fn a_code_never_shows_in_debug() {
        let code = ActivationCode::parse("GBZT-HXC0").unwrap();
        assert_eq!(format!("{code:?}"), "ActivationCode(..)");
    }
}
