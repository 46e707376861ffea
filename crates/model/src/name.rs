//! Text from outside that is shown to people: any script, any emoji, but bounded and without control characters.

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the field takes.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The field's limit, in characters (Unicode scalar values).
        max: usize,
    },
    /// A control character other than a line break or a tab.
    #[error("holds a control character")]
    Control,
}

/// Checks a text of at least one visible character and at most `max` characters; gives it back trimmed.
///
/// # Errors
/// [`TextError`] says what is wrong with it.
pub fn required(text: &str, max: usize) -> Result<String, TextError> {
    let text = optional(text, max)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

/// As [`required`], but may be empty.
///
/// # Errors
/// [`TextError`] says what is wrong with it.
pub fn optional(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(TextError::Control);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_script_and_five_hundred_characters_pass() {
        for name in ["Kari Nordmann", "Øystein Bjørnstad-Ødegård", "王秀英", "محمد", "👩🏽‍🦳 Ada"]
        {
            assert_eq!(required(name, 500).as_deref(), Ok(name));
        }
        assert_eq!(required(&"å".repeat(500), 500), Ok("å".repeat(500)));
        assert_eq!(required(&"å".repeat(501), 500), Err(TextError::TooLong { max: 500 }));
    }

    #[test]
    fn empty_and_control_characters_do_not() {
        assert_eq!(required(" \n ", 9), Err(TextError::Empty));
        assert_eq!(required("Kari\0", 9), Err(TextError::Control));
    }
}
