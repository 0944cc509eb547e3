//! The journal as its debtor reads it.

use chrono::NaiveDate;

use super::{Entry, EntryKind};
use crate::account::Balance;
use crate::money::{Currency, Money};

/// One line of an account's history, with what was owed after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub on: NaiveDate,
    pub kind: EntryKind,
    /// What it added to the debt; a payment takes away.
    pub change: Money,
    pub after: Money,
}

/// Oldest first, in the order in which things were recorded. Entries that change nothing owed (money
/// kept in the debtor's favour) stay out.
pub fn movements(journal: &[Entry], currency: Currency) -> Vec<Movement> {
    let mut entries: Vec<_> = journal.iter().collect();
    entries.sort_by_key(|entry| (entry.recorded_at, entry.id));
    let mut owed = Balance::zero(currency);
    let mut lines = Vec::new();
    for entry in entries {
        let Ok(after) = entry.apply(owed) else { continue };
        let change = after.total_minor().saturating_sub(owed.total_minor());
        owed = after;
        if change != 0 {
            lines.push(Movement {
                on: entry.effective_on,
                kind: entry.kind,
                change: Money::from_minor(change, currency),
                after: Money::from_minor(after.total_minor(), currency),
            });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Component;
    use crate::ids::{AccountId, EntryId};
    use crate::ledger::{Book, CashBook, EntryHead, Posting};
    use uuid::Uuid;

    fn entry(n: u128, kind: EntryKind, day: u32, parts: &[(Book, i64)]) -> Entry {
        let on = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let head = EntryHead {
            id: EntryId(Uuid::from_u128(n)),
            account_id: AccountId(Uuid::nil()),
            kind,
            source: n.to_string(),
            effective_on: on,
            recorded_at: on.and_hms_opt(12, 0, 0).unwrap().and_utc(),
        };
        let money = |minor| Money::from_minor(minor, Currency::MXN);
        let postings = parts.iter().map(|(book, minor)| Posting { book: *book, amount: money(*minor) });
        Entry::new(head, postings.collect()).unwrap()
    }

    #[test]
    fn movements_lead_from_the_first_debt_to_todays() {
        let principal = Book::Debt(Component::Principal);
        let office = Book::Cash(CashBook::Office);
        let opening =
            entry(1, EntryKind::Opening, 1, &[(principal, 1_000), (Book::CreditorPlacement, -1_000)]);
        let payment = entry(2, EntryKind::Payment, 2, &[(office, 300), (principal, -300)]);
        let kept = entry(3, EntryKind::Payment, 3, &[(office, 50), (Book::Unapplied, -50)]);
        let lines = movements(&[kept, payment, opening], Currency::MXN);
        let read: Vec<_> = lines.iter().map(|l| (l.kind, l.change.minor(), l.after.minor())).collect();
        assert_eq!(read, [(EntryKind::Opening, 1_000, 1_000), (EntryKind::Payment, -300, 700)]);
    }
}
