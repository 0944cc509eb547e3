//! Collection costs that the law allows at most, by country and date. The brackets are data: see
//! `collection_costs.json`.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ChargeError;
use crate::money::{Currency, Decimal, Money, Rounding};

/// What a law allows to charge for out-of-court collection, besides that costs must be real.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionCostRule {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub from: NaiveDate,
    /// Law and article.
    pub source: String,
    /// Of the debt.
    pub currency: Currency,
    /// In which limits are counted; its value in `currency` comes from a published series.
    pub unit: String,
    /// The first day past due on which costs may be charged.
    pub first_day: u16,
    /// Each per cent is of the part between the limit before and its own.
    pub brackets: Vec<Bracket>,
    /// Taken off, in units, if the debtor was not usefully contacted in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub less_without_useful_contact: Option<Decimal>,
    /// Days past due in which the useful contact must happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_contact_days: Option<u16>,
    /// The most that may be charged, in units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bracket {
    /// In units; the last bracket has no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Decimal>,
    pub pct: Decimal,
}

/// The most that may be charged, and how it came about. Units are unrounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectionCost {
    pub overdue_units: Decimal,
    pub max_units: Decimal,
    pub max: Money,
    pub steps: Vec<CostStep>,
}

/// A bracket's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CostStep {
    pub units: Decimal,
    pub pct: Decimal,
    pub cost: Decimal,
}

static RULES: LazyLock<Vec<CollectionCostRule>> =
    LazyLock::new(|| serde_json::from_str(include_str!("collection_costs.json")).unwrap_or_default());

/// The rule of a country that holds on a day.
///
/// # Errors
/// None is known.
pub fn collection_cost_rule(
    country: &str,
    on: NaiveDate,
) -> Result<&'static CollectionCostRule, ChargeError> {
    let of_country =
        RULES.iter().filter(|rule| rule.country.eq_ignore_ascii_case(country) && rule.from <= on);
    let unknown = || ChargeError::NoRule { country: country.chars().take(20).collect(), on };
    of_country.max_by_key(|rule| rule.from).ok_or_else(unknown)
}

impl CollectionCostRule {
    /// The most that may be charged on what is overdue, whatever the day.
    ///
    /// `unit_value` is the published value of a unit in major units of the rule's currency.
    ///
    /// # Errors
    /// Another currency, a negative amount, a unit without value, overflow.
    pub fn cost(
        &self,
        overdue: Money,
        unit_value: Decimal,
        useful_contact: bool,
        rounding: Rounding,
    ) -> Result<CollectionCost, ChargeError> {
        if overdue.currency() != self.currency {
            return Err(ChargeError::Currency(self.currency, overdue.currency()));
        }
        if overdue.is_negative() {
            return Err(ChargeError::NegativeOverdue(Decimal::from_money(overdue)));
        }
        if unit_value <= Decimal::ZERO {
            return Err(ChargeError::UnitValue(unit_value));
        }
        let overdue_units = Decimal::from_money(overdue).div(unit_value)?;
        let steps = self.steps(overdue_units)?;
        let by_brackets = steps.iter().try_fold(Decimal::ZERO, |sum, step| sum.add(step.cost))?;
        let less = self.less_without_useful_contact.filter(|_| !useful_contact).unwrap_or(Decimal::ZERO);
        let reduced = by_brackets.sub(less)?;
        let reduced = if reduced.is_negative() { Decimal::ZERO } else { reduced };
        let max_units = self.most.map_or(reduced, |most| reduced.min(most));
        let max = max_units.mul(unit_value)?.to_money(self.currency, rounding)?;
        Ok(CollectionCost { overdue_units, max_units, max, steps })
    }

    /// The same on a day: nothing before the first day on which costs may be charged.
    ///
    /// # Errors
    /// As [`Self::cost`], and a negative number of days.
    pub fn cost_after(
        &self,
        days: i64,
        overdue: Money,
        unit_value: Decimal,
        useful_contact: bool,
        rounding: Rounding,
    ) -> Result<CollectionCost, ChargeError> {
        if days < 0 {
            return Err(ChargeError::NegativeDays { days });
        }
        let cost = self.cost(overdue, unit_value, useful_contact, rounding)?;
        if days >= i64::from(self.first_day) {
            return Ok(cost);
        }
        Ok(CollectionCost {
            max_units: Decimal::ZERO,
            max: Money::zero(self.currency),
            steps: Vec::new(),
            ..cost
        })
    }

    fn steps(&self, overdue_units: Decimal) -> Result<Vec<CostStep>, ChargeError> {
        let (mut below, mut steps) = (Decimal::ZERO, Vec::new());
        for bracket in &self.brackets {
            if overdue_units <= below {
                break;
            }
            let upper = bracket.up_to.map_or(overdue_units, |limit| overdue_units.min(limit));
            let units = upper.sub(below)?;
            let cost = units.mul(bracket.pct)?.div(Decimal::from(100))?;
            steps.push(CostStep { units, pct: bracket.pct, cost });
            below = upper;
        }
        Ok(steps)
    }
}
