//! Receipt numbers: one gapless series for each device.

/// Why a text is not a receipt number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a receipt number looks like D07-000123")]
pub struct ReceiptNoError;

/// `D07`, 123 → `D07-000123`. Numbers past a million simply grow longer.
pub fn format_receipt_no(device_code: &str, number: u64) -> String {
    format!("{device_code}-{number:06}")
}

/// The device code and the number of a receipt.
pub fn parse_receipt_no(text: &str) -> Result<(&str, u64), ReceiptNoError> {
    let (code, digits) = text.rsplit_once('-').ok_or(ReceiptNoError)?;
    let code_ok = code.len() >= 2 && code.len() <= 12 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !code_ok || digits.len() < 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ReceiptNoError);
    }
    let number: u64 = digits.parse().map_err(|_| ReceiptNoError)?;
    if number == 0 || format_receipt_no(code, number) != text {
        return Err(ReceiptNoError);
    }
    Ok((code, number))
}
