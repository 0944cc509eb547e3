//! The debt account: what is owed, how late it is, what was done and promised.

mod activity;
mod balance;
mod bucket;
mod capitalising;
mod plan;
mod promise;
mod stage;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use activity::{ActivityChannel, Disposition};
pub use balance::{Balance, Component};
pub use bucket::DelinquencyBucket;
pub use capitalising::{Capitalising, CapitalisingBarred, may_capitalise};
pub use plan::left_of_installments;
pub use promise::{PromiseError, PromiseStatus, PromiseTerms};
pub use stage::Stage;

use crate::ids::{AccountId, CreditorId, PartyId};
use crate::money::Currency;

/// One debt of one debtor with one creditor: the facts that do not change nightly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub creditor_id: CreditorId,
    pub debtor_id: PartyId,
    /// The creditor's own number, unique per creditor.
    pub external_id: String,
    pub currency: Currency,
    pub product: Option<String>,
    pub credit_type: Option<String>,
    pub opened_on: Option<NaiveDate>,
    /// The oldest unpaid due date as the creditor reported it.
    pub due_on: NaiveDate,
    pub charged_off_on: Option<NaiveDate>,
    pub installments_total: Option<i32>,
    pub installments_unpaid: Option<i32>,
}

impl Account {
    /// How late the account is on `as_of`, and the stage that follows.
    pub fn stage(&self, balance: &Balance, as_of: NaiveDate) -> Stage {
        Stage::of(balance.total_minor(), self.due_on, self.charged_off_on, as_of)
    }
}
