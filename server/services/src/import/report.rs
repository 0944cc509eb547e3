//! What an import did, or would do.

use chrono::{DateTime, Utc};
use domain::ids::{CreditorId, ImportId};
use serde::Serialize;

use super::Lang;
use super::problem::{RowError, RowErrorView};
use super::totals::ControlTotal;

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    pub errors: Vec<RowError>,
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
    pub errors: Vec<RowErrorView>,
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
            errors: self.errors.iter().map(|error| error.view(lang)).collect(),
            ignored_columns: self.ignored_columns.clone(),
        }
    }
}

/// A past import, from its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    pub id: ImportId,
    pub creditor_id: CreditorId,
    pub file_name: String,
    pub sha256: String,
    pub actor: String,
    pub at: DateTime<Utc>,
    pub rows: i32,
    pub accepted: i32,
    pub unchanged: i32,
    /// The control totals as JSON.
    pub totals: String,
}
