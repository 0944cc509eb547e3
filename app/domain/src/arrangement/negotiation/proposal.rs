//! What a debtor proposes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::arrangement::schedule::{Frequency, PlanError};
use crate::calendar::check_date;
use crate::money::{Currency, Money};

/// The most payments that anybody may ask for.
const MOST_PAYMENTS: u32 = 1_200;

/// What a debtor would pay, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// In all; left out, what the offer asks for.
    #[serde(default)]
    pub total: Option<Money>,
    /// The first payment; left out, all are equal.
    #[serde(default)]
    pub first: Option<Money>,
    pub first_on: NaiveDate,
    /// With the first one.
    pub payments: u32,
    pub every: Frequency,
    /// The debtor cannot do better than this: where it is not enough, a person takes over.
    #[serde(default)]
    pub is_all_they_can: bool,
}

/// A proposal that cannot be understood; says what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    #[error("amounts must be more than zero and in {0}")]
    Amount(Currency),
    #[error("the first payment of {first} is more than the total of {total}; write less")]
    FirstAboveTotal { first: Money, total: Money },
    #[error("{0} payments; write 1 to {MOST_PAYMENTS}")]
    Payments(u32),
    #[error("the first payment on {first_on} lies before today, {today}; choose today or later")]
    Past { first_on: NaiveDate, today: NaiveDate },
    #[error("nothing is owed; there is nothing to agree")]
    NothingOwed,
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Money(#[from] crate::money::MoneyError),
}

impl Proposal {
    pub(super) fn check(&self, currency: Currency, today: NaiveDate) -> Result<(), ProposalError> {
        let wrong = |amount: &Money| amount.currency() != currency || !amount.is_positive();
        if self.total.iter().chain(&self.first).any(wrong) {
            return Err(ProposalError::Amount(currency));
        }
        if let (Some(first), Some(total)) = (self.first, self.total)
            && first > total
        {
            return Err(ProposalError::FirstAboveTotal { first, total });
        }
        if self.payments == 0 || self.payments > MOST_PAYMENTS {
            return Err(ProposalError::Payments(self.payments));
        }
        check_date(self.first_on).map_err(PlanError::from)?;
        if self.first_on < today {
            return Err(ProposalError::Past { first_on: self.first_on, today });
        }
        // An empty period, or a last payment beyond the calendar.
        self.every.after(self.first_on, self.payments)?;
        Ok(())
    }
}
