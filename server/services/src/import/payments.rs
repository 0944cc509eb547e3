//! The use case: a file of payments into the ledger, all of it or nothing, each payment once.

use std::collections::{BTreeMap, HashMap};
use std::io;

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, CreditorId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::{Currency, Money};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::entities::{accounts, entries, payments};

use super::bulk::KEYS;
use super::column::PaymentColumn;
use super::fields::Fields;
use super::layout::Layout;
use super::mapping::Mapping;
use super::problem::{Problem, RowError, RowErrorView, Shown};
use super::report::ImportStatus;
use super::run::{blocking, creditor_code, find_creditor, unreadable};
use super::source::{RawRow, Source, Unopened};
use super::{ImportFile, ImportRequest, Lang};
use crate::payments::{PostPayment, ReceiptSeries};
use crate::{ServiceError, ServiceResult, Services};

/// The most payments of one file: its rows are held in memory while they are posted.
pub const PAYMENTS: usize = 200_000;

/// A payment of the file, understood.
struct Row {
    line: u64,
    external_id: String,
    amount: Money,
    received_on: NaiveDate,
    reference: Option<String>,
    source: String,
}

/// Sums of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PaymentTotal {
    pub currency: Currency,
    pub count: u64,
    pub sum: Money,
}

/// The outcome of one import of payments.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentsReport {
    pub status: ImportStatus,
    pub dry_run: bool,
    pub creditor_code: String,
    pub file_name: String,
    /// Of the file's bytes, lower hex.
    pub sha256: String,
    pub rows: u64,
    /// Payments posted; in a dry run, those that would be.
    pub accepted: u64,
    /// Payments that were posted before.
    pub unchanged: u64,
    pub rejected: u64,
    /// What the sound rows of the file add up to.
    pub totals: Vec<PaymentTotal>,
    /// What the accepted ones add up to.
    pub accepted_totals: Vec<PaymentTotal>,
    pub errors: Vec<RowError>,
}

/// The report as programs read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaymentsView {
    pub status: ImportStatus,
    pub dry_run: bool,
    pub creditor: String,
    pub file_name: String,
    pub sha256: String,
    pub rows: u64,
    pub accepted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub control_totals: Vec<PaymentTotal>,
    pub accepted_totals: Vec<PaymentTotal>,
    pub errors: Vec<RowErrorView>,
}

impl PaymentsReport {
    pub fn view(&self, lang: Lang) -> PaymentsView {
        PaymentsView {
            status: self.status,
            dry_run: self.dry_run,
            creditor: self.creditor_code.clone(),
            file_name: self.file_name.clone(),
            sha256: self.sha256.clone(),
            rows: self.rows,
            accepted: self.accepted,
            unchanged: self.unchanged,
            rejected: self.rejected,
            control_totals: self.totals.clone(),
            accepted_totals: self.accepted_totals.clone(),
            errors: self.errors.iter().map(|error| error.view(lang)).collect(),
        }
    }
}

/// A file read to its end.
#[derive(Default)]
struct ReadFile {
    rows: Vec<Row>,
    count: u64,
    rejected: u64,
    errors: Vec<RowError>,
    sha256: String,
    layout: Option<Layout<PaymentColumn>>,
}

