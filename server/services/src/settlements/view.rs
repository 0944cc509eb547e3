//! Payouts for people.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::ids::AccountId;
use domain::money::Money;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::StoreError;
use store::entities::{accounts, payment_exceptions, payouts};
use store::payouts::{self as kept, LineRow, PayoutRow};
use uuid::Uuid;

use super::check::{DifferenceKind, PayoutState};
use super::port::{LineKind, PayoutStatus};
use crate::payments::stored_money;
use crate::{ServiceError, ServiceResult, Services};

/// The most payouts that the list shows.
const MOST: u64 = 200;

/// A payout in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutView {
    pub id: Uuid,
    pub gateway: String,
    /// The gateway's own name of it.
    pub reference: String,
    pub amount: Money,
    pub status: PayoutStatus,
    pub state: PayoutState,
    pub automatic: bool,
    pub created_at: DateTime<Utc>,
    pub arrives_on: NaiveDate,
    pub lines: i32,
    /// The bank's statement has it.
    pub bank_line: Option<Uuid>,
    pub checked_at: DateTime<Utc>,
}

/// A line of a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutLine {
    pub id: String,
    pub kind: LineKind,
    /// The gateway's own word.
    pub category: String,
    pub gross: Money,
    pub fee: Money,
    pub net: Money,
    pub at: DateTime<Utc>,
    /// The debt whose ledger has it: id and the creditor's number.
    pub account: Option<(AccountId, String)>,
    pub difference: Option<DifferenceKind>,
    /// What our books have instead.
    pub expected: Option<Money>,
}

/// A payout with its lines, differences first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutPage {
    pub payout: PayoutView,
    pub lines: Vec<PayoutLine>,
    /// Sums of gross and fee of all lines but the payout itself; none in several currencies.
    pub gross: Option<Money>,
    pub fees: Option<Money>,
    /// Lines of the queue that are about it and open.
    pub open: Vec<(Uuid, DifferenceKind)>,
}

impl Services {
    /// Payouts, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn payouts(&self, actor: &Actor) -> ServiceResult<Vec<PayoutView>> {
        actor.require(Permission::RemittanceRead)?;
        let rows = kept::newest(self.db.read(), actor.organization_id, MOST).await?;
        rows.into_iter().map(view).collect()
    }

    /// One payout with its lines.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn payout(&self, actor: &Actor, id: Uuid) -> ServiceResult<PayoutPage> {
        actor.require(Permission::RemittanceRead)?;
        let org = actor.organization_id;
        let row = payouts::Entity::find_by_id((org.0, id)).one(self.db.read()).await?;
        let payout = view(row.ok_or(ServiceError::NotFound)?)?;
        let rows = kept::lines(self.db.read(), org, id).await?;
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.account_id).collect();
        let mut numbers = Vec::new();
        for part in ids.chunks(1_000) {
            let found = accounts::Entity::find()
                .filter(accounts::Column::OrganizationId.eq(org.0))
                .filter(accounts::Column::Id.is_in(part.iter().copied()))
                .all(self.db.read())
                .await?;
            numbers.extend(found.into_iter().map(|row| (AccountId(row.id), row.external_id)));
        }
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            lines.push(line(row, &numbers)?);
        }
        lines.sort_by_key(|line| line.difference.is_none());
        let others = || lines.iter().filter(|line| line.kind != LineKind::Payout);
        let currency = payout.amount.currency();
        let gross = Money::sum(currency, others().map(|line| line.gross)).ok();
        let fees = Money::sum(currency, others().map(|line| line.fee)).ok();
        let open = payment_exceptions::Entity::find()
            .filter(payment_exceptions::Column::OrganizationId.eq(org.0))
            .filter(payment_exceptions::Column::PayoutId.eq(id))
            .filter(payment_exceptions::Column::ResolvedAt.is_null())
            .all(self.db.read())
            .await?;
        let open = open.into_iter().filter_map(|row| Some((row.id, row.cause?.parse().ok()?))).collect();
        Ok(PayoutPage { payout, lines, gross, fees, open })
    }
}

fn view(row: PayoutRow) -> ServiceResult<PayoutView> {
    Ok(PayoutView {
        id: row.id,
        amount: stored_money("payouts", row.id, row.amount_minor, &row.currency)?,
        status: row.status.parse().map_err(StoreError::bad_row("payouts", row.id))?,
        state: row.state.parse().map_err(StoreError::bad_row("payouts", row.id))?,
        gateway: row.gateway,
        reference: row.reference,
        automatic: row.automatic,
        created_at: row.created_at,
        arrives_on: row.arrives_on,
        lines: row.lines,
        bank_line: row.bank_line_id,
        checked_at: row.checked_at,
    })
}

fn line(row: LineRow, numbers: &[(AccountId, String)]) -> ServiceResult<PayoutLine> {
    let money = |minor| stored_money("payout_lines", &row.id, minor, &row.currency);
    let difference = row.difference.as_deref().map(str::parse).transpose();
    let account = row.account_id.and_then(|id| numbers.iter().find(|(known, _)| known.0 == id).cloned());
    Ok(PayoutLine {
        kind: row.kind.parse().map_err(StoreError::bad_row("payout_lines", &row.id))?,
        gross: money(row.gross_minor)?,
        fee: money(row.fee_minor)?,
        net: money(row.net_minor)?,
        at: row.at,
        account,
        difference: difference.map_err(StoreError::bad_row("payout_lines", &row.id))?,
        expected: row.expected_minor.map(money).transpose()?,
        id: row.id.clone(),
        category: row.category.clone(),
    })
}
