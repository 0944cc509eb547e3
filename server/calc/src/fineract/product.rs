//! What the name of a loan product says: its settings are not among a case's fields.

use domain::arrangement::schedule::{Accrual, Frequency, Grace, InterestBasis, Method};
use domain::arrangement::tranche::{MonthDays, RateFactor, Revision, TrancheTerms, YearDays};
use domain::money::{Decimal, Money, Rounding};

use crate::plan::{annual_rate, count_or};
use crate::scale::Scale;
use crate::{CalcError, Case};

/// Per cent of a tranche that products with a down payment ask for.
const DOWN_PAYMENT: i64 = 25;

/// A product by its name.
#[derive(Clone, Copy)]
pub struct Product<'a>(pub &'a str);

impl Product<'_> {
    fn has_down_payment(self) -> bool {
        self.0.contains("DOWNPAYMENT") && !self.0.contains("NO_DOWNPAYMENT")
    }

    /// Whether each disbursement pays its own down payment.
    pub fn is_automatic(self) -> bool {
        self.has_down_payment() && self.0.contains("_AUTO")
    }

    /// Whether what is owed is spread anew over what is left.
    pub fn is_progressive(self) -> bool {
        self.0.contains("PROGRESSIVE") || self.0.contains("_EMI")
    }

    /// Terms with the settings of the case, and of the product where it has none.
    pub fn terms(self, case: Case, scale: Scale, frequency: Frequency) -> Result<TrancheTerms, CalcError> {
        let annual_rate = annual_rate(case)?;
        let is = |field: &str, name: &str| case.text_or_none(field) == Some(name);
        let flat =
            if case.has("interest_type") { is("interest_type", "FLAT") } else { self.0.contains("FLAT") };
        let daily = is("interest_calc_period", "DAILY");
        let level = !flat || annual_rate.is_zero();
        let revision = if self.is_progressive() && level {
            Revision::Progressive(self.rate_factor(annual_rate, frequency))
        } else {
            Revision::Cumulative
        };
        let equal_principal = is("amortization", "EQUAL_PRINCIPAL_PAYMENTS");
        let one = Money::from_minor(scale.currency.minor_per_major(), scale.currency);
        let multiple = scale.field_or_none(case, "installment_multiple_of")?.unwrap_or(one);
        Ok(TrancheTerms {
            annual_rate,
            method: if equal_principal { Method::EqualPrincipal } else { Method::French },
            accrual: if flat { Accrual::Flat } else { Accrual::DecliningBalance },
            basis: if daily { InterestBasis::Daily { year_days: 365 } } else { InterestBasis::SamePeriod },
            frequency,
            rounding: Rounding::HalfEven,
            // Only level payments are whole; parts of the principal go to the cent.
            multiple: (!equal_principal).then_some(multiple),
            grace: Grace {
                principal: count_or(case, "grace_principal", 0)?,
                interest_payment: count_or(case, "grace_interest_payment", 0)?,
                interest_free: count_or(case, "interest_free_periods", 0)?,
            },
            down_payment: self.has_down_payment().then(|| Decimal::from(DOWN_PAYMENT)),
            revision,
        })
    }

    /// `_EMI_360_30`, `_EMI_365_ACTUAL`, `_EMI_ACTUAL_ACTUAL`.
    fn rate_factor(self, annual_rate: Decimal, frequency: Frequency) -> RateFactor {
        let year = if self.0.contains("_EMI_360") {
            YearDays::Fixed(360)
        } else if self.0.contains("_EMI_ACTUAL") {
            YearDays::Actual
        } else {
            YearDays::Fixed(365)
        };
        let month = if self.0.contains("_30") { MonthDays::Thirty } else { MonthDays::Actual };
        RateFactor { annual_rate, year, month, frequency }
    }
}