impl Services {
    /// Imports payments that one creditor's debtors made by bank transfer: all of the file or,
    /// when anything in it is wrong, nothing. A payment is known by the file's `source_id`, or
    /// by its whole row where there is none, and is posted once.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for the creditor's code, `NotFound` for the creditor, a file that
    /// cannot be read, or the database. What is wrong with the file is told in the report.
    pub async fn import_payments(
        &self,
        actor: &Actor,
        request: ImportRequest,
    ) -> ServiceResult<PaymentsReport> {
        actor.require(Permission::PortfolioImport)?;
        actor.require(Permission::PaymentPost)?;
        let org = actor.organization_id;
        let code = creditor_code(&request.creditor_code)?;
        let creditor =
            find_creditor(self.db.read(), org, &code).await?.ok_or_else(|| unknown_creditor(&code))?;
        let today = self.today(org).await?;
        let (file, mapping, file_code) = (request.file.clone(), request.mapping.clone(), code.clone());
        let mut read =
            blocking(move || read(&file, mapping.as_deref(), &file_code, today).map_err(unreadable)).await?;
        let mut report = PaymentsReport {
            status: ImportStatus::Checked,
            dry_run: request.dry_run,
            creditor_code: code,
            file_name: Shown::new(&request.file_name).to_string(),
            sha256: std::mem::take(&mut read.sha256),
            rows: read.count,
            accepted: 0,
            unchanged: 0,
            rejected: read.rejected,
            totals: totals(&read.rows, |_| true)?,
            accepted_totals: Vec::new(),
            errors: Vec::new(),
        };
        let tx = self.begin().await?;
        let known = Known::load(&tx, org, creditor, &read.rows).await?;
        let mut new = Vec::with_capacity(read.rows.len());
        for row in &read.rows {
            match known.judge(row) {
                Ok(account) => new.push(account),
                Err((column, problem)) => {
                    new.push(None);
                    report.rejected += 1;
                    let header = read.layout.as_ref().map_or("", |layout| layout.header(column));
                    read.errors.push(RowError::cell(row.line, header, problem));
                }
            }
        }
        if !read.errors.is_empty() {
            tx.rollback().await?;
            report.status = ImportStatus::Rejected;
            read.errors.sort_by_key(|error| error.line);
            report.errors = read.errors;
            return Ok(report);
        }
        let lines: HashMap<u64, AccountId> =
            read.rows.iter().zip(&new).filter_map(|(row, account)| Some((row.line, (*account)?))).collect();
        report.accepted = lines.len() as u64;
        report.unchanged = report.rows - report.accepted;
        report.accepted_totals = totals(&read.rows, |row| lines.contains_key(&row.line))?;
        if lines.is_empty() || report.dry_run {
            tx.rollback().await?;
            if lines.is_empty() {
                report.status = ImportStatus::Unchanged;
            }
            return Ok(report);
        }
        for row in read.rows {
            let Some(account_id) = lines.get(&row.line).copied() else { continue };
            let payment = PostPayment {
                account_id,
                amount: row.amount,
                method: PaymentMethod::BankTransfer,
                received_on: row.received_on,
                source: row.source,
                reference: row.reference,
                receipt: ReceiptSeries::Next("B"),
                designated: Vec::new(),
            };
            self.post_payment_in(&tx, actor, payment).await?;
        }
        let details = json!({
            "creditor": report.creditor_code, "sha256": report.sha256, "rows": report.rows,
            "accepted": report.accepted, "unchanged": report.unchanged, "totals": report.accepted_totals,
        });
        self.audit(&tx, actor, "payments.imported", format!("creditor:{creditor}"), details).await?;
        tx.commit().await?;
        report.status = ImportStatus::Imported;
        Ok(report)
    }
}

/// What the database holds of a file's accounts and payments.
struct Known {
    /// Account and currency, by external id.
    accounts: HashMap<String, (AccountId, String)>,
    /// Account, amount and day of the payments there are, by source.
    payments: HashMap<String, Option<(AccountId, i64, NaiveDate)>>,
}

