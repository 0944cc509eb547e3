//! The journal with its running balance, and what each correction belongs to.

use std::collections::{BTreeMap, BTreeSet};

use domain::account::Balance;
use domain::ids::EntryId;
use domain::ledger::{Entry, EntryKind};
use domain::money::{Currency, Money};

use super::query::EntryFilter;

/// One entry and the debt after it.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    pub entry: Entry,
    pub change: i64,
    pub after: Balance,
    /// The entry that this one takes back or corrects.
    pub corrects: Option<EntryId>,
    /// It was not taken back.
    pub stands: bool,
}

/// The entries that the filter takes, oldest first. The balance runs over all of them.
pub fn rows(journal: &[Entry], currency: Currency, filter: &EntryFilter) -> Vec<LedgerRow> {
    let sources: BTreeMap<&str, EntryId> =
        journal.iter().map(|entry| (entry.source.as_str(), entry.id)).collect();
    let taken_back: BTreeSet<EntryId> = journal.iter().filter_map(|entry| entry.reverses).collect();
    let mut balance = Balance::zero(currency);
    let mut rows = Vec::new();
    for entry in journal {
        let before = balance;
        // Stored entries have been applied once already; one that cannot be leaves the figure.
        balance = entry.apply(before).unwrap_or(before);
        if filter.takes(entry) {
            rows.push(LedgerRow {
                entry: entry.clone(),
                change: balance.total_minor().saturating_sub(before.total_minor()),
                after: balance,
                corrects: corrected(entry, &sources),
                stands: !taken_back.contains(&entry.id),
            });
        }
    }
    rows
}

fn corrected(entry: &Entry, sources: &BTreeMap<&str, EntryId>) -> Option<EntryId> {
    match entry.kind {
        // `replay:{cause}:{source}`, and a cause has no colon.
        EntryKind::Reallocation => {
            entry.source.splitn(3, ':').nth(2).and_then(|source| sources.get(source)).copied()
        }
        _ => entry.reverses,
    }
}

/// CSV of the rows, one line a posting. Text that a spreadsheet would run as a formula gets an
/// apostrophe; figures are plain decimals.
pub fn csv(rows: &[LedgerRow]) -> String {
    let mut out = String::from(
        "entry_id,effective_on,recorded_at,kind,source,corrects,book,amount,currency,balance_after\r\n",
    );
    for row in rows {
        let entry = &row.entry;
        let corrects = row.corrects.map(|id| id.to_string()).unwrap_or_default();
        let currency = entry.currency();
        let plain = |minor: i64| {
            let text = Money::from_minor(minor, currency).to_string();
            text.split_once(' ').map_or(text.clone(), |(figure, _)| figure.to_owned())
        };
        for posting in entry.postings() {
            let cells = [
                entry.id.to_string(),
                entry.effective_on.to_string(),
                entry.recorded_at.to_rfc3339(),
                entry.kind.as_str().to_owned(),
                text(&entry.source),
                corrects.clone(),
                posting.book.as_str().to_owned(),
                plain(posting.amount.minor()),
                currency.code().to_owned(),
                plain(row.after.total_minor()),
            ];
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
    }
    out
}

fn text(value: &str) -> String {
    let risky = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = if risky { format!("'{value}") } else { value.to_owned() };
    if value.contains([',', '"', '\n', '\r']) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_stay_text() {
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("@x,\"y\""), "\"'@x,\"\"y\"\"\"");
        assert_eq!(text("console:7"), "console:7");
    }
}
