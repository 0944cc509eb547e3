//! Stating: every entry that moved a creditor's money and is on no statement yet, priced.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::calendar::days_past_due;
use domain::ids::{AccountId, CreditorId, EntryId, RemittanceId};
use domain::ledger::{Book, CashBook, Entry, EntryHead, EntryKind, Posting};
use domain::money::{Currency, Money};
use domain::remittance::{CommissionTerms, ItemCommission};
use serde_json::json;
use store::entities::{remittance_lines, remittances as rows};
use store::remittances::{COLLECTED, Unstated};
use store::{StoreError, Tx, accounts, remittances};
use uuid::Uuid;

use super::terms::{CommissionVersion, commission_versions, in_force};
use super::view::RemittanceStatus;
use crate::{ServiceError, ServiceResult, Services};

/// Kinds of lines beside [`COLLECTED`].
pub(super) const COMMISSION: &str = "commission";
pub(super) const FEE: &str = "fee";
pub(super) const TAX: &str = "tax";
pub(super) const AGENCY_CHARGE: &str = "agency_charge";

/// A statement while it grows.
pub(super) struct Statement {
    pub(super) currency: Currency,
    pub(super) lines: Vec<Line>,
    /// What each entry on this statement was charged, so that its reversal on the same statement
    /// gives the same back.
    charged: HashMap<Uuid, i64>,
    tax: Option<CommissionTerms>,
}

pub(super) struct Line {
    kind: &'static str,
    account_id: Option<Uuid>,
    entry_id: Option<Uuid>,
    on: NaiveDate,
    base: Money,
    rate_pct: Option<String>,
    amount: Money,
}

/// The sums of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    pub(super) collected: Money,
    pub(super) commission: Money,
    pub(super) tax: Money,
    pub(super) fees: Money,
    pub(super) net: Money,
}

impl Services {
    /// States to a creditor, one remittance a currency, all that was collected until `period_to`
    /// and not stated before: late payments and reversals of stated ones come with the next
    /// statement. Nothing to state gives none.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for the period, or when no commission was agreed.
    pub async fn remit(
        &self,
        actor: &Actor,
        creditor: CreditorId,
        period_from: NaiveDate,
        period_to: NaiveDate,
    ) -> ServiceResult<Vec<RemittanceId>> {
        actor.require(Permission::RemittanceMake)?;
        let org = actor.organization_id;
        if period_from > period_to || period_to > self.today(org).await? {
            return Err(ServiceError::invalid(
                "period_to",
                "El período debe terminar hoy o antes, y después de empezar",
                "The period must end today or earlier, and after it begins",
            ));
        }
        let tx = self.begin().await?;
        if !remittances::lock_creditor(&tx, org, creditor).await? {
            return Err(ServiceError::NotFound);
        }
        let versions = commission_versions(&tx, org, creditor).await?;
        if versions.is_empty() {
            return Err(ServiceError::invalid(
                "terms",
                "Falta acordar la comisión con este acreedor; si no hay, guardar 0 %",
                "No commission is agreed with this creditor; if there is none, save 0 %",
            ));
        }
        let mut ids = Vec::new();
        for (currency, statement) in self.statements(&tx, actor, creditor, &versions, period_to).await? {
            let period = (period_from, period_to);
            ids.extend(self.keep_statement(&tx, actor, creditor, currency, period, statement).await?);
        }
        let details = json!({ "from": period_from, "to": period_to, "remittances": ids });
        self.audit(&tx, actor, "remittance.stated", format!("creditor:{creditor}"), details).await?;
        tx.commit().await?;
        Ok(ids)
    }

