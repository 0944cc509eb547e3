//! Card numbers that people type where they do not belong. We have no field for one, so each is covered
//! up before anything keeps it (PCI DSS v4.0.1, requirements 3.3 and 3.5).

use std::borrow::Cow;

/// Figures at the end that may stay readable.
const READABLE: usize = 4;
const COVER: char = '•';

/// The text with every card number covered up to its last four figures, its blanks and dashes kept:
/// `"mi tarjeta 4111-1111-1111-1111"` → `"mi tarjeta ••••-••••-••••-1111"`.
///
/// A card number has the length and first figures of a known scheme, passes the check of ISO/IEC 7812-1
/// (Luhn), and stands apart from other figures by anything but a blank, a dot or a dash, or by a group of
/// its own. Account, phone and bank numbers stay as they are.
pub fn cover_cards(text: &str) -> Cow<'_, str> {
    let found = cards(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let covered = |at: usize, c: char| {
        let inside = found.iter().any(|card| card.start <= at && at < card.readable_from);
        if inside && c.is_ascii_digit() { COVER } else { c }
    };
    Cow::Owned(text.char_indices().map(|(at, c)| covered(at, c)).collect())
}

/// Whether the text holds a card number.
pub fn has_card(text: &str) -> bool {
    !cards(text).is_empty()
}

/// Byte positions of a card number.
struct Card {
    start: usize,
    readable_from: usize,
}

/// Figures that stand together: their byte positions and values.
type Group = Vec<(usize, u8)>;

fn cards(text: &str) -> Vec<Card> {
    let mut found = Vec::new();
    for run in runs(text) {
        let mut from = 0;
        while from < run.len() {
            let until = (from + 1..=run.len()).rev().find(|until| is_card(&run[from..*until]));
            if let Some(until) = until {
                let digits: Vec<usize> = run[from..until].iter().flatten().map(|(at, _)| *at).collect();
                if let (Some(start), Some(readable)) =
                    (digits.first(), digits.len().checked_sub(READABLE).and_then(|last| digits.get(last)))
                {
                    found.push(Card { start: *start, readable_from: *readable });
                }
            }
            from = until.unwrap_or(from + 1);
        }
    }
    found
}

/// Groups of figures with one blank, dot or dash between them.
fn runs(text: &str) -> Vec<Vec<Group>> {
    let mut runs: Vec<Vec<Group>> = Vec::new();
    // What stands between the last figure and here.
    let mut gap: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if let Some(digit) = c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
            match (gap, runs.last_mut()) {
                (Some(0), Some(run)) => match run.last_mut() {
                    Some(group) => group.push((at, digit)),
                    None => run.push(vec![(at, digit)]),
                },
                (Some(1), Some(run)) => run.push(vec![(at, digit)]),
                _ => runs.push(vec![vec![(at, digit)]]),
            }
            gap = Some(0);
        } else {
            let joins = matches!(c, ' ' | '\u{a0}' | '.' | '-' | '–');
            gap = gap.filter(|_| joins).map(|width| width + 1);
        }
    }
    runs
}

fn is_card(groups: &[Group]) -> bool {
    let digits: Vec<u8> = groups.iter().flatten().map(|(_, digit)| *digit).collect();
    has_scheme(&digits) && passes_check(&digits)
}

/// Length and first figures of the schemes in use (issuer identification numbers, ISO/IEC 7812-1).
fn has_scheme(digits: &[u8]) -> bool {
    let first = |count: usize| digits.iter().take(count).fold(0_u32, |sum, d| sum * 10 + u32::from(*d));
    match digits.len() {
        14 => matches!(first(2), 30 | 36 | 38 | 39),
        15 => matches!(first(2), 34 | 37),
        16 => matches!(first(2), 35 | 40..=49 | 50..=58 | 60..=65) || (2221..=2720).contains(&first(4)),
        17 | 18 => first(2) == 62,
        19 => first(1) == 4 || first(2) == 62,
        _ => false,
    }
}

fn passes_check(digits: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(u32::from(*digit)) } else { u32::from(*digit) })
        .sum();
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_covered_however_they_are_written() {
        for (typed, kept) in [
            ("4242424242424242", "••••••••••••4242"),
            ("pagué con 4111 1111 1111 1111, gracias", "pagué con •••• •••• •••• 1111, gracias"),
            ("5555-5555-5555-4444 12/30 123", "••••-••••-••••-4444 12/30 123"),
            ("4242424242424242 1230 123", "••••••••••••4242 1230 123"),
            ("amex 378282246310005", "amex •••••••••••0005"),
            ("3056 930902 5904", "•••• •••••• 5904"),
            ("4242.4242.4242.4242 y 5105105105105100", "••••.••••.••••.4242 y ••••••••••••5100"),
            ("folio 12 4242 4242 4242 4242", "folio 12 •••• •••• •••• 4242"),
        ] {
            assert_eq!(cover_cards(typed), kept);
            assert!(!has_card(&cover_cards(typed)), "{typed}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "4242424242424241",
            "CLABE 646180157000000004",
            "+54 9 11 5555 1234",
            "BA-4000145",
            "folio 14242424242424242",
            "1,250.00 el 2026-11-20 y 4.242,00 el 2026-12-20",
            "42424242424242424242",
            "4242 4242  4242 4242",
        ] {
            assert!(matches!(cover_cards(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn nothing_but_figures_changes() {
        proptest::proptest!(|(text in "[0-9 .\\-a-zñ•]{0,60}")| {
            let covered = cover_cards(&text);
            assert_eq!(covered.chars().count(), text.chars().count());
            assert!(!has_card(&covered));
            for (before, after) in text.chars().zip(covered.chars()) {
                assert!(before == after || (before.is_ascii_digit() && after == COVER));
            }
        });
    }
}
