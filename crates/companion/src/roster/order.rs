//! Addresses in the order in which people list them: 2 comes before 10. What is compared has been folded (`fold.rs`): of the Nordic
//! letters å, æ and ø are left, and ä and ö are among them.

use std::cmp::Ordering;

/// Whose order of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// æ, ø, å.
    Norwegian,
    /// å, ä, ö.
    Swedish,
}

impl Alphabet {
    /// Of what is read in this language.
    pub(crate) fn of(language: &str) -> Self {
        if language == "sv" { Self::Swedish } else { Self::Norwegian }
    }
}

/// In the order of the Swedish alphabet: å, ä, ö.
pub(crate) fn swedish(one: &str, other: &str) -> Ordering {
    compare(one.as_bytes(), other.as_bytes(), |byte| byte)
}

/// In the order of the Norwegian and Danish alphabets: æ, ø, å.
pub(crate) fn norwegian(one: &str, other: &str) -> Ordering {
    // The second byte of å; no other letter with the same first byte is left, or comes after it.
    compare(one.as_bytes(), other.as_bytes(), |byte| if byte == 0xa5 { u8::MAX } else { byte })
}

/// `rank`: of the byte after 0xC3, where å, æ and ø have it.
fn compare(one: &[u8], other: &[u8], rank: fn(u8) -> u8) -> Ordering {
    let Some(at) = one.iter().zip(other).position(|(a, b)| a != b) else {
        return one.len().cmp(&other.len());
    };
    let digits = one[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let begin = at - digits;
    if one[begin].is_ascii_digit() && other[begin].is_ascii_digit() {
        return by_number(&one[begin..], &other[begin..], rank);
    }
    match at.checked_sub(1).map(|before| one[before]) {
        Some(0xc3) => rank(one[at]).cmp(&rank(other[at])),
        _ => one[at].cmp(&other[at]),
    }
}

/// Both begin with a number.
fn by_number(one: &[u8], other: &[u8], rank: fn(u8) -> u8) -> Ordering {
    let ((a, after_a), (b, after_b)) = (number(one), number(other));
    let by_size = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    // 07 is 7; and two texts are never the same unless they are.
    by_size.then_with(|| compare(after_a, after_b, rank)).then_with(|| one.cmp(other))
}

/// The digits of a number without its zeros, and what comes after.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = text.split_at(length);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (&digits[zeros..], after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(order: fn(&str, &str) -> Ordering, text: &str) -> String {
        let mut lines: Vec<&str> = text.split(',').collect();
        lines.reverse();
        lines.sort_by(|one, other| order(one, other));
        lines.join(",")
    }

    #[test]
    fn numbers_are_numbers_and_letters_stand_where_the_alphabet_has_them() {
        let numbers = "gata,gata 2,gata 2b,gata 07,gata 7 a,gata 8,gata 10,gata 10 2,gata 10 10,vei 1";
        assert_eq!(sorted(norwegian, numbers), numbers);
        assert_eq!(sorted(swedish, numbers), numbers);
        let (norsk, svensk) = ("azur 1,zeta 1,ænes 1,øvre 1,åsen 1", "azur 1,zeta 1,åsen 1,ænes 1,øvre 1");
        assert_eq!(sorted(norwegian, svensk), norsk);
        assert_eq!(sorted(swedish, norsk), svensk);
    }

    #[test]
    fn it_is_an_order() {
        let letters = ["0", "1", "2", " ", "a", "å", "æ"];
        let longer = |words: &[String]| -> Vec<String> {
            words.iter().flat_map(|word| letters.map(|letter| format!("{word}{letter}"))).collect()
        };
        let mut words = vec![String::new()];
        for _ in 0..3 {
            words.extend(longer(&words));
        }
        words.sort();
        words.dedup();
        for order in [norwegian, swedish] {
            words.sort_by(|one, other| order(one, other));
            for (at, word) in words.iter().enumerate() {
                assert_eq!(order(word, word), Ordering::Equal);
                for later in &words[at + 1..] {
                    assert_eq!(order(word, later), Ordering::Less, "{word:?} {later:?}");
                    assert_eq!(order(later, word), Ordering::Greater, "{word:?} {later:?}");
                }
            }
        }
    }
}
