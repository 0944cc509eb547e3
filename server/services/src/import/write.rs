//! The rows of new accounts, table by table.

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::{Balance, Component, DelinquencyBucket, Stage};
use domain::ids::{AccountId, CreditorId, EntryId, ImportId, OrganizationId, PartyId};
use domain::ledger::{Entry, EntryHead, EntryKind, opening_entry};
use domain::party::PartyRole;
use store::Tx;
use store::bulk::{Cell, Rows};

use super::ids::Ids;
use super::persons::Persons;
use super::row::{PortfolioRow, RatePct};
use crate::{ServiceResult, Services};

const ACCOUNT: [&str; 16] = [
    "id",
    "debtor_id",
    "external_id",
    "currency",
    "product",
    "credit_type",
    "opened_on",
    "due_on",
    "charged_off_on",
    "installments_total",
    "installments_unpaid",
    "annual_rate_pct",
    "default_rate_pct",
    "day_count",
    "preferred_channel",
    "consent_channels",
];

const BALANCE: [&str; 9] = [
    "account_id",
    "currency",
    "principal",
    "interest",
    "default_interest",
    "late_charge",
    "collection_cost",
    "tax",
    "total",
];

const POSTING: [&str; 6] = ["entry_id", "line", "account_id", "book", "amount_minor", "currency"];

/// For whom and when accounts are written.
#[derive(Debug, Clone, Copy)]
pub struct Placement<'a> {
    pub org: OrganizationId,
    pub creditor: CreditorId,
    pub creditor_code: &'a str,
    pub import: ImportId,
    /// The organization's business date.
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
}

/// Writes accounts batch by batch.
pub struct Writer<'a> {
    services: &'a Services,
    place: Placement<'a>,
    pub persons: Persons,
    /// Accounts written so far.
    pub accounts: u64,
    /// Opening entries written so far.
    pub entries: u64,
    ids: Ids,
    account_rows: Rows,
    guarantor_rows: Rows,
    balance_rows: Rows,
    state_rows: Rows,
    entry_rows: Rows,
    posting_rows: Rows,
}

