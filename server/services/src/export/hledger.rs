//! The journal as `hledger` reads it (hledger.org, journal format).
//!
//! An account is a book, then whose it is: `debt:principal:{creditor}:{account number}`. So
//! `hledger bal -2` gives the balances of our books. Debits are positive in both.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

use chrono::SecondsFormat;
use domain::ledger::{Book, Entry};
use domain::money::Currency;
use store::export::Owner;

use super::journal::failed;
use crate::ServiceResult;

/// What the first part of an account name is in a balance sheet.
const TYPES: &str = "account debt  ; type:A\naccount memorandum  ; type:A\naccount cash  ; type:C\n\
    account unapplied  ; type:L\naccount creditor  ; type:L\naccount income  ; type:R\n\
    account tax  ; type:L\n";

pub(super) struct Hledger<'a> {
    out: &'a mut (dyn Write + Send),
    currencies: BTreeSet<Currency>,
}

impl<'a> Hledger<'a> {
    pub(super) fn begin(out: &'a mut (dyn Write + Send)) -> ServiceResult<Self> {
        write!(out, "; Journal exported by Saldar.\ndecimal-mark .\n{TYPES}").map_err(failed)?;
        Ok(Self { out, currencies: BTreeSet::new() })
    }

    pub(super) fn entry(&mut self, entry: &Entry, owner: &Owner) -> ServiceResult<()> {
        let mut text = String::new();
        if self.currencies.insert(entry.currency()) {
            let _ = writeln!(text, "\ncommodity {}", commodity(entry.currency()));
        }
        // Writing into a String cannot fail.
        let _ = writeln!(text, "\n{} * ({}) {}", entry.effective_on, entry.id, entry.kind);
        let _ = writeln!(text, "    ; source: {}", plain(&entry.source));
        let recorded = entry.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let _ = writeln!(text, "    ; recorded_at: {recorded}");
        if let Some(reversed) = entry.reverses {
            let _ = writeln!(text, "    ; reverses: {reversed}");
        }
        for posting in entry.postings() {
            let (amount, currency) = (posting.amount.to_decimal(), posting.amount.currency());
            let _ = writeln!(text, "    {}  {amount} {currency}", account_name(posting.book, owner));
        }
        self.out.write_all(text.as_bytes()).map_err(failed)
    }

    pub(super) fn end(self) -> ServiceResult<()> {
        self.out.flush().map_err(failed)
    }
}

/// How amounts of a currency are written: with all its digits.
fn commodity(currency: Currency) -> String {
    format!("1000.{} {currency}", "0".repeat(currency.exponent().into()))
}

fn account_name(book: Book, owner: &Owner) -> String {
    let mut name = book.as_str().replace('.', ":");
    if !name.contains(':') {
        // Every book has two parts, so that one depth shows them all.
        name.push_str(":held");
    }
    for part in [Some(owner.creditor.as_str()), owner.external_id.as_deref()].into_iter().flatten() {
        name.push(':');
        encode(part, &mut name);
    }
    name
}

/// Percent-encodes what account names cannot hold: colons part them, two blanks end them, and
/// brackets, semicolons and signs mean something else. Different names stay different.
fn encode(part: &str, into: &mut String) {
    for c in part.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#') {
            into.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(into, "%{byte:02X}");
            }
        }
    }
    if part.is_empty() {
        into.push('%');
    }
}

/// A comment's text on one line; a comma would end a tag's value.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == ',' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::account::Component;

    #[test]
    fn names_hold_whatever_creditors_number_their_accounts_with() {
        let owner =
            |number: &str| Owner { creditor: "banco sur".to_owned(), external_id: Some(number.to_owned()) };
        let name = |number| account_name(Book::Debt(Component::Principal), &owner(number));
        assert_eq!(name("A-1"), "debt:principal:banco%20sur:A-1");
        assert_eq!(name("A:1; (x)  ñ"), "debt:principal:banco%20sur:A%3A1%3B%20%28x%29%20%20ñ");
        assert_ne!(name("a b"), name("a%20b"), "the percent sign is encoded, too");
        let own = Owner { creditor: "x".to_owned(), external_id: None };
        assert_eq!(account_name(Book::CreditorPayable, &own), "creditor:payable:x");
        assert_eq!(account_name(Book::Unapplied, &own), "unapplied:held:x");
    }

    #[test]
    fn currencies_show_their_digits() {
        assert_eq!(commodity(Currency::MXN), "1000.00 MXN");
        assert_eq!(commodity(Currency::CLP), "1000. CLP");
    }
}
