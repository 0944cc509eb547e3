//! The terms of one account as the ledger needs them: rates looked up, series loaded.

use chrono::NaiveDate;

use super::AllocationOrder;
use crate::account::Component;
use crate::interest::InterestTerms;
use crate::money::Rounding;

/// What an account is under, version by version. Made by [`crate::terms`] from the creditor's
/// product terms; an account without product terms has [`AccountTerms::plain`].
#[derive(Clone, Debug)]
pub struct AccountTerms {
    pub due_on: NaiveDate,
    pub rounding: Rounding,
    /// Ascending by date; never empty.
    pub versions: Vec<TermsVersion>,
    /// What the law gives when no version says anything else.
    pub default_order: AllocationOrder,
}

/// What holds from one day on.
#[derive(Clone, Debug)]
pub struct TermsVersion {
    pub from: NaiveDate,
    pub accruals: Vec<AccrualLine>,
    pub order: Option<AllocationOrder>,
}

/// One kind of interest.
#[derive(Clone, Debug)]
pub struct AccrualLine {
    /// Interest or default interest.
    pub component: Component,
    /// From the day after the due date (default interest), or until it (the contract's interest).
    pub after_due: bool,
    /// Rates, method, grace from the due date on, cap, and tax.
    pub interest: InterestTerms,
}

impl AccountTerms {
    /// No interest; payments go in the order that the law gives.
    pub const fn plain(due_on: NaiveDate, order: AllocationOrder) -> Self {
        Self { due_on, rounding: Rounding::HalfUp, versions: Vec::new(), default_order: order }
    }

    /// Does any interest grow under these terms?
    pub fn accrues(&self) -> bool {
        self.versions.iter().any(|version| !version.accruals.is_empty())
    }

    /// In which order a payment of `day` is allocated.
    pub fn order(&self, day: NaiveDate) -> &AllocationOrder {
        let version = self.versions.iter().rev().find(|version| version.from <= day);
        version.and_then(|version| version.order.as_ref()).unwrap_or(&self.default_order)
    }
}
