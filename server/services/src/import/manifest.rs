//! What proves an import: kept with it, as JSON.

use chrono::{DateTime, Utc};
use domain::money::Money;
use serde::{Deserialize, Serialize};

use super::layout::{ColumnSource, Layout};
use super::report::{ImportReport, ImportStatus, TotalsByOutcome};
use super::totals::ControlTotal;

/// Errors kept in a manifest: enough to see what was wrong with a file.
const ERRORS: usize = 50;

/// The proof of an import that was written or rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this format: 1.
    pub version: u8,
    pub status: ImportStatus,
    pub creditor: String,
    pub creditor_is_new: bool,
    pub file_name: String,
    /// Of the file's bytes, lower hex.
    pub sha256: String,
    /// Of the mapping file's bytes, lower hex; of nothing when there was none.
    pub mapping_sha256: String,
    /// Where each column came from.
    pub columns: Vec<ManifestColumn>,
    /// Headers that nothing was read from.
    pub ignored_columns: Vec<String>,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    /// Rows in the file.
    pub rows: u64,
    pub accepted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// What the whole file adds up to.
    pub totals: Vec<ControlTotal>,
    pub totals_by_outcome: TotalsByOutcome,
    pub moved: Moved,
    /// How many errors the file has.
    pub problems: u64,
    /// The first of them.
    pub errors: Vec<ManifestError>,
}

/// Where one of our columns came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestColumn {
    /// Our name.
    pub column: String,
    pub source: ColumnSource,
}

/// Place and code of an error; the words are made for whoever reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestError {
    pub line: Option<u64>,
    pub column: Option<String>,
    pub code: String,
}

/// What an import wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub accounts: u64,
    /// Debtors and guarantors that were not known.
    pub parties_new: u64,
    /// How often a row named somebody who was known, from before or from an earlier row.
    pub parties_known: u64,
    pub contact_points: u64,
    /// Opening entries in the journal.
    pub entries: u64,
    /// What they placed, by currency.
    pub placed: Vec<Money>,
}

impl Manifest {
    pub fn new(
        report: &ImportReport,
        layout: Option<&Layout>,
        mapping_sha256: String,
        started_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
    ) -> Self {
        let columns = layout.into_iter().flat_map(Layout::sources);
        let errors = report.errors.iter().take(ERRORS).map(|error| ManifestError {
            line: error.line,
            column: error.column.clone(),
            code: error.problem.code().to_owned(),
        });
        Self {
            version: 1,
            status: report.status,
            creditor: report.creditor_code.clone(),
            creditor_is_new: report.creditor_is_new,
            file_name: report.file_name.clone(),
            sha256: report.sha256.clone(),
            mapping_sha256,
            columns: columns
                .map(|(name, source)| ManifestColumn { column: name.to_owned(), source })
                .collect(),
            ignored_columns: report.ignored_columns.clone(),
            started_at,
            finished_at,
            rows: report.rows,
            accepted: report.accepted,
            unchanged: report.unchanged,
            rejected: report.rejected,
            totals: report.totals.clone(),
            totals_by_outcome: report.totals_by_outcome.clone(),
            moved: report.moved.clone(),
            problems: report.problems,
            errors: errors.collect(),
        }
    }
}
