//! Remittances as they are shown and sent.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, CreditorId, EntryId, RemittanceId};
use domain::money::{Currency, Money};
use store::entities::{remittance_lines, remittances as rows};
use store::parties::Creditor;
use store::{StoreError, parties, remittances};

use crate::export::neutral;
use crate::{ServiceError, ServiceResult, Services};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemittanceStatus {
    /// Told to the creditor, to be paid.
    Stated,
    Paid,
}

impl RemittanceStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Paid => "paid",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Stated, Self::Paid].into_iter().find(|status| status.as_str() == text)
    }
}

/// A statement. `net` is what is paid: collected less commission, fees and the tax on them.
#[derive(Clone, Debug)]
pub struct RemittanceView {
    pub id: RemittanceId,
    pub creditor: Creditor,
    /// 1, 2, 3 … for the creditor and currency.
    pub number: i32,
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub status: RemittanceStatus,
    pub collected: Money,
    pub commission: Money,
    pub tax: Money,
    pub fees: Money,
    pub net: Money,
    pub entry_id: Option<EntryId>,
    pub paid_entry_id: Option<EntryId>,
    pub created_at: DateTime<Utc>,
    /// Left out in lists.
    pub lines: Vec<RemittanceLine>,
}

/// One line: `collected`, `agency_charge` (negative: kept, because the charge was the agency's),
/// `commission`, `fee` or `tax`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemittanceLine {
    pub number: i32,
    pub kind: String,
    pub account_id: Option<AccountId>,
    pub external_id: Option<String>,
    pub entry_id: Option<EntryId>,
    pub on: NaiveDate,
    pub base: Money,
    pub rate_pct: Option<String>,
    pub amount: Money,
}

/// Statements in a list.
const LISTED: u64 = 200;

impl Services {
    /// The newest remittances of a creditor, or of all, without their lines.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn remittances(
        &self,
        actor: &Actor,
        creditor: Option<CreditorId>,
    ) -> ServiceResult<Vec<RemittanceView>> {
        actor.require(Permission::RemittanceRead)?;
        let mut views = Vec::new();
        for row in remittances::list(self.db.read(), actor.organization_id, creditor, LISTED).await? {
            views.push(self.remittance_view(actor, row, Vec::new()).await?);
        }
        Ok(views)
    }

    /// One remittance with its lines.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn remittance(&self, actor: &Actor, id: RemittanceId) -> ServiceResult<RemittanceView> {
        actor.require(Permission::RemittanceRead)?;
        let org = actor.organization_id;
        let row = remittances::find(self.db.read(), org, id).await?.ok_or(ServiceError::NotFound)?;
        let lines = remittances::lines(self.db.read(), org, id).await?;
        self.remittance_view(actor, row, lines).await
    }

    /// The statement as CSV: its lines, then its totals. Formulas in it are neutralised.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn remittance_csv(&self, actor: &Actor, id: RemittanceId) -> ServiceResult<Vec<u8>> {
        let view = self.remittance(actor, id).await?;
        let failed = |error: csv::Error| ServiceError::Outside { part: "CSV", cause: error.to_string() };
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record([
            "line", "kind", "date", "account", "entry", "base", "rate_pct", "amount", "currency",
        ])
        .map_err(failed)?;
        let currency = view.net.currency();
        for line in &view.lines {
            out.write_record([
                line.number.to_string(),
                line.kind.clone(),
                line.on.to_string(),
                neutral(line.external_id.as_deref().unwrap_or_default()),
                line.entry_id.map(|id| id.to_string()).unwrap_or_default(),
                line.base.to_decimal(),
                line.rate_pct.clone().unwrap_or_default(),
                line.amount.to_decimal(),
                currency.to_string(),
            ])
            .map_err(failed)?;
        }
        let totals = [
            ("total_collected", view.collected),
            ("total_commission", view.commission),
            ("total_fees", view.fees),
            ("total_tax", view.tax),
            ("total_net", view.net),
        ];
        for (kind, amount) in totals {
            let (to, amount) = (view.period_to.to_string(), amount.to_decimal());
            out.write_record(["", kind, &to, "", "", "", "", &amount, currency.code()]).map_err(failed)?;
        }
        out.into_inner().map_err(|error| ServiceError::Outside { part: "CSV", cause: error.to_string() })
    }

    async fn remittance_view(
        &self,
        actor: &Actor,
        row: rows::Model,
        lines: Vec<(remittance_lines::Model, Option<String>)>,
    ) -> ServiceResult<RemittanceView> {
        let currency: Currency = row.currency.parse().map_err(StoreError::bad_row("remittances", row.id))?;
        let money = |minor| Money::from_minor(minor, currency);
        let creditor =
            parties::find_creditor(self.db.read(), actor.organization_id, CreditorId(row.creditor_id))
                .await?;
        let status = RemittanceStatus::of(&row.status)
            .ok_or("unknown status")
            .map_err(StoreError::bad_row("remittances", row.id))?;
        let line = |(line, external_id): (remittance_lines::Model, Option<String>)| RemittanceLine {
            number: line.number,
            kind: line.kind,
            account_id: line.account_id.map(AccountId),
            external_id,
            entry_id: line.entry_id.map(EntryId),
            on: line.on_date,
            base: money(line.base_minor),
            rate_pct: line.rate_pct,
            amount: money(line.amount_minor),
        };
        Ok(RemittanceView {
            id: RemittanceId(row.id),
            creditor: creditor.ok_or(ServiceError::NotFound)?,
            number: row.number,
            period_from: row.period_from,
            period_to: row.period_to,
            status,
            collected: money(row.collected_minor),
            commission: money(row.commission_minor),
            tax: money(row.tax_minor),
            fees: money(row.fees_minor),
            net: money(row.net_minor),
            entry_id: row.entry_id.map(EntryId),
            paid_entry_id: row.paid_entry_id.map(EntryId),
            created_at: row.created_at,
            lines: lines.into_iter().map(line).collect(),
        })
    }
}
