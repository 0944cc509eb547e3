//! Product terms: what a creditor agreed for a product. Versions are never changed; a new one
//! holds from its own date on.

mod limitation;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::account::Component;
use crate::charge::{ChargeError, LateChargeRule};
use crate::interest::{Grace, InterestError, InterestTerms, Method, RateRow, RateTable};
use crate::ledger::{AccountTerms, AccrualLine, AllocationOrder, Beneficiary, TermsVersion};
use crate::money::{Decimal, Rounding};

pub use limitation::{Acknowledged, Limitation, LimitationState, MOST_MONTHS, MOST_NORM};

/// One version of the terms of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductTerms {
    /// Which interest grows; none leaves the creditor's figures as they came.
    #[serde(default)]
    pub accruals: Vec<AccrualTerms>,
    #[serde(default)]
    pub charges: Vec<ChargeTerms>,
    /// In which order payments are allocated; left out, as the law of the creditor's country says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<AllocationOrder>,
    /// How interest is rounded to the minor unit.
    #[serde(default)]
    pub rounding: Rounding,
    /// Until when the debt can be claimed; none where the creditor has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limitation: Option<Limitation>,
}

/// One kind of interest of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccrualTerms {
    pub kind: InterestKind,
    pub rate: RateSource,
    pub method: Method,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Grace>,
    /// The series with the highest rates that the law allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_series: Option<String>,
    /// Tax on the interest, per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_pct: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestKind {
    /// The contract's interest: until the due date.
    Contract,
    /// Interest for being late: from the due date on.
    Default,
}

impl InterestKind {
    pub const fn component(self) -> Component {
        match self {
            Self::Contract => Component::Interest,
            Self::Default => Component::DefaultInterest,
        }
    }
}

/// Where the yearly rate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// The rate that came with each account; an account without one earns nothing.
    Account,
    /// Per cent a year.
    Fixed(Decimal),
    /// A published series, plus percentage points: TIIE + 8, BCE + 8 (Ley 3/2004 art. 7).
    Series { code: String, plus_points: Decimal },
}

/// A late charge, and which part of the debt it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeTerms {
    pub component: Component,
    #[serde(default)]
    pub beneficiary: Beneficiary,
    #[serde(flatten)]
    pub rule: LateChargeRule,
}

