//! Walking the journal: page by page, in a snapshot, straight into the writer.

use std::io::Write;

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use serde::Serialize;
use store::export::{self, JournalFilter};
use store::parties;

use super::hledger::Hledger;
use super::table::Table;
use crate::{ServiceError, ServiceResult, Services};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalFormat {
    /// One line a posting.
    Csv,
    /// Plain-text double entry.
    Hledger,
}

/// What to export.
#[derive(Clone, Debug)]
pub struct JournalRequest {
    pub format: JournalFormat,
    /// Effective days, inclusive.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Only this creditor's debts and statements, by code.
    pub creditor: Option<String>,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportCounts {
    pub entries: u64,
    pub postings: u64,
}

/// Entries in memory at a time.
const PAGE: u64 = 2_000;

impl Services {
    /// Writes the journal to `out`, with memory for one page however long it is. What is recorded
    /// meanwhile is not in it.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for a creditor that is not known, the database, or `out` fails.
    pub async fn export_journal(
        &self,
        actor: &Actor,
        request: &JournalRequest,
        out: &mut (dyn Write + Send),
    ) -> ServiceResult<ExportCounts> {
        actor.require(Permission::AuditRead)?;
        let org = actor.organization_id;
        let tx = export::snapshot(&self.db).await?;
        let mut filter = JournalFilter { from: request.from, to: request.to, creditor: None };
        if let Some(code) = &request.creditor {
            let all = parties::creditors(&tx, org).await?;
            let known = all.iter().find(|creditor| creditor.code == *code);
            filter.creditor = Some(known.ok_or_else(|| unknown_creditor(code))?.id);
        }
        let mut writer = match request.format {
            JournalFormat::Csv => Format::Table(Box::new(Table::begin(out)?)),
            JournalFormat::Hledger => Format::Hledger(Hledger::begin(out)?),
        };
        let mut counts = ExportCounts::default();
        let mut after = None;
        loop {
            let page = export::page(&tx, org, &filter, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.0);
            let mut ids: Vec<_> = page.iter().map(|entry| entry.account_id.0).collect();
            ids.sort_unstable();
            ids.dedup();
            let owners = export::owners(&tx, org, &ids).await?;
            for entry in &page {
                let owner = owners.get(&entry.account_id.0).ok_or(ServiceError::NotFound)?;
                match &mut writer {
                    Format::Table(table) => table.entry(entry, owner)?,
                    Format::Hledger(journal) => journal.entry(entry, owner)?,
                }
                counts.entries += 1;
                counts.postings += entry.postings().len() as u64;
            }
        }
        match writer {
            Format::Table(table) => table.end()?,
            Format::Hledger(journal) => journal.end()?,
        }
        Ok(counts)
    }
}

enum Format<'a> {
    Table(Box<Table<'a>>),
    Hledger(Hledger<'a>),
}

fn unknown_creditor(code: &str) -> ServiceError {
    ServiceError::invalid(
        "creditor",
        format!("No hay ningún acreedor con el código {code:?}"),
        format!("there is no creditor with the code {code:?}"),
    )
}

/// A writer that fails.
pub(super) fn failed(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Outside { part: "export", cause: error.to_string() }
}
