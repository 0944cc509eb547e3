//! The use case: a portfolio file into accounts, in one transaction.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{CreditorId, ImportId, OrganizationId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::entities::{creditors, imports};
use store::{StoreError, Tx};
use tokio::sync::mpsc;

use super::bulk;
use super::check::{Checked, check};
use super::file::ImportFile;
use super::manifest::{Manifest, Moved};
use super::mapping::Mapping;
use super::persons::Persons;
use super::portfolio::Portfolio;
use super::problem::{Problem, RowError, Shown};
use super::report::{ImportLine, ImportRecord, ImportReport, ImportStatus, TotalsByOutcome};
use super::row::PortfolioRow;
use super::sort::Sorting;
use super::source::Unopened;
use super::totals::ControlTotals;
use super::write::{Placement, Writer};
use crate::{ServiceError, ServiceResult, Services};

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The creditor's code; one that is not known yet is added with this file.
    pub creditor_code: String,
    /// As the person named it; kept in the manifest.
    pub file_name: String,
    pub file: ImportFile,
    /// The text of the mapping file, if there is one.
    pub mapping: Option<String>,
    /// Check and count, but write nothing.
    pub dry_run: bool,
}

const CODE_CHARS: usize = 40;

/// Rows written at a time.
const BATCH: usize = 4_096;

/// Batches read ahead of the writer.
const AHEAD: usize = 2;

/// One import on its way.
struct Run<'a> {
    actor: &'a Actor,
    report: ImportReport,
    checked: Checked,
    mapping_sha256: String,
    started_at: DateTime<Utc>,
}

impl Services {
    /// Imports a portfolio file: all of it or, when anything in it is wrong, nothing but the
    /// manifest that says so. The same file again changes nothing. The file is read twice, once
    /// to be checked and once to be written, and never held in memory.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for the creditor's code, a file that cannot be read, or the database.
    /// What is wrong with the file is not an error but told in the report.
    pub async fn import_portfolio(
        &self,
        actor: &Actor,
        request: ImportRequest,
    ) -> ServiceResult<ImportReport> {
        actor.require(Permission::PortfolioImport)?;
        let code = creditor_code(&request.creditor_code)?;
        let mapping_sha256 = hex::encode(Sha256::digest(request.mapping.as_deref().unwrap_or_default()));
        let mapping = request.mapping.as_deref().map_or_else(|| Ok(Mapping::default()), Mapping::parse);
        let started_at = self.now();
        let (file, mapping) = (request.file.clone(), mapping.map(Arc::new));
        let (checked, mapping) = blocking(move || match mapping {
            Ok(mapping) => Ok((check(&file, &mapping).map_err(unreadable)?, mapping)),
            Err(errors) => Ok((unmapped(&file, errors)?, Arc::default())),
        })
        .await?;
        let report = report(&request, code, &checked);
        let mut run = Run { actor, report, checked, mapping_sha256, started_at };
        if run.checked.problems > 0 {
            run.report.totals_by_outcome = run.rejected_before_writing();
            return self.reject(run).await;
        }
        if request.dry_run {
            return self.rehearse(run, request.file, mapping).await;
        }
        self.write_portfolio(run, request.file, mapping).await
    }

    /// Compares with what is there and writes nothing.
    async fn rehearse(
        &self,
        mut run: Run<'_>,
        file: ImportFile,
        mapping: Arc<Mapping>,
    ) -> ServiceResult<ImportReport> {
        let org = run.actor.organization_id;
        let db = self.db.read();
        let creditor = find_creditor(db, org, &run.report.creditor_code).await?;
        run.report.creditor_is_new = creditor.is_none();
        let mut sorting = Sorting::new(db, org, creditor, run.checked.rows).await?;
        let mut reading = Reading::start(file, mapping);
        while let Some(rows) = reading.next().await {
            sorting.sort(db, rows, run.checked.layout.as_ref()).await?;
        }
        run.take(reading, sorting).await?;
        if run.report.problems > 0 {
            return self.reject(run).await;
        }
        Ok(run.report)
    }