impl<'a> Writer<'a> {
    pub fn new(services: &'a Services, place: Placement<'a>, persons: Persons) -> Self {
        let org = ("organization_id", Cell::Uuid(place.org.0));
        let shared = |more: Vec<(&'static str, Cell)>| [vec![org.clone()], more].concat();
        let account = shared(vec![
            ("creditor_id", Cell::Uuid(place.creditor.0)),
            ("import_id", Cell::Uuid(place.import.0)),
        ]);
        let guarantor = shared(vec![("role", Cell::text(Some(PartyRole::Guarantor.as_str())))]);
        let balance = shared(vec![("updated_at", Cell::Time(place.now))]);
        let state = shared(vec![("since_on", Cell::Date(place.today))]);
        let entry = shared(vec![
            ("kind", Cell::text(Some(EntryKind::Opening.as_str()))),
            ("effective_on", Cell::Date(place.today)),
            ("recorded_at", Cell::Time(place.now)),
            ("livemode", Cell::Bool(services.livemode())),
        ]);
        Self {
            services,
            place,
            persons,
            accounts: 0,
            entries: 0,
            ids: Ids::new(services),
            account_rows: Rows::new("accounts", account, &ACCOUNT),
            guarantor_rows: Rows::new("account_parties", guarantor, &["account_id", "party_id"]),
            balance_rows: Rows::new("balances", balance, &BALANCE),
            state_rows: Rows::new("account_states", state, &["account_id", "stage", "bucket"]),
            entry_rows: Rows::new("entries", entry, &["id", "account_id", "source"]),
            posting_rows: Rows::new("postings", shared(Vec::new()), &POSTING),
        }
    }

    /// Writes a batch of accounts that are not there.
    pub async fn add(&mut self, tx: &Tx, rows: Vec<PortfolioRow>) -> ServiceResult<()> {
        self.persons.meet(tx, &rows).await?;
        for row in rows {
            self.account(row)?;
        }
        self.persons.save(tx).await?;
        self.account_rows.save(tx).await?;
        self.guarantor_rows.save(tx).await?;
        self.balance_rows.save(tx).await?;
        self.state_rows.save(tx).await?;
        self.entry_rows.save(tx).await?;
        Ok(self.posting_rows.save(tx).await?)
    }

    fn account(&mut self, row: PortfolioRow) -> ServiceResult<()> {
        let id = AccountId(self.ids.next(self.services));
        let debtor = self.persons.debtor(self.services, &row);
        if let Some(guarantor) = self.persons.guarantor(self.services, &row, debtor) {
            self.guarantor_rows.push([Cell::Uuid(id.0), Cell::Uuid(guarantor.0)]);
        }
        self.accounts += 1;
        self.balance(id, &row.opening);
        let stage = Stage::of(row.opening.total_minor(), row.due_on, row.charged_off_on, self.place.today);
        let bucket = DelinquencyBucket::of(row.opening.total_minor(), row.due_on, self.place.today);
        let (stage, bucket) = (i64::from(stage.code()), i64::from(bucket.code()));
        self.state_rows.push([Cell::Uuid(id.0), Cell::Int(stage), Cell::Int(bucket)]);
        // A debt of nothing has no entry: an entry has postings.
        if row.opening.total_minor() != 0 {
            let head = EntryHead {
                id: EntryId(self.ids.next(self.services)),
                account_id: id,
                kind: EntryKind::Opening,
                source: opening_source(self.place.creditor_code, &row.external_id),
                effective_on: self.place.today,
                recorded_at: self.place.now,
            };
            self.entry(opening_entry(head, &row.opening)?);
        }
        self.account_rows.push(account_cells(id, debtor, row));
        Ok(())
    }

    fn balance(&mut self, id: AccountId, opening: &Balance) {
        let of = |component| Cell::Int(opening.of(component).minor());
        self.balance_rows.push([
            Cell::Uuid(id.0),
            Cell::text(Some(opening.currency().code())),
            of(Component::Principal),
            of(Component::Interest),
            of(Component::DefaultInterest),
            of(Component::LateCharge),
            of(Component::CollectionCost),
            of(Component::Tax),
            Cell::Int(opening.total_minor()),
        ]);
    }

    fn entry(&mut self, entry: Entry) {
        self.entries += 1;
        for (line, posting) in (1..).zip(entry.postings()) {
            self.posting_rows.push([
                Cell::Uuid(entry.id.0),
                Cell::Int(line),
                Cell::Uuid(entry.account_id.0),
                Cell::text(Some(posting.book.as_str())),
                Cell::Int(posting.amount.minor()),
                Cell::text(Some(posting.amount.currency().code())),
            ]);
        }
        self.entry_rows.push([
            Cell::Uuid(entry.id.0),
            Cell::Uuid(entry.account_id.0),
            Cell::Text(entry.source),
        ]);
    }
}

/// The source of an account's opening entry: one opening a creditor and number.
fn opening_source(creditor_code: &str, external_id: &str) -> String {
    ["import:", creditor_code, ":", external_id].concat()
}

fn account_cells(id: AccountId, debtor: PartyId, row: PortfolioRow) -> [Cell; 16] {
    let channels = row.consent_channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(" ");
    let text = |value: Option<String>| value.map_or(Cell::Null, Cell::Text);
    [
        Cell::Uuid(id.0),
        Cell::Uuid(debtor.0),
        Cell::Text(row.external_id),
        Cell::text(Some(row.opening.currency().code())),
        text(row.product),
        text(row.credit_type),
        Cell::date(row.opened_on),
        Cell::Date(row.due_on),
        Cell::date(row.charged_off_on),
        Cell::int(row.installments_total),
        Cell::int(row.installments_unpaid),
        text(row.annual_rate.map(RatePct::to_decimal)),
        text(row.default_rate.map(RatePct::to_decimal)),
        Cell::text(row.day_count.map(super::row::DayCount::as_str)),
        Cell::text(row.preferred_channel.map(super::row::Channel::as_str)),
        text((!channels.is_empty()).then_some(channels)),
    ]
}