/// Why terms cannot be kept or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    #[error(transparent)]
    Interest(#[from] InterestError),
    #[error(transparent)]
    Charge(#[from] ChargeError),
    #[error("{0} interest stands twice; give each kind once")]
    Twice(&'static str),
    #[error("the charge {0:?} stands twice; give each its own code")]
    SameCode(String),
    #[error("the allocation order must name each of the six components once")]
    Order,
    #[error("the limitation needs 1 to 1200 months and the norm that says so")]
    Limitation,
    #[error("the series {0:?} has no values; load it before terms refer to it")]
    NoSeries(String),
    #[error("{0:?} of the series {1:?} is no rate")]
    BadSeries(String, String),
}

/// What terms need to know beside themselves.
pub trait Sources {
    /// The yearly rate that came with the account, per cent.
    fn account_rate(&self, kind: InterestKind) -> Option<Decimal>;
    /// A published series: value by date, ascending; empty when it is not known.
    fn series(&self, code: &str) -> Vec<(NaiveDate, String)>;
}

impl ProductTerms {
    /// Checks what can be checked without an account.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), TermsError> {
        for kind in [InterestKind::Contract, InterestKind::Default] {
            if self.accruals.iter().filter(|accrual| accrual.kind == kind).count() > 1 {
                return Err(TermsError::Twice(kind.component().as_str()));
            }
        }
        if let Some(order) = &self.allocation {
            let named = |component: &Component| order.components().contains(component);
            if !Component::ALL.iter().all(named) {
                return Err(TermsError::Order);
            }
        }
        if self.limitation.as_ref().is_some_and(|limitation| !limitation.is_possible()) {
            return Err(TermsError::Limitation);
        }
        for accrual in &self.accruals {
            let pct = match &accrual.rate {
                RateSource::Fixed(pct) => *pct,
                RateSource::Series { plus_points, .. } => *plus_points,
                RateSource::Account => Decimal::ZERO,
            };
            accrual.terms(RateTable::constant(pct)?, None).prepare()?;
        }
        for (at, charge) in self.charges.iter().enumerate() {
            charge.rule.check()?;
            if self.charges.iter().skip(at + 1).any(|other| other.rule.code == charge.rule.code) {
                return Err(TermsError::SameCode(charge.rule.code.clone()));
            }
        }
        Ok(())
    }

    /// The series that these terms read.
    pub fn series(&self) -> impl Iterator<Item = &str> {
        self.accruals.iter().flat_map(|accrual| {
            let rate = match &accrual.rate {
                RateSource::Series { code, .. } => Some(code.as_str()),
                _ => None,
            };
            rate.into_iter().chain(accrual.cap_series.as_deref())
        })
    }
}

impl AccrualTerms {
    fn terms(&self, rate: RateTable, cap: Option<RateTable>) -> InterestTerms {
        InterestTerms { rate, method: self.method, grace: self.grace, cap, vat_pct: self.vat_pct }
    }

    /// None when the account has no rate of its own and the terms ask for it.
    fn line(&self, sources: &impl Sources) -> Result<Option<AccrualLine>, TermsError> {
        let rate = match &self.rate {
            RateSource::Account => match sources.account_rate(self.kind) {
                Some(pct) => RateTable::constant(pct)?,
                None => return Ok(None),
            },
            RateSource::Fixed(pct) => RateTable::constant(*pct)?,
            RateSource::Series { code, plus_points } => table(code, *plus_points, sources)?,
        };
        let cap = self.cap_series.as_deref().map(|code| table(code, Decimal::ZERO, sources)).transpose()?;
        Ok(Some(AccrualLine {
            component: self.kind.component(),
            after_due: self.kind == InterestKind::Default,
            interest: self.terms(rate, cap),
        }))
    }
}

fn table(code: &str, plus: Decimal, sources: &impl Sources) -> Result<RateTable, TermsError> {
    let rows = sources.series(code);
    if rows.is_empty() {
        return Err(TermsError::NoSeries(code.to_owned()));
    }
    let row = |(from, value): (NaiveDate, String)| {
        let bad = || TermsError::BadSeries(value.clone(), code.to_owned());
        let pct: Decimal = value.parse().map_err(|_| bad())?;
        Ok(RateRow { from, pct: pct.add(plus).map_err(|_| bad())? })
    };
    Ok(RateTable::new(rows.into_iter().map(row).collect::<Result<_, TermsError>>()?)?)
}

/// The terms of one account: every version with its rates looked up.
///
/// # Errors
/// A rate or series that cannot be used.
pub fn account_terms(
    due_on: NaiveDate,
    versions: &[(NaiveDate, ProductTerms)],
    default_order: AllocationOrder,
    sources: &impl Sources,
) -> Result<AccountTerms, TermsError> {
    let version = |(from, terms): &(NaiveDate, ProductTerms)| {
        let lines = terms.accruals.iter().map(|accrual| accrual.line(sources));
        let accruals = lines.filter_map(Result::transpose).collect::<Result<_, TermsError>>()?;
        Ok(TermsVersion { from: *from, accruals, order: terms.allocation })
    };
    Ok(AccountTerms {
        due_on,
        rounding: versions.last().map_or_else(Rounding::default, |(_, terms)| terms.rounding),
        versions: in_force(versions).map(version).collect::<Result<_, TermsError>>()?,
        default_order,
    })
}

/// Of several versions from one day only the last counts.
fn in_force(versions: &[(NaiveDate, ProductTerms)]) -> impl Iterator<Item = &(NaiveDate, ProductTerms)> {
    versions.iter().enumerate().filter_map(|(at, version)| {
        let replaced = versions.get(at + 1).is_some_and(|next| next.0 == version.0);
        (!replaced).then_some(version)
    })
}

/// The version that holds on a day.
pub fn version_on(versions: &[(NaiveDate, ProductTerms)], day: NaiveDate) -> Option<&ProductTerms> {
    versions.iter().rev().find(|(from, _)| *from <= day).map(|(_, terms)| terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given;
    impl Sources for Given {
        fn account_rate(&self, kind: InterestKind) -> Option<Decimal> {
            (kind == InterestKind::Default).then(|| "45".parse().unwrap())
        }
        fn series(&self, code: &str) -> Vec<(NaiveDate, String)> {
            let row = |day: &str, value: &str| (day.parse().unwrap(), value.to_owned());
            if code == "cap" { vec![row("2026-01-01", "40"), row("2026-07-01", "50")] } else { Vec::new() }
        }
    }

    const TEXT: &str = r#"{
        "accruals": [{
            "kind": "default", "rate": "account", "method": {"simple": "ACT/360"},
            "grace": {"days": 5, "mode": "retroactive"}, "cap_series": "cap", "vat_pct": "16"
        }],
        "charges": [{
            "component": "late_charge", "beneficiary": "agency", "code": "mora", "grace_days": 3,
            "amount": {"flat": {"percent": "2"}}, "recurrence": {"every_months": 1}, "most": "500"
        }],
        "allocation": ["default_interest", "interest", "collection_cost", "late_charge", "tax", "principal"]
    }"#;

    #[test]
    fn terms_are_text_that_comes_back() {
        let terms: ProductTerms = serde_json::from_str(TEXT).unwrap();
        terms.check().unwrap();
        let again: ProductTerms = serde_json::from_str(&serde_json::to_string(&terms).unwrap()).unwrap();
        assert_eq!(again, terms);
        assert_eq!(terms.series().collect::<Vec<_>>(), ["cap"]);
    }

    #[test]
    fn an_account_gets_its_own_rate_under_the_cap_of_the_day() {
        let terms: ProductTerms = serde_json::from_str(TEXT).unwrap();
        let from = "2026-01-01".parse().unwrap();
        let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
        let account = account_terms(from, &[(from, terms.clone())], order, &Given).unwrap();
        assert!(account.accrues());
        let prepared = account.versions[0].accruals[0].interest.clone().prepare().unwrap();
        let path = [(from, Decimal::from(1_000))];
        let accrued = crate::interest::accrue(&prepared, from, &path, "2026-12-31".parse().unwrap()).unwrap();
        let rates: Vec<_> = accrued.segments.iter().map(|s| (s.rate_pct.to_string(), s.capped)).collect();
        assert_eq!(rates, [("40".to_owned(), true), ("45".to_owned(), false)]);
        let mut unknown = terms;
        unknown.accruals[0].cap_series = Some("other".to_owned());
        let unknown = account_terms(from, &[(from, unknown)], order, &Given);
        assert_eq!(unknown.unwrap_err(), TermsError::NoSeries("other".to_owned()));
    }

    #[test]
    fn terms_that_make_no_sense_are_refused() {
        let mut terms: ProductTerms = serde_json::from_str(TEXT).unwrap();
        terms.accruals.push(terms.accruals[0].clone());
        assert_eq!(terms.check(), Err(TermsError::Twice("default_interest")));
        terms.accruals.pop();
        terms.charges.push(terms.charges[0].clone());
        assert!(matches!(terms.check(), Err(TermsError::SameCode(_))));
        assert!(serde_json::from_str::<ProductTerms>(r#"{"intrest": []}"#).is_err());
    }
}