    async fn statements(
        &self,
        tx: &Tx,
        actor: &Actor,
        creditor: CreditorId,
        versions: &[CommissionVersion],
        until: NaiveDate,
    ) -> ServiceResult<BTreeMap<Currency, Statement>> {
        let org = actor.organization_id;
        let tax = in_force(versions, until);
        let mut all: BTreeMap<Currency, Statement> = BTreeMap::new();
        let mut items = remittances::unstated(tx, org, creditor, until).await?;
        // What was charged must be known before it is given back.
        items.sort_by_key(|item| item.reverses.is_some());
        for item in items {
            let currency: Currency =
                item.currency.parse().map_err(StoreError::bad_row("accounts", item.account_id))?;
            let Some(terms) = in_force(versions, item.effective_on) else { continue };
            let statement = all.entry(currency).or_insert_with(|| Statement::new(currency, tax.cloned()));
            let base = Money::from_minor(item.minor, currency);
            let mut kept = terms.of(base, days_past_due(item.due_on, item.effective_on))?;
            if let Some(original) = item.reverses {
                let family = remittances::family(tx, org, original).await?;
                let before = remittances::stated_of_entries(tx, org, &family, COMMISSION).await?;
                let here: i64 = family.iter().filter_map(|id| statement.charged.get(id)).sum();
                // What was charged goes back whole, at whatever rate it was charged.
                let whole = Money::from_minor(before, currency).add(Money::from_minor(here, currency))?;
                kept.commission = whole.negate()?;
            }
            statement.take(&item, base, kept);
        }
        for account in remittances::accounts_with_agency_charges(tx, org, creditor).await? {
            self.keep_agency_charges(tx, actor, AccountId(account), versions, until, &mut all).await?;
        }
        Ok(all)
    }

    /// What was collected of the agency's own charges is not the creditor's, and no commission is
    /// due on it.
    async fn keep_agency_charges(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: AccountId,
        versions: &[CommissionVersion],
        until: NaiveDate,
        all: &mut BTreeMap<Currency, Statement>,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let Some(kept) = self.collected_for_agency(tx, org, id, until).await? else { return Ok(()) };
        let before = remittances::stated_of_account(tx, org, id.0, AGENCY_CHARGE).await?;
        let more = kept.add(Money::from_minor(before, kept.currency()))?;
        let account = accounts::find(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let (Some(terms), false) = (in_force(versions, until), more.is_zero()) else { return Ok(()) };
        let tax = || in_force(versions, until).cloned();
        let currency = kept.currency();
        let statement = all.entry(currency).or_insert_with(|| Statement::new(currency, tax()));
        let less = more.negate()?;
        statement.push(AGENCY_CHARGE, Some(id.0), None, until, kept, None, less);
        let share = terms.percent(less, days_past_due(account.due_on, until))?;
        if !share.commission.is_zero() {
            let rate = Some(share.rate_pct.to_string());
            statement.push(COMMISSION, Some(id.0), None, until, less, rate, share.commission);
        }
        Ok(())
    }

    async fn keep_statement(
        &self,
        tx: &Tx,
        actor: &Actor,
        creditor: CreditorId,
        currency: Currency,
        (period_from, period_to): (NaiveDate, NaiveDate),
        mut statement: Statement,
    ) -> ServiceResult<Option<RemittanceId>> {
        if statement.lines.is_empty() {
            return Ok(None);
        }
        let org = actor.organization_id;
        let totals = statement.close(period_to)?;
        let id = RemittanceId(self.new_id());
        let entry = self.statement_entry(creditor, id, period_to, &totals)?;
        if let Some(entry) = &entry {
            remittances::insert_entry(tx, org, entry, self.livemode()).await?;
        }
        let number = remittances::last_number(tx, org, creditor, currency.code()).await? + 1;
        let row = rows::Model {
            organization_id: org.0,
            id: id.0,
            creditor_id: creditor.0,
            number,
            currency: currency.to_string(),
            period_from,
            period_to,
            status: RemittanceStatus::Stated.as_str().to_owned(),
            collected_minor: totals.collected.minor(),
            commission_minor: totals.commission.minor(),
            tax_minor: totals.tax.minor(),
            fees_minor: totals.fees.minor(),
            net_minor: totals.net.minor(),
            entry_id: entry.map(|entry| entry.id.0),
            paid_entry_id: None,
            created_at: self.now(),
            created_by: actor.audit_name(),
        };
        let lines = (1..).zip(statement.lines).map(|(number, line)| remittance_lines::Model {
            organization_id: org.0,
            remittance_id: id.0,
            number,
            kind: line.kind.to_owned(),
            account_id: line.account_id,
            entry_id: line.entry_id,
            on_date: line.on,
            base_minor: line.base.minor(),
            rate_pct: line.rate_pct,
            amount_minor: line.amount.minor(),
        });
        remittances::insert(tx, row, lines.collect()).await?;
        metrics::counter!("saldar_remittances_stated_total").increment(1);
        Ok(Some(id))
    }

    /// What was collected becomes payable; what is kept is taken off it.
    fn statement_entry(
        &self,
        creditor: CreditorId,
        id: RemittanceId,
        on: NaiveDate,
        totals: &Totals,
    ) -> ServiceResult<Option<Entry>> {
        let kept = totals.commission.add(totals.tax)?.add(totals.fees)?;
        let postings = [
            (Book::CreditorPlacement, totals.collected),
            (Book::CreditorPayable, totals.collected.negate()?),
            (Book::CreditorPayable, kept),
            (Book::Commission, totals.commission.negate()?),
            (Book::TaxPayable, totals.tax.negate()?),
            (Book::Fees, totals.fees.negate()?),
        ];
        if postings.iter().all(|(_, amount)| amount.is_zero()) {
            return Ok(None);
        }
        let head = self.creditor_entry(creditor, EntryKind::Remittance, format!("remittance:{id}"), on);
        let postings = postings.into_iter().map(|(book, amount)| Posting { book, amount }).collect();
        Ok(Some(Entry::new(head, postings)?))
    }

    /// The payment of a statement: from the bank to the creditor.
    pub(super) fn payout_entry(
        &self,
        creditor: CreditorId,
        id: RemittanceId,
        on: NaiveDate,
        amount: Money,
    ) -> ServiceResult<Entry> {
        let source = format!("remittance-payment:{id}");
        let head = self.creditor_entry(creditor, EntryKind::Transfer, source, on);
        let postings = vec![
            Posting { book: Book::CreditorPayable, amount },
            Posting { book: Book::Cash(CashBook::Bank), amount: amount.negate()? },
        ];
        Ok(Entry::new(head, postings)?)
    }

    fn creditor_entry(
        &self,
        creditor: CreditorId,
        kind: EntryKind,
        source: String,
        on: NaiveDate,
    ) -> EntryHead {
        EntryHead {
            id: EntryId(self.new_id()),
            // The creditor's control account.
            account_id: AccountId(creditor.0),
            kind,
            source,
            effective_on: on,
            recorded_at: self.now(),
        }
    }
}

impl Statement {
    fn new(currency: Currency, tax: Option<CommissionTerms>) -> Self {
        Self { currency, lines: Vec::new(), charged: HashMap::new(), tax }
    }