    async fn write_portfolio(
        &self,
        mut run: Run<'_>,
        file: ImportFile,
        mapping: Arc<Mapping>,
    ) -> ServiceResult<ImportReport> {
        let (actor, org) = (run.actor, run.actor.organization_id);
        let today = self.today(org).await?;
        let code = run.report.creditor_code.clone();
        let tx = self.begin().await?;
        let (creditor, is_new) = self.creditor(&tx, org, &code, &run.checked.country).await?;
        run.report.creditor_is_new = is_new;
        let mut sorting = Sorting::new(&tx, org, (!is_new).then_some(creditor), run.checked.rows).await?;
        let import = ImportId(self.new_id());
        let place = Placement { org, creditor, creditor_code: &code, import, today, now: self.now() };
        let persons = Persons::new(self, &tx, org, run.checked.rows).await?;
        let mut writer = Writer::new(self, place, persons);
        store::bulk::more_room(&tx).await?;
        let mut reading = Reading::start(file, mapping);
        while let Some(rows) = reading.next().await {
            let new = sorting.sort(&tx, rows, run.checked.layout.as_ref()).await?;
            // After the first error nothing will stay; the rest is only compared.
            if sorting.problems == 0 && !new.is_empty() {
                writer.add(&tx, new).await?;
            }
        }
        writer.persons.finish(&tx).await?;
        store::bulk::usual_room(&tx).await?;
        run.take(reading, sorting).await?;
        if run.report.problems > 0 {
            tx.rollback().await?;
            return self.reject(run).await;
        }
        if run.report.accepted == 0 {
            tx.rollback().await?;
            run.report.status = ImportStatus::Unchanged;
            return Ok(run.report);
        }
        run.report.status = ImportStatus::Imported;
        run.report.import_id = Some(import);
        run.report.moved = run.moved(&writer)?;
        let finished_at = self.now();
        bulk::insert(&tx, vec![run.row(import, creditor, finished_at)?]).await?;
        let report = run.report;
        let details = json!({
            "creditor": report.creditor_code, "sha256": report.sha256, "rows": report.rows,
            "accepted": report.accepted, "unchanged": report.unchanged, "totals": report.totals,
        });
        self.audit(&tx, actor, "portfolio.imported", format!("import:{import}"), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_accounts_imported_total").increment(report.accepted);
        Ok(report)
    }

    /// Nothing of the file is kept but the manifest that says why; of a dry run not even that.
    async fn reject(&self, mut run: Run<'_>) -> ServiceResult<ImportReport> {
        run.report.status = ImportStatus::Rejected;
        run.report.accepted = 0;
        if run.report.dry_run {
            return Ok(run.report);
        }
        let id = ImportId(self.new_id());
        run.report.import_id = Some(id);
        let tx = self.begin().await?;
        let known = find_creditor(&tx, run.actor.organization_id, &run.report.creditor_code).await?;
        run.report.creditor_is_new = known.is_none();
        let creditor = known.unwrap_or(CreditorId(uuid::Uuid::nil()));
        bulk::insert(&tx, vec![run.row(id, creditor, self.now())?]).await?;
        tx.commit().await?;
        Ok(run.report)
    }

    /// The creditor of this code, its row locked so that two imports for it wait for each
    /// other; added when there is none.
    async fn creditor(
        &self,
        tx: &Tx,
        org: OrganizationId,
        code: &str,
        country: &str,
    ) -> ServiceResult<(CreditorId, bool)> {
        let known = creditors::Entity::find()
            .filter(creditors::Column::OrganizationId.eq(org.0))
            .filter(creditors::Column::Code.eq(code))
            .lock_exclusive()
            .one(tx)
            .await?;
        if let Some(row) = known {
            return Ok((CreditorId(row.id), false));
        }
        let id = CreditorId(self.new_id());
        let row = creditors::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            code: Set(code.to_owned()),
            name: Set(code.to_owned()),
            country: Set(country.to_owned()),
            contact: Set(None),
        };
        bulk::insert(tx, vec![row]).await?;
        Ok((id, true))
    }

    /// Past imports, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn imports(&self, actor: &Actor, limit: u64) -> ServiceResult<Vec<ImportLine>> {
        actor.require(Permission::ImportRead)?;
        let rows = imports::Entity::find()
            .filter(imports::Column::OrganizationId.eq(actor.organization_id.0))
            .order_by_desc(imports::Column::At)
            .order_by_desc(imports::Column::Id)
            .limit(limit)
            .all(self.db.read())
            .await?;
        Ok(rows.into_iter().map(line).collect())
    }

    /// One past import with its manifest.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn import_manifest(&self, actor: &Actor, id: ImportId) -> ServiceResult<ImportRecord> {
        actor.require(Permission::ImportRead)?;
        let row = imports::Entity::find_by_id((actor.organization_id.0, id.0)).one(self.db.read()).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let manifest = row.manifest.as_deref().map(serde_json::from_str).transpose();
        let manifest = manifest.map_err(StoreError::bad_row("imports", row.id))?;
        Ok(ImportRecord { line: line(row), manifest })
    }
}

