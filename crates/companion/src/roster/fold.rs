//! Text as it is searched: without case, and without the marks that nobody types. What the Nordic alphabets have as letters of
//! their own stay such: å is no a. Swedish ä and ö are the same letters as Norwegian æ and ø, as in both countries' directories.

use terskel_api::dispatch::Resident;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// More words than anybody types.
const MOST_WORDS: usize = 8;

/// What a home is found by: the address first, as it is ordered by it.
pub(crate) fn folded(resident: &Resident) -> String {
    let Resident { first_name, last_name, address, town, .. } = resident;
    words(&format!("{address} {town} {first_name} {last_name}")).collect::<Vec<_>>().join(" ")
}

/// What is looked for.
pub(super) fn asked(text: &str) -> Vec<String> {
    words(text).take(MOST_WORDS).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(fold).filter(|word| !word.is_empty())
}

fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.nfc().flat_map(char::to_lowercase) {
        match letter {
            'å' => folded.push('å'),
            'ä' | 'æ' => folded.push('æ'),
            'ö' | 'ø' => folded.push('ø'),
            'đ' | 'ð' => folded.push('d'),
            'ŧ' => folded.push('t'),
            'ŋ' => folded.push('n'),
            'ł' => folded.push('l'),
            'ß' => folded.push_str("ss"),
            ',' | ';' => {}
            other => decompose_canonical(other, |part| {
                if !is_combining_mark(part) {
                    folded.push(part);
                }
            }),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nordic_letters_are_letters_of_their_own() {
        let same = [
            ("SÖDERSTRÖM", "søderstrøm"),
            ("Ægir", "ägir"),
            ("Åse", "åSE"),
            // As some keyboards send it: the letter, then its ring.
            ("A\u{30a}se", "åse"),
            ("Café", "cafe"),
            ("Müller", "muller"),
            ("Đurđa", "durda"),
            ("Strauß", "strauss"),
            ("Ánne", "anne"),
        ];
        for (one, other) in same {
            assert_eq!(fold(one), fold(other));
        }
        for (one, other) in [("å", "a"), ("ö", "o"), ("æ", "ae"), ("ø", "o"), ("ä", "a")] {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn what_is_asked_is_cut_into_words() {
        assert_eq!(asked("  Åse,  NORD "), ["åse", "nord"]);
        assert!(asked(" , ").is_empty());
        assert_eq!(asked(&"x ".repeat(100)).len(), MOST_WORDS);
    }
}
