//! The use case: a portfolio file into accounts, in one transaction.

use domain::access::{Actor, Permission};
use domain::ids::{AccountId, CreditorId, EntryId, ImportId, OrganizationId, PartyId};
use domain::ledger::{EntryHead, EntryKind, opening_entry};
use domain::party::PartyRole;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::entities::{account_parties, accounts, balances, creditors, entries, imports, postings};
use store::{Tx, ledger};

use super::bulk;
use super::check::{Checked, check};
use super::column::Column;
use super::existing::Existing;
use super::mapping::Mapping;
use super::persons::Persons;
use super::problem::{Differs, Problem, RowError, Shown};
use super::report::{ImportLine, ImportReport, ImportStatus};
use super::row::{Channel, PortfolioRow, RatePct};
use crate::{ServiceError, ServiceResult, Services};

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The creditor's code; one that is not known yet is added with this file.
    pub creditor_code: String,
    /// As the person named it; kept in the manifest.
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// The text of the mapping file, if there is one.
    pub mapping: Option<String>,
    /// Check and count, but write nothing.
    pub dry_run: bool,
}

const CODE_CHARS: usize = 40;

impl Services {
    /// Imports a portfolio file: all of it or, when anything in it is wrong, nothing. The same
    /// file again changes nothing.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for the creditor's code, or the database. What is wrong with the
    /// file is not an error but told in the report.
    pub async fn import_portfolio(
        &self,
        actor: &Actor,
        request: ImportRequest,
    ) -> ServiceResult<ImportReport> {
        actor.require(Permission::PortfolioImport)?;
        let code = creditor_code(&request.creditor_code)?;
        let mut report = blank_report(&request, code);
        let mapping = match request.mapping.as_deref().map_or_else(|| Ok(Mapping::default()), Mapping::parse)
        {
            Ok(mapping) => mapping,
            Err(errors) => return Ok(rejected(report, errors)),
        };
        let checked = {
            let bytes = request.bytes;
            let checking = tokio::task::spawn_blocking(move || check(&bytes, &mapping));
            checking
                .await
                .map_err(|error| ServiceError::Outside { part: "import", cause: error.to_string() })?
        };
        report.rejected = checked.rejected;
        report.rows = checked.rejected + checked.rows.len() as u64;
        report.totals = checked.totals.lines().unwrap_or_default();
        report.ignored_columns.clone_from(&checked.ignored_columns);
        if !checked.errors.is_empty() {
            return Ok(rejected(report, checked.errors));
        }
        let mapping_sha256 = sha256(request.mapping.unwrap_or_default().as_bytes());
        self.write_portfolio(actor, report, checked, mapping_sha256).await
    }

