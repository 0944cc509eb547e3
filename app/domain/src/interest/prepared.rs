//! Terms made ready: agreed rates and caps laid together, slow powers kept.

use std::sync::OnceLock;

use chrono::NaiveDate;

use super::{EffectiveStyle, GraceMode, InterestError, InterestTerms, Method, RateTable};
use crate::calendar::check_date;
use crate::money::{DayCount, DayCountError, Decimal, Interval, MoneyError};

/// Checked terms. Cheap to share between threads; powers are computed at first use.
#[derive(Clone, Debug)]
pub struct PreparedTerms {
    terms: InterestTerms,
    rows: Vec<Row>,
}

/// What holds from a day on.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub from: NaiveDate,
    pub agreed_pct: Decimal,
    pub rate_pct: Decimal,
    daily_factor: OnceLock<Result<Decimal, MoneyError>>,
}

impl Row {
    pub fn capped(&self) -> bool {
        self.rate_pct < self.agreed_pct
    }

    /// (1 + EA)^(1 / basis).
    fn daily_factor(&self, basis_days: u16) -> Result<Decimal, MoneyError> {
        let factor = || {
            let exponent = Decimal::ONE.div(i64::from(basis_days).into())?;
            self.yearly_factor()?.pow(exponent)
        };
        *self.daily_factor.get_or_init(factor)
    }

    fn yearly_factor(&self) -> Result<Decimal, MoneyError> {
        self.rate_pct.div(Decimal::from(100))?.add(Decimal::ONE)
    }

    /// (1 + EA)^(days / basis): whole years exactly, the rest by days.
    fn factor(&self, days: i64, basis_days: u16) -> Result<Decimal, MoneyError> {
        let basis = i64::from(basis_days);
        let power = |base: Decimal, exponent: i64| match exponent {
            0 => Ok(Decimal::ONE),
            _ => base.powi(i32::try_from(exponent).map_err(|_| MoneyError::Overflow)?),
        };
        let years = power(self.yearly_factor()?, days / basis)?;
        if days % basis == 0 {
            Ok(years)
        } else {
            years.mul(power(self.daily_factor(basis_days)?, days % basis)?)
        }
    }
}

impl PreparedTerms {
    pub(super) fn new(terms: InterestTerms) -> Result<Self, InterestError> {
        check(&terms)?;
        let rows = lay_together(&terms.rate, terms.cap.as_ref());
        Ok(Self { terms, rows })
    }

    pub fn terms(&self) -> &InterestTerms {
        &self.terms
    }

    pub(super) fn row(&self, index: usize) -> Option<&Row> {
        self.rows.get(index)
    }

    /// Which row holds on a day.
    pub(super) fn row_on(&self, day: NaiveDate) -> Result<usize, InterestError> {
        let after = self.rows.partition_point(|row| row.from <= day);
        after.checked_sub(1).ok_or(InterestError::NoRateOn(day))
    }

    /// The rate that is applied on a day, in per cent: the agreed one or the cap.
    ///
    /// # Errors
    /// No rate holds on that day.
    pub fn rate_on(&self, day: NaiveDate) -> Result<Decimal, InterestError> {
        let index = self.row_on(day)?;
        self.row(index).map(|row| row.rate_pct).ok_or(InterestError::NoRateOn(day))
    }

    /// The first day that can earn interest.
    pub(super) fn starts_on(&self, due: NaiveDate) -> NaiveDate {
        self.grace_end(due, GraceMode::Excluded).unwrap_or(due)
    }

    /// The last day on which nothing is owed yet, if grace is retroactive.
    pub(super) fn forgiven_until(&self, due: NaiveDate) -> Option<NaiveDate> {
        self.grace_end(due, GraceMode::Retroactive)
    }

    fn grace_end(&self, due: NaiveDate, mode: GraceMode) -> Option<NaiveDate> {
        let grace = self.terms.grace.filter(|grace| grace.mode == mode)?;
        due.checked_add_days(chrono::Days::new(grace.days.into()))
    }

    pub(super) fn days(&self, from: NaiveDate, to: NaiveDate) -> Result<i64, InterestError> {
        let count = match self.terms.method {
            Method::Simple(count) => count,
            Method::EffectiveAnnual { .. } => DayCount::Act365F,
        };
        Ok(count.days(&Interval::new(from, to))?)
    }

