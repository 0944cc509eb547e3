//! Late charges: what a contract adds when a debt stays unpaid.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{ChargeError, Occurrence, Recurrence};
use crate::calendar::{check_date, days_past_due};
use crate::money::{Decimal, Money, Rounding};

/// A late charge of a product. Amounts are in major units of the debt's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateChargeRule {
    /// Names the charge within its product, for good: it is part of the occurrence's key.
    pub code: String,
    pub amount: ChargeAmount,
    #[serde(default = "once")]
    pub recurrence: Recurrence,
    /// Days past due that cost nothing: with 5, the charge falls due on the sixth day.
    #[serde(default)]
    pub grace_days: u16,
    /// Bounds of each occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
    /// After so many it falls due no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_times: Option<u32>,
}

const fn once() -> Recurrence {
    Recurrence::Once
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeAmount {
    Flat(Value),
    /// The last tier that is reached gives the value; below the first there is no charge.
    Tiered {
        by: TierBasis,
        tiers: Vec<Tier>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Major units.
    Fixed(Decimal),
    /// Per cent of what is overdue on that day.
    Percent(Decimal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierBasis {
    DaysPastDue,
    OverdueAmount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The tier is reached from so many days, or from this amount.
    pub from: Decimal,
    pub value: Value,
}

/// A charge that falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DueCharge {
    /// The same however often it is computed: `late_charge:{code}:{due date}:{number}`.
    pub key: String,
    pub code: String,
    pub on: NaiveDate,
    pub amount: Money,
}

/// More than this within one look is a rule gone wrong.
const MOST_AT_ONCE: usize = 4_000;

impl LateChargeRule {
    /// # Errors
    /// A rule that could never be computed, or that takes money away.
    pub fn check(&self) -> Result<(), ChargeError> {
        let wrong = |what| Err(ChargeError::Rule { code: self.code.clone(), what });
        if self.code.is_empty() || self.code.contains(':') {
            return wrong("its code must be a name without a colon");
        }
        if !self.recurrence.is_valid() {
            return wrong("it must recur every one or more days or months");
        }
        let (values, steps): (Vec<Value>, Vec<Decimal>) = match &self.amount {
            ChargeAmount::Flat(value) => (vec![*value], Vec::new()),
            ChargeAmount::Tiered { tiers, .. } => tiers.iter().map(|tier| (tier.value, tier.from)).unzip(),
        };
        if values.is_empty() || !steps.is_sorted_by(|a, b| a < b) {
            return wrong("its tiers must be at least one, each from a higher limit than the one before");
        }
        let numbers = values.iter().map(|value| value.number()).chain(self.least).chain(self.most);
        if numbers.chain(steps).any(Decimal::is_negative) {
            return wrong("its figures must not be below zero");
        }
        if self.least.zip(self.most).is_some_and(|(least, most)| least > most) {
            return wrong("its least amount must not be above its most");
        }
        Ok(())
    }

    /// When it falls due after `after`, up to and with `until`, for a debt due on `due_on`.
    ///
    /// # Errors
    /// A rule that is wrong, dates out of range, or thousands of occurrences.
    pub fn occurrences(
        &self,
        due_on: NaiveDate,
        after: NaiveDate,
        until: NaiveDate,
    ) -> Result<Vec<Occurrence>, ChargeError> {
        self.check()?;
        [due_on, after, until].into_iter().try_for_each(check_date)?;
        let Some(first) = due_on.checked_add_days(Days::new(u64::from(self.grace_days) + 1)) else {
            return Ok(Vec::new());
        };
        let skipped = self.recurrence.surely_before(first, after);
        let most_times = self.most_times.unwrap_or(u32::MAX);
        let occurrences = (skipped..most_times)
            .map_while(|n| Some(Occurrence { number: n + 1, on: self.recurrence.nth(first, n)? }))
            .skip_while(|occurrence| occurrence.on <= after)
            .take_while(|occurrence| occurrence.on <= until);
        let found: Vec<_> = occurrences.take(MOST_AT_ONCE + 1).collect();
        if found.len() > MOST_AT_ONCE {
            let code = self.code.clone();
            return Err(ChargeError::TooMany { code, from: after, to: until, most: MOST_AT_ONCE });
        }
        Ok(found)
    }

    /// What it costs on a day on which so much is overdue; zero if no tier is reached or nothing
    /// is overdue.
    ///
    /// # Errors
    /// Overflow.
    pub fn amount_on(
        &self,
        due_on: NaiveDate,
        on: NaiveDate,
        overdue: Money,
        rounding: Rounding,
    ) -> Result<Money, ChargeError> {
        let currency = overdue.currency();
        let base = Decimal::from_money(overdue);
        let Some(value) =
            self.value(days_past_due(due_on, on).into(), base).filter(|_| overdue.is_positive())
        else {
            return Ok(Money::zero(currency));
        };
        let mut amount = value.of(base)?;
        if let Some(least) = self.least.filter(|least| amount < *least) {
            amount = least;
        }
        if let Some(most) = self.most {
            amount = amount.min(most);
        }
        Ok(amount.to_money(currency, rounding)?)
    }

    fn value(&self, days: Decimal, overdue: Decimal) -> Option<Value> {
        match &self.amount {
            ChargeAmount::Flat(value) => Some(*value),
            ChargeAmount::Tiered { by, tiers } => {
                let reached = match by {
                    TierBasis::DaysPastDue => days,
                    TierBasis::OverdueAmount => overdue,
                };
                tiers.iter().rfind(|tier| tier.from <= reached).map(|tier| tier.value)
            }
        }
    }
}

impl Value {
    const fn number(self) -> Decimal {
        match self {
            Self::Fixed(number) | Self::Percent(number) => number,
        }
    }

    fn of(self, base: Decimal) -> Result<Decimal, ChargeError> {
        match self {
            Self::Fixed(amount) => Ok(amount),
            Self::Percent(pct) => Ok(base.mul(pct)?.div(Decimal::from(100))?),
        }
    }
}

/// The charges of a debt that fall due after `after`, up to and with `until`, by date; those of
/// zero are left out. `overdue_on` gives what is overdue on a day.
///
/// # Errors
/// See [`ChargeError`].
pub fn charges_due(
    rules: &[LateChargeRule],
    due_on: NaiveDate,
    overdue_on: impl Fn(NaiveDate) -> Money,
    (after, until): (NaiveDate, NaiveDate),
    rounding: Rounding,
) -> Result<Vec<DueCharge>, ChargeError> {
    let mut charges = Vec::new();
    for rule in rules {
        for Occurrence { number, on } in rule.occurrences(due_on, after, until)? {
            let amount = rule.amount_on(due_on, on, overdue_on(on), rounding)?;
            if amount.is_positive() {
                let key = format!("late_charge:{}:{due_on}:{number}", rule.code);
                charges.push(DueCharge { key, code: rule.code.clone(), on, amount });
            }
        }
    }
    charges.sort_by(|a, b| (a.on, &a.key).cmp(&(b.on, &b.key)));
    Ok(charges)
}