impl Known {
    async fn load(
        db: &impl ConnectionTrait,
        org: OrganizationId,
        creditor: CreditorId,
        rows: &[Row],
    ) -> ServiceResult<Self> {
        let mut known = Self { accounts: HashMap::new(), payments: HashMap::new() };
        for chunk in rows.chunks(KEYS) {
            let found = accounts::Entity::find()
                .filter(accounts::Column::OrganizationId.eq(org.0))
                .filter(accounts::Column::CreditorId.eq(creditor.0))
                .filter(accounts::Column::ExternalId.is_in(chunk.iter().map(|row| row.external_id.as_str())))
                .all(db)
                .await?;
            for row in found {
                known.accounts.insert(row.external_id, (AccountId(row.id), row.currency));
            }
            let posted = entries::Entity::find()
                .filter(entries::Column::OrganizationId.eq(org.0))
                .filter(entries::Column::Source.is_in(chunk.iter().map(|row| row.source.as_str())))
                .all(db)
                .await?;
            let of_entries = payments::Entity::find()
                .filter(payments::Column::OrganizationId.eq(org.0))
                .filter(payments::Column::EntryId.is_in(posted.iter().map(|entry| entry.id)))
                .all(db)
                .await?;
            let paid: HashMap<_, _> = of_entries
                .into_iter()
                .map(|row| (row.entry_id, (AccountId(row.account_id), row.amount_minor, row.received_on)))
                .collect();
            known
                .payments
                .extend(posted.into_iter().map(|entry| (entry.source, paid.get(&entry.id).copied())));
        }
        Ok(known)
    }

    /// The account to post a payment on; nothing when it was posted before.
    fn judge(&self, row: &Row) -> Result<Option<AccountId>, (PaymentColumn, Problem)> {
        let value = || Shown::new(&row.external_id);
        let Some((account, currency)) = self.accounts.get(&row.external_id) else {
            return Err((PaymentColumn::ExternalId, Problem::UnknownAccount { value: value() }));
        };
        if currency != row.amount.currency().code() {
            let problem = Problem::OtherCurrency { value: value(), currency: Shown::new(currency) };
            return Err((PaymentColumn::Currency, problem));
        }
        match self.payments.get(&row.source) {
            None => Ok(Some(*account)),
            Some(Some(paid)) if *paid == (*account, row.amount.minor(), row.received_on) => Ok(None),
            Some(_) => Err((PaymentColumn::SourceId, Problem::PaymentDiffers { value: value() })),
        }
    }
}

/// Reads every row. A file that is no payments file gives errors.
fn read(file: &ImportFile, mapping: Option<&str>, creditor: &str, today: NaiveDate) -> io::Result<ReadFile> {
    let refused =
        |errors: Vec<RowError>| Ok(ReadFile { errors, sha256: file.sha256()?, ..ReadFile::default() });
    let mapping = match mapping.map_or_else(|| Ok(Mapping::default()), Mapping::parse) {
        Ok(mapping) => mapping,
        Err(errors) => return refused(errors),
    };
    let mut source = match Source::open(file, &mapping) {
        Ok(source) => source,
        Err(Unopened::Io(error)) => return Err(error),
        Err(Unopened::Refused(errors)) => return refused(errors),
    };
    let layout = match Layout::new(source.header(), &mapping) {
        Ok(layout) => layout,
        Err(errors) => return refused(errors),
    };
    let mut read = ReadFile::default();
    let mut sources = Sources { creditor, first_lines: HashMap::new(), repeats: HashMap::new() };
    for raw in source.by_ref() {
        read.count += 1;
        if read.rows.len() == PAYMENTS {
            read.errors.push(RowError::row(raw.line, Problem::TooManyRows { limit: PAYMENTS }));
            break;
        }
        match understand(&raw, &layout, &mapping, today, &mut sources) {
            Ok(row) => read.rows.push(row),
            Err(errors) => {
                read.rejected += 1;
                read.errors.extend(errors);
            }
        }
    }
    if read.count == 0 {
        read.errors.push(RowError::row(1, Problem::NoRows));
    }
    read.sha256 = source.finish()?;
    read.layout = Some(layout);
    Ok(read)
}

