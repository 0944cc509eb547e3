//! What an agency earns on what it collects for a creditor.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Decimal, Money, MoneyError, Rounding};

/// What was agreed with a creditor. Percentages are 0 to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionTerms {
    /// Ascending by days past due; the first begins at 0. One bracket is a flat rate.
    pub brackets: Vec<CommissionBracket>,
    /// The least commission on a payment, one amount a currency; never more than the payment.
    #[serde(default)]
    pub minimum: Vec<Money>,
    /// For each payment, one amount a currency.
    #[serde(default)]
    pub fee_per_item: Vec<Money>,
    /// Value-added tax on commission and fees.
    #[serde(default = "none")]
    pub tax_pct: Decimal,
    #[serde(default)]
    pub rounding: Rounding,
}

/// The rate for debts so many days past due or more, on the day of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionBracket {
    pub from_days: i64,
    pub rate_pct: Decimal,
}

/// What is kept of one payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemCommission {
    pub rate_pct: Decimal,
    pub commission: Money,
    pub fee: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommissionError {
    #[error("give at least one bracket, the first from 0 days past due")]
    NoBracket,
    #[error("the bracket from {0} days does not come after the one before; put them in order")]
    Disordered(i64),
    #[error("{0} % is outside 0 to 100; correct the percentage")]
    Percent(Decimal),
    #[error("{0} must be positive; leave it out if there is none")]
    NotPositive(Money),
    #[error("{0} stands twice; give one amount a currency")]
    Twice(Currency),
}

impl CommissionTerms {
    /// The same rate for every debt, no fee, no tax.
    pub fn flat(rate_pct: Decimal) -> Self {
        Self {
            brackets: vec![CommissionBracket { from_days: 0, rate_pct }],
            minimum: Vec::new(),
            fee_per_item: Vec::new(),
            tax_pct: Decimal::ZERO,
            rounding: Rounding::HalfUp,
        }
    }

    /// # Errors
    /// Terms that are no agreement.
    pub fn check(&self) -> Result<(), CommissionError> {
        let first = self.brackets.first().ok_or(CommissionError::NoBracket)?;
        if first.from_days != 0 {
            return Err(CommissionError::NoBracket);
        }
        for (before, bracket) in self.brackets.iter().zip(self.brackets.iter().skip(1)) {
            if bracket.from_days <= before.from_days {
                return Err(CommissionError::Disordered(bracket.from_days));
            }
        }
        let percents = self.brackets.iter().map(|bracket| bracket.rate_pct).chain([self.tax_pct]);
        for percent in percents {
            if percent.is_negative() || percent > Decimal::from(100) {
                return Err(CommissionError::Percent(percent));
            }
        }
        for list in [&self.minimum, &self.fee_per_item] {
            for (at, amount) in list.iter().enumerate() {
                if !amount.is_positive() {
                    return Err(CommissionError::NotPositive(*amount));
                }
                if list.iter().take(at).any(|other| other.currency() == amount.currency()) {
                    return Err(CommissionError::Twice(amount.currency()));
                }
            }
        }
        Ok(())
    }

    /// What is kept of `base`, collected on a debt so many days past due. A negative base, money
    /// that went back, gives back its commission; a fee was for the work and is kept.
    ///
    /// # Errors
    /// Overflow.
    pub fn of(&self, base: Money, days_past_due: i64) -> Result<ItemCommission, MoneyError> {
        let currency = base.currency();
        let mut item = self.percent(base, days_past_due)?;
        if base.is_positive() {
            let minimum = in_currency(&self.minimum, currency);
            if let Some(minimum) = minimum.filter(|minimum| *minimum > item.commission) {
                item.commission = minimum.min(base)?;
            }
            item.fee = in_currency(&self.fee_per_item, currency).unwrap_or(item.fee);
        }
        Ok(item)
    }

    /// The commission by rate alone, without minimum and fee: for corrections.
    ///
    /// # Errors
    /// Overflow.
    pub fn percent(&self, base: Money, days_past_due: i64) -> Result<ItemCommission, MoneyError> {
        let bracket = self.brackets.iter().rev().find(|bracket| bracket.from_days <= days_past_due);
        let rate_pct = bracket.or(self.brackets.first()).map_or(Decimal::ZERO, |bracket| bracket.rate_pct);
        let commission = self.percent_of(base, rate_pct)?;
        Ok(ItemCommission { rate_pct, commission, fee: Money::zero(base.currency()) })
    }

