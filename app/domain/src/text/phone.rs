//! Phones compared as their networks spell them.

use super::compact;

/// The key under which a phone is the same however it is spelt: its digits, without the mobile
/// prefixes that some networks add and others leave out. Providers of messages use both spellings:
/// Mexico `52 1 …` and `52 …`, Argentina `54 9 …` and `54 …`, Brazil with the ninth digit and without
/// (<https://developers.facebook.com/docs/whatsapp/cloud-api/reference/phone-numbers>).
pub fn phone_key(text: &str) -> String {
    let digits = compact(text);
    if let Some(national) = digits.strip_prefix("521").filter(|rest| rest.len() == 10) {
        return format!("52{national}");
    }
    if let Some(national) = digits.strip_prefix("549").filter(|rest| rest.len() == 10) {
        return format!("54{national}");
    }
    if let Some(national) = digits.strip_prefix("55").filter(|rest| rest.len() == 10)
        && let Some((area, number)) = national.split_at_checked(2)
        && number.starts_with(['6', '7', '8', '9'])
    {
        return format!("55{area}9{number}");
    }
    digits
}

/// Every spelling of a phone, as [`compact`] leaves it: for finding it where it was kept otherwise.
pub fn phone_spellings(text: &str) -> Vec<String> {
    let key = phone_key(text);
    let mut spellings = vec![compact(text), key.clone()];
    if let Some(national) = key.strip_prefix("52").filter(|rest| rest.len() == 10) {
        spellings.push(format!("521{national}"));
    } else if let Some(national) = key.strip_prefix("54").filter(|rest| rest.len() == 10) {
        spellings.push(format!("549{national}"));
    } else if let Some((area, number)) =
        key.strip_prefix("55").filter(|rest| rest.len() == 11).and_then(|rest| rest.split_at_checked(2))
        && let Some(short) = number.strip_prefix('9')
    {
        spellings.push(format!("55{area}{short}"));
    }
    spellings.sort();
    spellings.dedup();
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobile_prefixes_do_not_make_another_phone() {
        for (one, other) in [
            ("+52 55 1234 5678", "5215512345678"),
            ("+54 11 2345-6789", "5491123456789"),
            ("+55 11 98765-4321", "551187654321"),
            ("+57 300 123 4567", "573001234567"),
        ] {
            assert_eq!(phone_key(one), phone_key(other));
            assert!(phone_spellings(one).contains(&compact(other)), "{one}");
            assert!(phone_spellings(other).contains(&compact(one)), "{other}");
        }
        assert_ne!(phone_key("+52 55 1234 5678"), phone_key("+52 55 1234 5679"));
        // A landline of São Paulo has no ninth digit to add.
        assert_eq!(phone_key("+55 11 3123 4567"), "551131234567");
    }
}
