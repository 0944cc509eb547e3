//! Row errors in English.

use super::problem::{Differs, Problem};

/// What is wrong.
pub fn message(problem: &Problem) -> String {
    use Problem as P;
    match problem {
        P::MappingSyntax { line, detail } => {
            format!("The mapping file is not valid TOML (line {line}): {detail}")
        }
        P::UnknownMappingKey { key, .. } => format!("The mapping file has an unknown key: “{key}”."),
        P::MappedTwice { key } => format!("“{key}” is both in [columns] and in [constants]."),
        P::WrongMappingValue { key } => format!("The value of “{key}” in the mapping file does not fit."),
        P::ConstantNotAllowed { key } => format!("“{key}” cannot be the same on every row."),
        P::BadDateFormat { format } => {
            format!("The date format “{format}” does not say day, month and year.")
        }
        P::EmptyFile => "The file is empty.".into(),
        P::NoRows => "The file has only a header: there are no rows to import.".into(),
        P::LegacyWorkbook => "The file is an old Excel workbook (.xls).".into(),
        P::UnreadableWorkbook { detail } => format!("The Excel workbook cannot be read: {detail}."),
        P::WorkbookTooLarge { megabytes, cells } => {
            format!("The Excel workbook is over {megabytes} MB or {cells} cells.")
        }
        P::FileChanged => "The file changed while it was read.".into(),
        P::MissingColumn { ours, theirs: Some(theirs), .. } => {
            format!("The column “{theirs}”, which {ours} comes from, is missing.")
        }
        P::MissingColumn { ours, theirs: None, .. } => format!("The required column {ours} is missing."),
        P::MissingDebtorColumn => {
            "No column says who owes: debtor_document or debtor_name is missing.".into()
        }
        P::DuplicateHeader => "The header has this column name twice.".into(),
        P::TotalTooLarge { currency } => {
            format!("The file's total in {currency} is too large for the books.")
        }
        P::RowTooLong { limit } => format!("The row is over {limit} bytes; what follows was not read."),
        P::NotUtf8 { byte } => format!("The text is not UTF-8 (byte {byte} of the file)."),
        P::FieldCount { expected, found } => {
            format!("The row has {found} fields and the header {expected}.")
        }
        P::Required => "The field is required and empty.".into(),
        P::DebtorRequired => "The row does not say who owes: neither document nor name.".into(),
        P::DuplicateId { value, first_line } => {
            format!("The number “{value}” is already on line {first_line}.")
        }
        P::AlreadyDifferent { value, differs } => {
            let other = match differs {
                Differs::Debtor => "another debtor",
                Differs::Currency => "another currency",
                Differs::DueOn => "another due date",
                Differs::Amounts => "other opening amounts",
            };
            format!("The account “{value}” is there already with {other}.")
        }
        P::TooManyRows { limit } => format!("The file has more than {limit} payments."),
        P::UnknownAccount { value } => format!("The creditor has no account “{value}”."),
        P::OtherCurrency { value, currency } => format!("The account “{value}” is in {currency}."),
        P::PaymentDiffers { value } => {
            format!("This payment of “{value}” was posted with another account, amount or day.")
        }
        P::NothingPaid => "The amount paid is zero.".into(),
        P::FutureDate { value } => format!("The date “{value}” is in the future."),
        P::SheetError { value } => format!("The cell holds a spreadsheet error: {value}."),
        P::BadDate { value, format } => format!("“{value}” is not a date of the form {format}."),
        P::DateOrder { value } => format!("The date “{value}” is later than the due date."),
        P::NotANumber { value, .. } => format!("“{value}” is not an amount."),
        P::Negative { value } => format!("The amount “{value}” is negative."),
        P::TooManyDecimals { value, currency, allowed, found } => {
            format!("“{value}” has {found} decimals; {currency} has {allowed}.")
        }
        P::TooLarge { value } => format!("The amount “{value}” is too large."),
        P::UnknownCurrency { value } => format!("The currency “{value}” is unknown."),
        P::BadRate { value, .. } => format!("“{value}” is not a rate in per cent."),
        P::BadInteger { value } => format!("“{value}” is not a whole number from 0 to 9999."),
        P::BadChoice { value, .. } => format!("“{value}” is not one of the possible values."),
        P::BadEmail { value } => format!("“{value}” is not an e-mail address."),
        P::BadPhone { value } => format!("“{value}” is not a phone number of its country."),
        P::BadCountry { value } => format!("“{value}” is not a country."),
        P::BadZone { value } => format!("“{value}” is not a time zone."),
        P::BadCoordinate { value, limit } => {
            format!("“{value}” is not a coordinate from -{limit} to {limit} degrees.")
        }
        P::CoordinateAlone => "There is a latitude without a longitude, or the other way round.".into(),
        P::TooLong { limit } => format!("The text is longer than {limit} characters."),
    }
}