    /// Interest times [`Self::divisor`]: dividing a sum once keeps halves of a cent exact.
    pub(super) fn undivided(
        &self,
        row: &Row,
        principal: Decimal,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Decimal, InterestError> {
        let count = match self.terms.method {
            Method::Simple(count) => count.fraction(&Interval::new(from, to))?.numerator(),
            Method::EffectiveAnnual { .. } => self.days(from, to)?,
        };
        self.of_count(row, principal, count)
    }

    /// `count` is days, or the numerator of the fraction of a year.
    fn of_count(&self, row: &Row, principal: Decimal, count: i64) -> Result<Decimal, InterestError> {
        let (basis_days, style) = match self.terms.method {
            Method::Simple(_) => return Ok(principal.mul(row.rate_pct)?.mul(count.into())?),
            Method::EffectiveAnnual { basis_days, style } => (basis_days, style),
        };
        let rate = match style {
            EffectiveStyle::Compound => row.factor(count, basis_days)?.sub(Decimal::ONE)?,
            EffectiveStyle::SimpleOnDailyEquivalent => {
                row.factor(1, basis_days)?.sub(Decimal::ONE)?.mul(count.into())?
            }
        };
        Ok(principal.mul(rate)?)
    }

    /// The interest of so many days that have no dates, at the first rate, unrounded.
    ///
    /// # Errors
    /// Days below zero or a century of them, a day count that needs dates, overflow.
    pub fn for_days(&self, principal: Decimal, days: i64) -> Result<Decimal, InterestError> {
        if !(0..CENTURY_DAYS).contains(&days) {
            return Err(InterestError::Days(days));
        }
        if let Method::Simple(count) = self.terms.method
            && count.year_days().is_none()
        {
            return Err(InterestError::NeedsDates(count));
        }
        let row = self.rows.first().ok_or(InterestError::NoRates)?;
        Ok(self.of_count(row, principal, days)?.div(self.divisor())?)
    }

    /// The tax on an interest, unrounded.
    ///
    /// # Errors
    /// Overflow.
    pub fn vat_on(&self, interest: Decimal) -> Result<Decimal, InterestError> {
        let pct = self.terms.vat_pct.unwrap_or(Decimal::ZERO);
        Ok(interest.mul(pct)?.div(Decimal::from(100))?)
    }

    /// The same for every interval under these terms.
    pub(super) fn divisor(&self) -> Decimal {
        let year = match self.terms.method {
            Method::Simple(count) => count.year_days().unwrap_or(EITHER_YEAR),
            Method::EffectiveAnnual { .. } => return Decimal::ONE,
        };
        Decimal::from(100 * year)
    }
}

const CENTURY_DAYS: i64 = 36_525;

/// The denominator of fractions over years of 365 and of 366 days.
const EITHER_YEAR: i64 = 365 * 366;

/// The longest year that a contract may count in days.
const LONGEST_YEAR_DAYS: u16 = 366;

fn check(terms: &InterestTerms) -> Result<(), InterestError> {
    match terms.method {
        Method::Simple(count @ DayCount::ActActIcma) => return Err(InterestError::NeedsReference(count)),
        Method::EffectiveAnnual { basis_days, .. } if basis_days == 0 || basis_days > LONGEST_YEAR_DAYS => {
            return Err(InterestError::Basis(basis_days));
        }
        _ => {}
    }
    let vat = terms.vat_pct.unwrap_or(Decimal::ZERO);
    if vat.is_negative() || vat > Decimal::from(100) {
        return Err(InterestError::Vat(vat));
    }
    terms.rate.rows().iter().try_for_each(|row| check_date(row.from)).map_err(DayCountError::from)?;
    Ok(())
}

/// A row for each date of either table, from the first agreed rate on. A new row of the cap is a
/// new period even if it does not bind: ceilings are certified by period, and each period's
/// interest is counted by itself.
fn lay_together(rate: &RateTable, cap: Option<&RateTable>) -> Vec<Row> {
    let starts = rate.rows().first().map(|row| row.from);
    let capped = cap.map_or(&[][..], RateTable::rows);
    let mut dates: Vec<_> = rate.rows().iter().chain(capped).map(|row| row.from).collect();
    dates.sort_unstable();
    dates.dedup();
    let row = |from: NaiveDate| {
        let agreed_pct = rate.on(from)?;
        let rate_pct = cap.and_then(|cap| cap.on(from)).map_or(agreed_pct, |cap| agreed_pct.min(cap));
        Some(Row { from, agreed_pct, rate_pct, daily_factor: OnceLock::new() })
    };
    dates.into_iter().filter(|date| Some(*date) >= starts).filter_map(row).collect()
}
