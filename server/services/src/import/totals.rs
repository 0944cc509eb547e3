//! Control totals: what a file adds up to, so that a person can compare it with the
//! creditor's own figures.

use std::collections::BTreeMap;

use domain::account::{Balance, Component};
use domain::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Sums per currency and component. They do not depend on the order of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlTotals {
    tallies: BTreeMap<(Currency, Component), Tally>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    count: u64,
    /// Wider than any file's sum, so adding cannot overflow; checked when it becomes money.
    minor: i128,
}

/// One line of the control totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlTotal {
    pub currency: Currency,
    pub component: Component,
    /// Accounts that owe something of this component.
    pub count: u64,
    pub sum: Money,
}

/// A sum too large for the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file's total in {0} is too large for the books; split the file")]
pub struct TotalTooLarge(pub Currency);

impl ControlTotals {
    /// Counts one account in. The principal is counted even when nothing of it is owed.
    pub fn add(&mut self, opening: &Balance) {
        for (component, amount) in opening.components() {
            if component == Component::Principal || !amount.is_zero() {
                let tally = self.tallies.entry((opening.currency(), component)).or_default();
                tally.count += 1;
                tally.minor += i128::from(amount.minor());
            }
        }
    }

    /// What is left when a part of the same rows is taken away.
    #[must_use]
    pub fn without(mut self, part: &Self) -> Self {
        for (key, taken) in &part.tallies {
            if let Some(tally) = self.tallies.get_mut(key) {
                tally.count = tally.count.saturating_sub(taken.count);
                tally.minor -= taken.minor;
            }
        }
        self.tallies.retain(|_, tally| tally.count > 0 || tally.minor != 0);
        self
    }

    /// The totals, by currency and in book order.
    ///
    /// # Errors
    /// A sum beyond what money can hold.
    pub fn lines(&self) -> Result<Vec<ControlTotal>, TotalTooLarge> {
        let lines = self.tallies.iter().map(|((currency, component), tally)| {
            let minor = i64::try_from(tally.minor).map_err(|_| TotalTooLarge(*currency))?;
            let sum = Money::from_minor(minor, *currency);
            Ok(ControlTotal { currency: *currency, component: *component, count: tally.count, sum })
        });
        lines.collect()
    }
}