/// What to do about it.
pub fn remedy(problem: &Problem) -> String {
    use Problem as P;
    match problem {
        P::MappingSyntax { .. } => "Correct that line; the README shows an example.".into(),
        P::UnknownMappingKey { suggestion: Some(name), .. } => format!("Did you mean “{name}”?"),
        P::UnknownMappingKey { suggestion: None, .. } => {
            "Remove the key or use one of the columns documented in the README.".into()
        }
        P::MappedTwice { .. } => "Keep only one of the two lines.".into(),
        P::WrongMappingValue { .. } => "Write a quoted text; decimal takes \".\" and \",\".".into(),
        P::ConstantNotAllowed { .. } => "Name the column that holds it under [columns].".into(),
        P::BadDateFormat { .. } => "Use for example \"%Y-%m-%d\", \"%d/%m/%Y\" or \"%m/%d/%Y\".".into(),
        P::EmptyFile | P::NoRows => "Export the file again with a header and one row per account.".into(),
        P::LegacyWorkbook => "Save it as .xlsx or as CSV UTF-8.".into(),
        P::UnreadableWorkbook { .. } => "Open it in Excel and save it again as .xlsx.".into(),
        P::WorkbookTooLarge { .. } => "Save it as CSV UTF-8, which has no limit.".into(),
        P::FileChanged => "Wait until the file is complete and import it again.".into(),
        P::MissingColumn { suggestion: Some(name), .. } => {
            format!("Is it the column “{name}”? Name it under [columns].")
        }
        P::MissingColumn { ours, .. } => {
            format!(
                "Add the column, write {ours} = \"its header\" under [columns], or fix it in [constants]."
            )
        }
        P::MissingDebtorColumn => {
            "Write debtor_document = \"its header\", or debtor_name, under [columns].".into()
        }
        P::DuplicateHeader => "Give each column a name of its own.".into(),
        P::TotalTooLarge { .. } => "Split the file or check the decimal mark.".into(),
        P::RowTooLong { .. } => "Close the quote that was left open in this row.".into(),
        P::NotUtf8 { .. } => "Save the file as “CSV UTF-8”.".into(),
        P::FieldCount { .. } => {
            "Check the row's separators and quotes; a text with a separator goes between quotes.".into()
        }
        P::Required => "Fill in the cell or fix the value in [constants].".into(),
        P::DebtorRequired => "Fill in the debtor's document or name.".into(),
        P::DuplicateId { .. } => "Keep one row per account or correct the number.".into(),
        P::AlreadyDifferent { .. } => {
            "Take the row out; changes to an imported account are recorded as payments or adjustments.".into()
        }
        P::TooManyRows { .. } => "Split the file.".into(),
        P::UnknownAccount { .. } => "Correct the number or import the portfolio first.".into(),
        P::OtherCurrency { .. } => "Record the payment in the account's currency.".into(),
        P::PaymentDiffers { .. } => "Take the row out; to correct a payment, reverse it.".into(),
        P::NothingPaid => "Take the row out or correct the amount.".into(),
        P::FutureDate { .. } => "Correct the day on which the payment was received.".into(),
        P::SheetError { .. } => "Correct the formula or write the value.".into(),
        P::BadDate { .. } => "Correct the date or say its form in [formats] date.".into(),
        P::DateOrder { .. } => "Check both dates; day and month may be swapped.".into(),
        P::NotANumber { mark, .. } => {
            format!(
                "Write digits only, with “{mark}” for decimals; another mark is said in [formats] decimal."
            )
        }
        P::Negative { .. } => "Write what is owed as positive; a credit balance is not imported.".into(),
        P::TooManyDecimals { .. } => "Round the amount where it comes from and export again.".into(),
        P::TooLarge { .. } => "Check the amount and its decimal mark.".into(),
        P::UnknownCurrency { .. } => "Use the ISO 4217 code, for example MXN, COP or USD.".into(),
        P::BadRate { mark, .. } => {
            format!("Write the yearly rate from 0 to 10000, with up to 6 decimals, for example 36{mark}5.")
        }
        P::BadInteger { .. } => "Write digits only.".into(),
        P::BadChoice { allowed, .. } => format!("Use one of: {allowed}."),
        P::BadEmail { .. } => "Correct the address or leave the cell empty.".into(),
        P::BadPhone { .. } => {
            "Write it with its international prefix, for example +525512345678, or leave the cell empty."
                .into()
        }
        P::BadCountry { .. } => "Use the two-letter ISO code, for example MX or CO.".into(),
        P::BadZone { .. } => "Use an IANA zone, for example America/Mexico_City.".into(),
        P::BadCoordinate { .. } => "Write decimal degrees, for example 19.4326.".into(),
        P::CoordinateAlone => "Fill in both or leave both empty.".into(),
        P::TooLong { .. } => "Shorten the text.".into(),
    }
}