    fn take(&mut self, item: &Unstated, base: Money, kept: ItemCommission) {
        let (account, entry, on) = (Some(item.account_id), Some(item.entry_id), item.effective_on);
        self.push(COLLECTED, account, entry, on, base, None, base);
        if !kept.commission.is_zero() {
            let rate = Some(kept.rate_pct.to_string());
            self.push(COMMISSION, account, entry, on, base, rate, kept.commission);
            *self.charged.entry(item.entry_id).or_default() += kept.commission.minor();
        }
        if !kept.fee.is_zero() {
            self.push(FEE, account, entry, on, base, None, kept.fee);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a line has so many columns")]
    fn push(
        &mut self,
        kind: &'static str,
        account_id: Option<Uuid>,
        entry_id: Option<Uuid>,
        on: NaiveDate,
        base: Money,
        rate_pct: Option<String>,
        amount: Money,
    ) {
        self.lines.push(Line { kind, account_id, entry_id, on, base, rate_pct, amount });
    }

    fn sum(&self, kinds: &[&str]) -> ServiceResult<Money> {
        let of = self.lines.iter().filter(|line| kinds.contains(&line.kind)).map(|line| line.amount);
        Ok(Money::sum(self.currency, of)?)
    }

    /// Adds the tax, rounded once for the whole statement, and sums up.
    fn close(&mut self, on: NaiveDate) -> ServiceResult<Totals> {
        let collected = self.sum(&[COLLECTED, AGENCY_CHARGE])?;
        let (commission, fees) = (self.sum(&[COMMISSION])?, self.sum(&[FEE])?);
        let earned = commission.add(fees)?;
        let mut tax = Money::zero(self.currency);
        if let Some(terms) = &self.tax {
            tax = terms.tax_on(earned)?;
            if !tax.is_zero() {
                let rate = Some(terms.tax_pct.to_string());
                self.push(TAX, None, None, on, earned, rate, tax);
            }
        }
        let net = collected.sub(commission)?.sub(tax)?.sub(fees)?;
        Ok(Totals { collected, commission, tax, fees, net })
    }
}