impl Run<'_> {
    /// The totals of a file with errors of its own.
    fn rejected_before_writing(&self) -> TotalsByOutcome {
        let Checked { totals, rejected_totals, .. } = &self.checked;
        TotalsByOutcome {
            rejected: rejected_totals.lines().unwrap_or_default(),
            held_back: totals.clone().without(rejected_totals).lines().unwrap_or_default(),
            ..TotalsByOutcome::default()
        }
    }

    /// What the comparison found, once the file is read to its end.
    async fn take(&mut self, reading: Reading, sorting: Sorting) -> ServiceResult<()> {
        let read = reading.finish().await?;
        let report = &mut self.report;
        report.rejected = sorting.rejected;
        report.unchanged = sorting.unchanged;
        report.accepted = sorting.accepted;
        report.problems = sorting.problems;
        report.errors = sorting.errors;
        if read.as_deref() != Some(self.checked.sha256.as_str()) {
            report.problems += 1;
            report.errors.insert(0, RowError::row(1, Problem::FileChanged));
        }
        let lines = |totals: &ControlTotals| totals.lines().unwrap_or_default();
        let accepted = lines(&sorting.accepted_totals);
        let (accepted, held_back) =
            if report.problems > 0 { (Vec::new(), accepted) } else { (accepted, Vec::new()) };
        report.totals_by_outcome = TotalsByOutcome {
            accepted,
            unchanged: lines(&sorting.unchanged_totals),
            rejected: lines(&sorting.rejected_totals),
            held_back,
        };
        Ok(())
    }

    fn moved(&self, writer: &Writer<'_>) -> ServiceResult<Moved> {
        let mut placed: Vec<domain::money::Money> = Vec::new();
        for line in &self.report.totals_by_outcome.accepted {
            match placed.iter_mut().find(|sum| sum.currency() == line.currency) {
                Some(sum) => *sum = sum.add(line.sum)?,
                None => placed.push(line.sum),
            }
        }
        Ok(Moved {
            accounts: writer.accounts,
            parties_new: writer.persons.added,
            parties_known: writer.persons.met,
            contact_points: writer.persons.points,
            entries: writer.entries,
            placed,
        })
    }

    fn row(
        &self,
        id: ImportId,
        creditor: CreditorId,
        at: DateTime<Utc>,
    ) -> ServiceResult<imports::ActiveModel> {
        let count = |n: u64| {
            let too_many = |_| ServiceError::Outside { part: "import", cause: "too many rows".to_owned() };
            i32::try_from(n).map_err(too_many)
        };
        let report = &self.report;
        let layout = self.checked.layout.as_ref();
        let manifest = Manifest::new(report, layout, self.mapping_sha256.clone(), self.started_at, at);
        Ok(imports::ActiveModel {
            organization_id: Set(self.actor.organization_id.0),
            id: Set(id.0),
            creditor_id: Set(creditor.0),
            file_name: Set(report.file_name.clone()),
            sha256: Set(report.sha256.clone()),
            mapping_sha256: Set(self.mapping_sha256.clone()),
            actor: Set(self.actor.audit_name()),
            at: Set(at),
            rows: Set(count(report.rows)?),
            accepted: Set(count(report.accepted)?),
            unchanged: Set(count(report.unchanged)?),
            rejected: Set(count(report.rejected)?),
            status: Set(report.status.as_str().to_owned()),
            totals: Set(json!(report.totals).to_string()),
            manifest: Set(Some(json!(manifest).to_string())),
        })
    }
}

/// The second reading of a file: on a thread of its own, a few batches ahead of the writer.
struct Reading {
    batches: mpsc::Receiver<Vec<PortfolioRow>>,
    thread: tokio::task::JoinHandle<Result<Option<String>, std::io::Error>>,
}

