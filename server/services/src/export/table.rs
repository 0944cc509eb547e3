//! The journal as CSV: one line a posting.

use std::io::Write;

use chrono::SecondsFormat;
use domain::ledger::Entry;
use store::export::Owner;

use super::journal::failed;
use super::neutral;
use crate::ServiceResult;

const HEADER: [&str; 12] = [
    "entry_id",
    "line",
    "effective_on",
    "recorded_at",
    "kind",
    "source",
    "reverses",
    "creditor",
    "account",
    "book",
    "amount",
    "currency",
];

pub(super) struct Table<'a> {
    out: csv::Writer<&'a mut (dyn Write + Send)>,
}

impl<'a> Table<'a> {
    pub(super) fn begin(out: &'a mut (dyn Write + Send)) -> ServiceResult<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(HEADER).map_err(failed)?;
        Ok(Self { out })
    }

    pub(super) fn entry(&mut self, entry: &Entry, owner: &Owner) -> ServiceResult<()> {
        let id = entry.id.to_string();
        let effective = entry.effective_on.to_string();
        let recorded = entry.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let source = neutral(&entry.source);
        let reverses = entry.reverses.map(|id| id.to_string()).unwrap_or_default();
        let creditor = neutral(&owner.creditor);
        let account = neutral(owner.external_id.as_deref().unwrap_or_default());
        for (line, posting) in (1..).zip(entry.postings()) {
            let line: u32 = line;
            let amount = posting.amount.to_decimal();
            let currency = posting.amount.currency();
            let record = [
                id.as_str(),
                &line.to_string(),
                &effective,
                &recorded,
                entry.kind.as_str(),
                &source,
                &reverses,
                &creditor,
                &account,
                posting.book.as_str(),
                &amount,
                currency.code(),
            ];
            self.out.write_record(record).map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn end(mut self) -> ServiceResult<()> {
        self.out.flush().map_err(failed)
    }
}
