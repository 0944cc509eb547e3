//! Reported payments: a debtor says that they paid elsewhere, with a slip; a person looks for the
//! money, and posts it or says why not. A report by itself changes nothing about the debt.

mod decide;
mod open;
mod read;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Actor;
use domain::ids::{AccountId, PartyId, PaymentId, ReportId};
use domain::money::Money;
use domain::reported::{ReportStatus, ReportWay};
use sea_orm::{EntityTrait, QuerySelect};
use store::entities::payment_reports as rows;
use store::{StoreError, Tx};

pub use decide::Confirmation;
pub use open::NewReport;

use crate::cases::EvidenceLine;
use crate::payments::stored_money;
use crate::{ServiceError, ServiceResult};

/// The longest name of a place.
pub const PLACE_CHARS: usize = 120;
/// The longest reference.
pub const REFERENCE_CHARS: usize = 60;

/// One reported payment.
#[derive(Clone, Debug)]
pub struct ReportLine {
    pub id: ReportId,
    pub party_id: PartyId,
    pub debtor: String,
    pub account_id: AccountId,
    /// The creditor's number of the debt.
    pub account: String,
    pub amount: Money,
    pub paid_on: NaiveDate,
    pub way: ReportWay,
    /// Where, in the debtor's words.
    pub place: String,
    pub reference: Option<String>,
    pub status: ReportStatus,
    pub reported_at: DateTime<Utc>,
    /// The audit name of who looks for it.
    pub taken_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Once it is confirmed.
    pub payment_id: Option<PaymentId>,
    /// Why it was not found, as told to the debtor.
    pub reason: Option<String>,
}

/// A payment on the debt that looks like the reported one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookalike {
    pub payment_id: PaymentId,
    pub receipt_no: String,
}

/// One reported payment with its slips.
#[derive(Clone, Debug)]
pub struct ReportView {
    pub line: ReportLine,
    pub files: Vec<EvidenceLine>,
    /// For staff: what was posted already with the same amount and day.
    pub same: Vec<Lookalike>,
    /// For staff: other reports of the same debt with the same amount and day.
    pub reported_again: Vec<ReportId>,
}

/// A row that is locked until the transaction ends.
async fn locked(tx: &Tx, actor: &Actor, id: ReportId) -> ServiceResult<rows::Model> {
    let key = (actor.organization_id.0, id.0);
    let row = rows::Entity::find_by_id(key).lock_exclusive().one(tx).await?;
    row.ok_or(ServiceError::NotFound)
}

fn status_of(row: &rows::Model) -> ServiceResult<ReportStatus> {
    Ok(row.status.parse().map_err(StoreError::bad_row("payment_reports", row.id))?)
}

fn amount_of(row: &rows::Model) -> ServiceResult<Money> {
    stored_money("payment_reports", row.id, row.amount_minor, &row.currency)
}