impl Reading {
    fn start(file: ImportFile, mapping: Arc<Mapping>) -> Self {
        let (sender, batches) = mpsc::channel(AHEAD);
        let thread = tokio::task::spawn_blocking(move || send(&file, &mapping, &sender));
        Self { batches, thread }
    }

    async fn next(&mut self) -> Option<Vec<PortfolioRow>> {
        self.batches.recv().await
    }

    /// The hash of what was read; nothing when it is no longer the file that was checked.
    async fn finish(self) -> ServiceResult<Option<String>> {
        drop(self.batches);
        self.thread.await.map_err(broken)?.map_err(unreadable)
    }
}

/// Sends all rows; stops where a row is not what it was, or when nobody listens.
fn send(
    file: &ImportFile,
    mapping: &Mapping,
    batches: &mpsc::Sender<Vec<PortfolioRow>>,
) -> Result<Option<String>, std::io::Error> {
    let mut portfolio = match Portfolio::reopen(file, mapping) {
        Ok(portfolio) => portfolio,
        Err(Unopened::Io(error)) => return Err(error),
        Err(Unopened::Refused(_)) => return Ok(None),
    };
    let mut batch = Vec::with_capacity(BATCH);
    for row in portfolio.by_ref() {
        let Ok(row) = row else { return Ok(None) };
        batch.push(row);
        if batch.len() == BATCH
            && batches.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err()
        {
            return Ok(None);
        }
    }
    if !batch.is_empty() && batches.blocking_send(batch).is_err() {
        return Ok(None);
    }
    portfolio.finish().map(Some)
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> ServiceResult<T> + Send + 'static,
) -> ServiceResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

fn broken(error: tokio::task::JoinError) -> ServiceError {
    ServiceError::Outside { part: "import", cause: error.to_string() }
}

pub(super) fn unreadable(error: std::io::Error) -> ServiceError {
    ServiceError::Outside { part: "reading the file", cause: error.to_string() }
}

/// A file whose mapping cannot be used is not looked at, but its hash is told.
fn unmapped(file: &ImportFile, errors: Vec<RowError>) -> ServiceResult<Checked> {
    let sha256 = file.sha256().map_err(unreadable)?;
    Ok(Checked { problems: errors.len() as u64, errors, sha256, ..Checked::default() })
}

pub(super) async fn find_creditor(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    code: &str,
) -> ServiceResult<Option<CreditorId>> {
    let row = creditors::Entity::find()
        .filter(creditors::Column::OrganizationId.eq(org.0))
        .filter(creditors::Column::Code.eq(code))
        .one(db)
        .await?;
    Ok(row.map(|row| CreditorId(row.id)))
}

pub(super) fn creditor_code(text: &str) -> ServiceResult<String> {
    let code = text.trim().to_uppercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if code.is_empty() || code.len() > CODE_CHARS || !code.chars().all(plain) {
        return Err(ServiceError::invalid(
            "creditor",
            "El código del acreedor lleva letras, cifras, guion y punto; hasta 40 caracteres",
            "A creditor's code has letters, digits, hyphen and dot; up to 40 characters",
        ));
    }
    Ok(code)
}

fn report(request: &ImportRequest, creditor_code: String, checked: &Checked) -> ImportReport {
    ImportReport {
        status: ImportStatus::Checked,
        dry_run: request.dry_run,
        import_id: None,
        creditor_code,
        creditor_is_new: false,
        file_name: Shown::new(&request.file_name).to_string(),
        sha256: checked.sha256.clone(),
        rows: checked.rows,
        accepted: 0,
        unchanged: 0,
        rejected: checked.rejected,
        totals: checked.totals.lines().unwrap_or_default(),
        totals_by_outcome: TotalsByOutcome::default(),
        moved: Moved::default(),
        errors: checked.errors.clone(),
        problems: checked.problems,
        ignored_columns: checked.ignored_columns.clone(),
    }
}

fn line(row: imports::Model) -> ImportLine {
    ImportLine {
        id: ImportId(row.id),
        creditor_id: CreditorId(row.creditor_id),
        file_name: row.file_name,
        sha256: row.sha256,
        actor: row.actor,
        at: row.at,
        rows: row.rows,
        accepted: row.accepted,
        unchanged: row.unchanged,
        rejected: row.rejected,
        status: row.status,
        totals: row.totals,
    }
}
