//! The reference of a bank transfer: eight characters that stand for one debt and say nothing of
//! it. The last one is a check character, so that one wrong character, or two that changed places,
//! never make the reference of another debt.
//!
//! The weighted sum modulo a prime is that of ISBN-10 (ISO 2108:1992), with 31 characters in the
//! place of eleven: since the weights differ and none is a multiple of 31, every single change and
//! every exchange of two different characters changes the sum.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// No 0, 1, I, L, O: nobody takes one for another. A prime number of them.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const MODULUS: usize = LETTERS.len();
const LENGTH: usize = 8;

/// What a debtor writes on a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferReference([u8; LENGTH]);

/// Not the reference of anything: another length, other characters, or the check fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no reference of a transfer")]
pub struct NoReference;

/// The place of a character among [`LETTERS`].
fn value(letter: u8) -> Option<usize> {
    LETTERS.iter().position(|known| *known == letter)
}

/// What the characters add up to, each by its place, modulo 31; right ones give 0.
fn sum(letters: [u8; LENGTH]) -> Option<usize> {
    let mut sum = 0;
    for (weight, letter) in (1..).zip(letters) {
        sum += weight * value(letter)?;
    }
    Some(sum % MODULUS)
}

impl TransferReference {
    /// From seven random bytes, of which each gives one character; the eighth follows.
    pub fn from_random(random: [u8; LENGTH - 1]) -> Self {
        let pick = |index: usize| LETTERS.get(index % MODULUS).copied().unwrap_or(b'2');
        let mut letters = [b'2'; LENGTH];
        for (letter, byte) in letters.iter_mut().zip(random) {
            *letter = pick(usize::from(byte));
        }
        // Of 31 last characters exactly one fits, because 31 is prime.
        for last in 0..MODULUS {
            if let Some(letter) = letters.last_mut() {
                *letter = pick(last);
            }
            if sum(letters) == Some(0) {
                break;
            }
        }
        Self(letters)
    }

    fn checked(letters: [u8; LENGTH]) -> Option<Self> {
        (sum(letters) == Some(0)).then_some(Self(letters))
    }

    /// In two groups, easier to copy by hand; banks and [`find`] take it either way.
    pub fn grouped(&self) -> String {
        let text = self.to_string();
        let (left, right) = text.split_at(LENGTH / 2);
        format!("{left} {right}")
    }
}

impl fmt::Display for TransferReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl FromStr for TransferReference {
    type Err = NoReference;

    fn from_str(text: &str) -> Result<Self, NoReference> {
        let letters: [u8; LENGTH] = compact(text).try_into().map_err(|_| NoReference)?;
        Self::checked(letters).ok_or(NoReference)
    }
}

/// Capital letters and digits alone: banks put blanks and hyphens where they like.
fn compact(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

fn windows(text: &str) -> Vec<[u8; LENGTH]> {
    compact(text).windows(LENGTH).filter_map(|window| window.try_into().ok()).collect()
}

/// Every reference that can be read in a bank's text, wherever it stands.
pub fn find(text: &str) -> BTreeSet<TransferReference> {
    windows(text).into_iter().filter_map(TransferReference::checked).collect()
}

/// References that are one wrong character, or one exchange of neighbours, away from something in
/// the text: for a person to decide about, never to post by.
pub fn near(text: &str) -> BTreeSet<TransferReference> {
    let mut found = BTreeSet::new();
    for window in windows(text) {
        let foreign = window.iter().filter(|letter| value(**letter).is_none()).count();
        // Two that are no letters of ours take two changes.
        if foreign > 1 {
            continue;
        }
        for (place, letter) in window.iter().enumerate() {
            if foreign == 1 && value(*letter).is_some() {
                continue;
            }
            let with = |other: &u8| {
                let mut changed = window;
                changed.get_mut(place).map(|slot| *slot = *other)?;
                TransferReference::checked(changed)
            };
            found.extend(LETTERS.iter().filter_map(with));
        }
        let exchanged = (1..LENGTH).filter_map(|place| {
            let mut changed = window;
            changed.swap(place - 1, place);
            TransferReference::checked(changed)
        });
        found.extend(exchanged);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_wrong_character_or_any_swap_is_found(
            random in any::<[u8; 7]>(), place in 0..LENGTH, other in 0..LENGTH, letter in 0..MODULUS,
        ) {
            let reference = TransferReference::from_random(random);
            let text = reference.to_string();
            prop_assert_eq!(text.parse(), Ok(reference));
            prop_assert_eq!(reference.grouped().to_lowercase().parse(), Ok(reference));
            let mut wrong = reference.0;
            wrong[place] = LETTERS[letter];
            prop_assert_eq!(TransferReference::checked(wrong).is_some(), wrong == reference.0);
            let mut swapped = reference.0;
            swapped.swap(place, other);
            prop_assert_eq!(TransferReference::checked(swapped).is_some(), swapped == reference.0);
            // A person is offered the right one again.
            let wrong = String::from_utf8(wrong.to_vec()).unwrap();
            prop_assert!(near(&wrong).contains(&reference));
        }

        #[test]
        fn no_text_makes_it_stumble(text in "\\PC{0,80}") {
            let _ = (find(&text), near(&text));
        }
    }

    #[test]
    fn it_is_read_out_of_whatever_the_bank_makes_of_it() {
        let reference = TransferReference::from_random([3, 14, 15, 92, 65, 35, 89]);
        let (text, grouped) = (reference.to_string(), reference.grouped());
        for said in [
            format!("SPEI RECIBIDO {text} BANCO"),
            format!("pago{}gracias", text.to_lowercase()),
            format!("REF {grouped}"),
            format!("{}-{}", &text[..3], &text[3..]),
        ] {
            assert!(find(&said).contains(&reference), "{said}");
        }
        assert!(find("TRASPASO NOMINA").is_empty());
        assert_eq!("".parse::<TransferReference>(), Err(NoReference));
        assert_eq!("IIIIIIII".parse::<TransferReference>(), Err(NoReference));
    }

    #[test]
    fn look_alikes_are_offered_to_a_person() {
        let reference = TransferReference::from_random([0; 7]);
        let with_zero = format!("0{}", &reference.to_string()[1..]);
        assert!(find(&with_zero).is_empty());
        assert!(near(&with_zero).contains(&reference));
    }
}