fn understand(
    raw: &RawRow,
    layout: &Layout<PaymentColumn>,
    mapping: &Mapping<PaymentColumn>,
    today: NaiveDate,
    sources: &mut Sources<'_>,
) -> Result<Row, Vec<RowError>> {
    use PaymentColumn as Of;
    if let Some(problem) = &raw.broken {
        return Err(vec![RowError::row(raw.line, problem.clone())]);
    }
    if raw.width() != layout.width() {
        let (expected, found) = (layout.width(), raw.width());
        return Err(vec![RowError::row(raw.line, Problem::FieldCount { expected, found })]);
    }
    let fields = Fields::new(raw, layout, mapping);
    for column in <Of as super::FileColumn>::REQUIRED {
        fields.require(*column);
    }
    let external_id = fields.text(Of::ExternalId);
    let amount = fields.currency_of(Of::Currency).and_then(|currency| fields.amount(Of::Amount, currency));
    if amount.is_some_and(|amount| amount.is_zero()) {
        fields.fail(Of::Amount, Problem::NothingPaid);
    }
    let received_on = fields.date(Of::ReceivedOn);
    if let Some(date) = received_on.filter(|date| *date > today) {
        fields.fail(Of::ReceivedOn, Problem::FutureDate { value: Shown::new(&date.to_string()) });
    }
    let reference = fields.text(Of::Reference);
    let source_id = fields.text(Of::SourceId);
    let row = external_id.zip(amount).zip(received_on).map(|((external_id, amount), received_on)| Row {
        line: raw.line,
        external_id,
        amount,
        received_on,
        reference,
        source: String::new(),
    });
    let row = row.map(|row| match sources.name(&row, source_id.as_deref()) {
        Ok(source) => Row { source, ..row },
        Err(problem) => {
            fields.fail(Of::SourceId, problem);
            row
        }
    });
    let mut errors: Vec<RowError> = raw
        .unreadable
        .iter()
        .map(|(position, problem)| RowError::cell(raw.line, layout.header_at(*position), problem.clone()))
        .collect();
    errors.extend(fields.into_errors());
    row.filter(|_| errors.is_empty()).ok_or(errors)
}

/// What makes a payment of the file the same payment when the file comes again.
struct Sources<'a> {
    creditor: &'a str,
    first_lines: HashMap<String, u64>,
    /// How often a row without an id of its own was there already.
    repeats: HashMap<String, u64>,
}

impl Sources<'_> {
    fn name(&mut self, row: &Row, source_id: Option<&str>) -> Result<String, Problem> {
        let Some(id) = source_id else { return Ok(self.by_row(row)) };
        match self.first_lines.insert(id.to_owned(), row.line) {
            Some(first_line) => Err(Problem::DuplicateId { value: Shown::new(id), first_line }),
            None => Ok(format!("payments:{}:id:{id}", self.creditor)),
        }
    }

    /// Two equal rows are two payments: they are told apart by their order.
    fn by_row(&mut self, row: &Row) -> String {
        let reference = row.reference.as_deref().unwrap_or_default();
        let said = json!([row.external_id, row.amount, row.received_on, reference]).to_string();
        let hash = hex::encode(Sha256::digest(said.as_bytes()));
        let repeat = self.repeats.entry(hash.clone()).or_default();
        *repeat += 1;
        format!("payments:{}:row:{hash}:{repeat}", self.creditor)
    }
}

fn totals(rows: &[Row], counts: impl Fn(&Row) -> bool) -> ServiceResult<Vec<PaymentTotal>> {
    let mut sums: BTreeMap<Currency, (u64, Money)> = BTreeMap::new();
    for row in rows.iter().filter(|row| counts(row)) {
        let currency = row.amount.currency();
        let (count, sum) = sums.entry(currency).or_insert((0, Money::zero(currency)));
        *count += 1;
        *sum = sum.add(row.amount)?;
    }
    Ok(sums.into_iter().map(|(currency, (count, sum))| PaymentTotal { currency, count, sum }).collect())
}

fn unknown_creditor(code: &str) -> ServiceError {
    ServiceError::invalid(
        "creditor",
        format!("No hay ningún acreedor {code}; importe primero su cartera"),
        format!("There is no creditor {code}; import its portfolio first"),
    )
}