    async fn write_portfolio(
        &self,
        actor: &Actor,
        mut report: ImportReport,
        checked: Checked,
        mapping_sha256: String,
    ) -> ServiceResult<ImportReport> {
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let country = checked.rows.first().map_or("", |row| row.debtor.country.as_str());
        let (creditor_id, is_new) = self.creditor(&tx, org, &report.creditor_code, country).await?;
        report.creditor_is_new = is_new;
        let existing = Existing::load(&tx, org, creditor_id, &checked.rows).await?;
        let (new, errors) = sort_out(&checked, &existing);
        if !errors.is_empty() {
            report.rejected = errors.len() as u64;
            return Ok(rejected(report, errors));
        }
        report.accepted = new.len() as u64;
        report.unchanged = report.rows - report.accepted;
        if new.is_empty() {
            report.status = ImportStatus::Unchanged;
            return Ok(report);
        }
        if report.dry_run {
            return Ok(report);
        }
        let import_id = ImportId(self.new_id());
        self.write_accounts(&tx, org, creditor_id, import_id, &report.creditor_code, &new).await?;
        bulk::insert(
            &tx,
            vec![manifest(actor, import_id, creditor_id, &report, mapping_sha256, self.now())?],
        )
        .await?;
        let details = json!({
            "creditor": report.creditor_code, "sha256": report.sha256, "rows": report.rows,
            "accepted": report.accepted, "unchanged": report.unchanged, "totals": report.totals,
        });
        self.audit(&tx, actor, "portfolio.imported", format!("import:{import_id}"), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_accounts_imported_total").increment(report.accepted);
        report.status = ImportStatus::Imported;
        report.import_id = Some(import_id);
        Ok(report)
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

    async fn write_accounts(
        &self,
        tx: &Tx,
        org: OrganizationId,
        creditor_id: CreditorId,
        import_id: ImportId,
        creditor_code: &str,
        rows: &[&PortfolioRow],
    ) -> ServiceResult<()> {
        let today = self.today(org).await?;
        let mut persons = Persons::load(tx, org, rows).await?;
        let mut writing = Writing::default();
        for row in rows {
            let id = AccountId(self.new_id());
            let debtor = persons.debtor(self, row);
            if let Some(guarantor) = persons.guarantor(self, row, debtor) {
                writing.guarantors.push(guarantor_row(org, id, guarantor));
            }
            writing.accounts.push(account_row(org, id, creditor_id, debtor, import_id, row));
            writing.balances.push(ledger::balance_row(org, id, &row.opening, self.now()));
            // A debt of nothing has no entry: an entry has postings.
            if row.opening.total_minor() != 0 {
                let head = EntryHead {
                    id: EntryId(self.new_id()),
                    account_id: id,
                    kind: EntryKind::Opening,
                    source: format!("import:{creditor_code}:{}", row.external_id),
                    effective_on: today,
                    recorded_at: self.now(),
                };
                let entry = opening_entry(head, &row.opening)?;
                writing.entries.push(ledger::entry_row(org, &entry, self.livemode()));
                writing.postings.extend(ledger::posting_rows(org, &entry));
            }
        }
        persons.save(tx).await?;
        writing.save(tx).await
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
}

/// Rows to write, table by table.
#[derive(Default)]
struct Writing {
    accounts: Vec<accounts::ActiveModel>,
    guarantors: Vec<account_parties::ActiveModel>,
    balances: Vec<balances::ActiveModel>,
    entries: Vec<entries::ActiveModel>,
    postings: Vec<postings::ActiveModel>,
}

impl Writing {
    async fn save(self, tx: &Tx) -> ServiceResult<()> {
        bulk::insert(tx, self.accounts).await?;
        bulk::insert(tx, self.guarantors).await?;
        bulk::insert(tx, self.balances).await?;
        bulk::insert(tx, self.entries).await?;
        bulk::insert(tx, self.postings).await
    }
}

/// New rows, and an error for each that is there already but different.
fn sort_out<'a>(checked: &'a Checked, existing: &Existing) -> (Vec<&'a PortfolioRow>, Vec<RowError>) {
    let (mut new, mut errors) = (Vec::new(), Vec::new());
    for row in &checked.rows {
        match existing.compare(row) {
            None => new.push(row),
            Some(Ok(())) => {}
            Some(Err(differs)) => {
                let problem = Problem::AlreadyDifferent { value: Shown::new(&row.external_id), differs };
                let column = match differs {
                    Differs::Debtor => Column::DebtorDocument,
                    Differs::Currency => Column::Currency,
                    Differs::DueOn => Column::DueOn,
                    Differs::Amounts => Column::Principal,
                };
                let header = checked.layout.as_ref().map_or(column.name(), |layout| layout.header(column));
                errors.push(RowError::cell(row.line, header, problem));
            }
        }
    }
    (new, errors)
}

fn creditor_code(text: &str) -> ServiceResult<String> {
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

fn blank_report(request: &ImportRequest, creditor_code: String) -> ImportReport {
    ImportReport {
        status: ImportStatus::Checked,
        dry_run: request.dry_run,
        import_id: None,
        creditor_code,
        creditor_is_new: false,
        file_name: Shown::new(&request.file_name).to_string(),
        sha256: sha256(&request.bytes),
        rows: 0,
        accepted: 0,
        unchanged: 0,
        rejected: 0,
        totals: Vec::new(),
        errors: Vec::new(),
        ignored_columns: Vec::new(),
    }
}

fn rejected(report: ImportReport, errors: Vec<RowError>) -> ImportReport {
    ImportReport { status: ImportStatus::Rejected, accepted: 0, errors, ..report }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn manifest(
    actor: &Actor,
    id: ImportId,
    creditor_id: CreditorId,
    report: &ImportReport,
    mapping_sha256: String,
    at: chrono::DateTime<chrono::Utc>,
) -> ServiceResult<imports::ActiveModel> {
    let count = |n: u64| {
        let too_many = |_| ServiceError::Outside { part: "import", cause: "too many rows".to_owned() };
        i32::try_from(n).map_err(too_many)
    };
    Ok(imports::ActiveModel {
        organization_id: Set(actor.organization_id.0),
        id: Set(id.0),
        creditor_id: Set(creditor_id.0),
        file_name: Set(report.file_name.clone()),
        sha256: Set(report.sha256.clone()),
        mapping_sha256: Set(mapping_sha256),
        actor: Set(actor.audit_name()),
        at: Set(at),
        rows: Set(count(report.rows)?),
        accepted: Set(count(report.accepted)?),
        unchanged: Set(count(report.unchanged)?),
        totals: Set(json!(report.totals).to_string()),
        rejected: Set(0),
        status: Set("imported".to_owned()),
        manifest: Set(None),
    })
}

fn account_row(
    org: OrganizationId,
    id: AccountId,
    creditor_id: CreditorId,
    debtor: PartyId,
    import_id: ImportId,
    row: &PortfolioRow,
) -> accounts::ActiveModel {
    let channels = row.consent_channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>();
    accounts::ActiveModel {
        organization_id: Set(org.0),
        id: Set(id.0),
        creditor_id: Set(creditor_id.0),
        debtor_id: Set(debtor.0),
        external_id: Set(row.external_id.clone()),
        currency: Set(row.opening.currency().to_string()),
        product: Set(row.product.clone()),
        credit_type: Set(row.credit_type.clone()),
        opened_on: Set(row.opened_on),
        due_on: Set(row.due_on),
        charged_off_on: Set(row.charged_off_on),
        installments_total: Set(row.installments_total),
        installments_unpaid: Set(row.installments_unpaid),
        annual_rate_pct: Set(row.annual_rate.map(RatePct::to_decimal)),
        default_rate_pct: Set(row.default_rate.map(RatePct::to_decimal)),
        day_count: Set(row.day_count.map(|count| count.as_str().to_owned())),
        preferred_channel: Set(row.preferred_channel.map(|channel: Channel| channel.as_str().to_owned())),
        consent_channels: Set((!channels.is_empty()).then(|| channels.join(" "))),
        import_id: Set(Some(import_id.0)),
    }
}

fn guarantor_row(org: OrganizationId, account: AccountId, party: PartyId) -> account_parties::ActiveModel {
    account_parties::ActiveModel {
        organization_id: Set(org.0),
        account_id: Set(account.0),
        party_id: Set(party.0),
        role: Set(PartyRole::Guarantor.as_str().to_owned()),
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
        totals: row.totals,
    }
}
