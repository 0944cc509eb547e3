//! Text made comparable, for search and for looking a document up; and what it must not hold.

mod card;
mod phone;

pub use card::{cover_cards, has_card};
pub use phone::{phone_key, phone_spellings};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A sentence for people, in each language of the interface. They stand together where the
/// sentence is made, so that none is forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    pub es: String,
    pub en: String,
    /// Portuguese, for what debtors read; staff read Spanish or English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pt: Option<String>,
}

impl Say {
    pub fn new(es: impl Into<String>, en: impl Into<String>) -> Self {
        Self { es: es.into(), en: en.into(), pt: None }
    }

    /// The same sentence in Portuguese.
    pub fn pt(mut self, pt: impl Into<String>) -> Self {
        self.pt = Some(pt.into());
        self
    }

    /// The sentence for a language tag such as `es`, `en-US` or `pt-BR`; Spanish where it has no
    /// other.
    pub fn pick(&self, tag: &str) -> &str {
        match tag.get(..2) {
            Some("en") => &self.en,
            Some("pt") => self.pt.as_deref().unwrap_or(&self.es),
            _ => &self.es,
        }
    }
}

/// Lower case, no accents, anything but letters and digits becomes one blank:
/// `"  Peña-Nieto, José "` → `"pena nieto jose"`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    fold_any(text)
}

/// The same for the most frequent texts; an import folds millions of them.
fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            folded.push(char::from(byte.to_ascii_lowercase()));
        } else if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn fold_any(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        if c.is_alphanumeric() {
            folded.push(c);
        } else if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// A document or external number reduced to its letters and digits, folded:
/// `"1.234.567-8"` → `"12345678"`.
pub fn compact(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

/// Only the digits: for phones.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Hides all but the last `keep` characters: `"•••••678"`.
pub fn mask(text: &str, keep: usize) -> String {
    let length = text.chars().count();
    let hidden = length.saturating_sub(keep);
    "•".repeat(hidden.min(6)) + &text.chars().skip(hidden).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_spellings_meet() {
        assert_eq!(fold("  Peña-Nieto,  José "), "pena nieto jose");
        assert_eq!(compact("1.234.567-8"), "12345678");
        assert_eq!(digits("+52 (55) 1234-5678"), "525512345678");
        assert_eq!(mask("12345678", 3), "•••••678");
    }

    proptest::proptest! {
        #[test]
        fn both_ways_of_folding_agree(text in "[ -~\\t\\n]{0,40}") {
            proptest::prop_assert_eq!(fold_ascii(&text), fold_any(&text));
        }
    }
}
