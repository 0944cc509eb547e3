//! Phone numbers into E.164.

use domain::text::digits;

/// Calling code and the lengths of national numbers, for the countries served; other numbers
/// need their international prefix.
const PLANS: &[(&str, &str, std::ops::RangeInclusive<usize>)] = &[
    ("AR", "54", 10..=11),
    ("BO", "591", 7..=8),
    ("BR", "55", 10..=11),
    ("CA", "1", 10..=10),
    ("CL", "56", 9..=9),
    ("CO", "57", 10..=10),
    ("CR", "506", 8..=8),
    ("DO", "1", 10..=10),
    ("EC", "593", 8..=9),
    ("ES", "34", 9..=9),
    ("GT", "502", 8..=8),
    ("HN", "504", 8..=8),
    ("MX", "52", 10..=10),
    ("NI", "505", 8..=8),
    ("PA", "507", 7..=8),
    ("PE", "51", 8..=9),
    ("PY", "595", 8..=9),
    ("SV", "503", 8..=8),
    ("US", "1", 10..=10),
    ("UY", "598", 8..=8),
];

/// Reads an international number (`+52 55 …`, `0052 55 …`) or one of `country`'s own.
pub fn e164(text: &str, country: Option<&str>) -> Option<String> {
    let plain = |c: char| c.is_ascii_digit() || " +-().\u{a0}/".contains(c);
    if !text.chars().all(plain) || text.trim_start_matches('+').contains('+') {
        return None;
    }
    let number = digits(text);
    if text.starts_with('+') {
        return international(&number);
    }
    if let Some(number) = number.strip_prefix("00") {
        return international(number);
    }
    let (_, code, lengths) = PLANS.iter().find(|(name, ..)| Some(*name) == country)?;
    let national = |number: &str| {
        // The trunk prefix is dialled at home only.
        let number = number.strip_prefix('0').unwrap_or(number);
        lengths.contains(&number.len()).then(|| format!("+{code}{number}"))
    };
    national(&number).or_else(|| number.strip_prefix(code).and_then(national))
}

fn international(number: &str) -> Option<String> {
    ((8..=15).contains(&number.len()) && !number.starts_with('0')).then(|| format!("+{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international_spellings_meet() {
        for text in ["55 1234 5678", "(55) 1234-5678", "+52 55 1234 5678", "0052 5512345678", "525512345678"]
        {
            assert_eq!(e164(text, Some("MX")).as_deref(), Some("+525512345678"), "{text}");
        }
        assert_eq!(e164("099123456", Some("EC")).as_deref(), Some("+59399123456"));
    }

    #[test]
    fn what_is_no_phone() {
        for text in ["12345", "abc5512345678", "+52+5512345678", "+0123456789", "5512345678901234"] {
            assert_eq!(e164(text, Some("MX")), None, "{text}");
        }
        assert_eq!(e164("5512345678", None), None);
        assert_eq!(e164("5512345678", Some("JP")), None);
    }
}