    /// The tax on commission and fees of a whole statement: rounded once.
    ///
    /// # Errors
    /// Overflow.
    pub fn tax_on(&self, earned: Money) -> Result<Money, MoneyError> {
        self.percent_of(earned, self.tax_pct)
    }

    fn percent_of(&self, base: Money, percent: Decimal) -> Result<Money, MoneyError> {
        let exact = Decimal::from_money(base).mul(percent)?.div(Decimal::from(100))?;
        exact.to_money(base.currency(), self.rounding)
    }
}

const fn none() -> Decimal {
    Decimal::ZERO
}

fn in_currency(amounts: &[Money], currency: Currency) -> Option<Money> {
    amounts.iter().find(|amount| amount.currency() == currency).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::MXN)
    }

    fn terms() -> CommissionTerms {
        let bracket =
            |from_days, rate: &str| CommissionBracket { from_days, rate_pct: rate.parse().unwrap() };
        CommissionTerms {
            brackets: vec![bracket(0, "8"), bracket(31, "12.5"), bracket(91, "20")],
            minimum: vec![mxn(5_000)],
            fee_per_item: vec![mxn(350)],
            tax_pct: Decimal::from(16),
            rounding: Rounding::HalfUp,
        }
    }

    #[test]
    fn the_bracket_of_the_day_gives_the_rate() {
        let of = |minor, days| terms().of(mxn(minor), days).unwrap();
        assert_eq!(of(100_000, 30).commission, mxn(8_000));
        assert_eq!(of(100_000, 31).commission, mxn(12_500));
        assert_eq!((of(100_003, 91).commission, of(100_003, 91).fee), (mxn(20_001), mxn(350)));
        assert_eq!(of(10_000, 0).commission, mxn(5_000), "the minimum");
        assert_eq!(of(3_000, 0).commission, mxn(3_000), "never more than was paid");
        assert_eq!(of(-10_000, 0).commission, mxn(-800));
        assert_eq!(of(-10_000, 0).fee, mxn(0));
        let dollars = terms().of(Money::from_minor(100, Currency::USD), 0).unwrap();
        assert_eq!(dollars.commission, Money::from_minor(8, Currency::USD));
        assert_eq!(terms().tax_on(mxn(12_503)).unwrap(), mxn(2_000));
    }

    #[test]
    fn terms_that_are_no_agreement_are_refused() {
        let with = |change: fn(&mut CommissionTerms)| {
            let mut terms = terms();
            change(&mut terms);
            terms.check()
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|t| t.brackets.clear()), Err(CommissionError::NoBracket));
        assert_eq!(with(|t| t.brackets[0].from_days = 5), Err(CommissionError::NoBracket));
        assert_eq!(with(|t| t.brackets.swap(1, 2)), Err(CommissionError::Disordered(31)));
        let much = Decimal::from(1_000_000_000);
        assert_eq!(
            with(|t| t.brackets[0].rate_pct = Decimal::from(1_000_000_000)),
            Err(CommissionError::Percent(much))
        );
        assert_eq!(with(|t| t.minimum.push(mxn(1))), Err(CommissionError::Twice(Currency::MXN)));
        assert_eq!(with(|t| t.fee_per_item = vec![mxn(0)]), Err(CommissionError::NotPositive(mxn(0))));
        let most = Money::from_minor(i64::MAX, Currency::MXN);
        assert!(terms().of(most, 0).is_ok(), "a share of what can be written can be written");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn what_goes_back_brings_its_commission_back(base in 1..9_000_000_000_i64, days in 0..400_i64) {
            let mut terms = terms();
            terms.minimum.clear();
            let (there, back) = (terms.of(mxn(base), days).unwrap(), terms.of(mxn(-base), days).unwrap());
            prop_assert_eq!(there.commission, back.commission.negate().unwrap());
            prop_assert!(!there.commission.is_negative() && there.commission.minor() <= base);
        }
    }
}
