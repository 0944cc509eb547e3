//! What an import did, or would do.

use chrono::{DateTime, Utc};
use domain::ids::{CreditorId, ImportId};
use serde::{Deserialize, Serialize};

use super::Lang;
use super::manifest::{Manifest, Moved};
use super::problem::{RowError, RowErrorView};
use super::totals::ControlTotal;

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// Written.
    Imported,
    /// A dry run without errors; nothing was written.
    Checked,
    /// All of it was there already; nothing was written.
    Unchanged,
    /// There are errors; nothing was written.
    Rejected,
}

impl ImportStatus {
    /// The stable text kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Checked => "checked",
            Self::Unchanged => "unchanged",
            Self::Rejected => "rejected",
        }
    }
}

/// Control totals by what became of the rows; together they are the file's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsByOutcome {
    /// New accounts.
    pub accepted: Vec<ControlTotal>,
    /// Accounts that are there with the same data.
    pub unchanged: Vec<ControlTotal>,
    /// Rows with errors, as far as their amounts could be read.
    pub rejected: Vec<ControlTotal>,
    /// Sound rows that were not written because others have errors.
    pub held_back: Vec<ControlTotal>,
}

/// The outcome of one import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    pub status: ImportStatus,
    pub dry_run: bool,
    /// The manifest, when one was written.
    pub import_id: Option<ImportId>,
    pub creditor_code: String,
    /// The creditor was not known before this file.
    pub creditor_is_new: bool,
    pub file_name: String,
    /// Of the file's bytes, lower hex.
    pub sha256: String,
    /// Rows in the file: accepted, unchanged and rejected.
    pub rows: u64,
    /// New accounts.
    pub accepted: u64,
    /// Accounts that are there with the same data.
    pub unchanged: u64,
    pub rejected: u64,
    /// What the whole file adds up to.
    pub totals: Vec<ControlTotal>,
    /// The same, by what became of the rows.
    pub totals_by_outcome: TotalsByOutcome,
    /// What was written; all zero when nothing was.
    pub moved: Moved,
    /// The first errors, in file order.
    pub errors: Vec<RowError>,
    /// How many errors there are in all.
    pub problems: u64,
    /// Headers that nothing was read from.
    pub ignored_columns: Vec<String>,
}

/// The report as programs read it, its errors in the reader's language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportView {
    pub status: ImportStatus,
    pub dry_run: bool,
    pub import_id: Option<ImportId>,
    pub creditor: String,
    pub creditor_is_new: bool,
    pub file_name: String,
    pub sha256: String,
    pub rows: u64,
    pub accepted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub control_totals: Vec<ControlTotal>,
    pub totals_by_outcome: TotalsByOutcome,
    pub moved: Moved,
    pub errors: Vec<RowErrorView>,
    /// How many errors there are in all; `errors` holds the first of them.
    pub problems: u64,
    pub ignored_columns: Vec<String>,
}

impl ImportReport {
    /// Whether the file may stand as it is.
    pub const fn is_ok(&self) -> bool {
        !matches!(self.status, ImportStatus::Rejected)
    }

    pub fn view(&self, lang: Lang) -> ImportView {
        ImportView {
            status: self.status,
            dry_run: self.dry_run,
            import_id: self.import_id,
            creditor: self.creditor_code.clone(),
            creditor_is_new: self.creditor_is_new,
            file_name: self.file_name.clone(),
            sha256: self.sha256.clone(),
            rows: self.rows,
            accepted: self.accepted,
            unchanged: self.unchanged,
            rejected: self.rejected,
            control_totals: self.totals.clone(),
            totals_by_outcome: self.totals_by_outcome.clone(),
            moved: self.moved.clone(),
            problems: self.problems,
            errors: self.errors.iter().map(|error| error.view(lang)).collect(),
            ignored_columns: self.ignored_columns.clone(),
        }
    }
}

/// A past import, from its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    pub id: ImportId,
    /// Nil when the creditor was not known and the file was rejected.
    pub creditor_id: CreditorId,
    pub file_name: String,
    pub sha256: String,
    pub actor: String,
    pub at: DateTime<Utc>,
    pub rows: i32,
    pub accepted: i32,
    pub unchanged: i32,
    pub rejected: i32,
    /// `imported` or `rejected`.
    pub status: String,
    /// The control totals as JSON.
    pub totals: String,
}

/// A past import with all that proves it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    pub line: ImportLine,
    /// Nothing for imports older than manifests.
    pub manifest: Option<Manifest>,
}
