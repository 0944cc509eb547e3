//! Interest that grows between facts: one meter for each line of the terms in force.

use chrono::NaiveDate;

use super::{AccountTerms, AccrualLine, LedgerError};
use crate::account::Component;
use crate::interest::{Accruer, Grace, InterestError, PreparedTerms, Segment};
use crate::money::{Currency, Decimal, Money, Rounding};

/// A line of the terms with its tables laid together and the days on which it runs.
pub(super) struct Run {
    component: Component,
    terms: PreparedTerms,
    from: NaiveDate,
    until: NaiveDate,
}

/// The lines that ever run for an account whose debt was `placed` on a day: nothing grows before,
/// because what had grown until then is part of the opening.
pub(super) fn runs(terms: &AccountTerms, placed: NaiveDate) -> Result<Vec<Run>, InterestError> {
    let mut runs = Vec::new();
    for (at, version) in terms.versions.iter().enumerate() {
        let until = terms.versions.get(at + 1).map_or(NaiveDate::MAX, |next| next.from);
        for line in &version.accruals {
            runs.extend(Run::new(line, terms.due_on, version.from.max(placed), until)?);
        }
    }
    Ok(runs)
}

impl Run {
    /// None when the line never runs: a contract's interest of a debt that is due already.
    fn new(
        line: &AccrualLine,
        due_on: NaiveDate,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<Option<Self>, InterestError> {
        let (from, until) =
            if line.after_due { (from.max(due_on), until) } else { (from, until.min(due_on)) };
        if from >= until {
            return Ok(None);
        }
        // Of the days of grace only those count that are still to come when the line begins.
        let gone = (from - due_on).num_days();
        let left = |grace: Grace| i64::from(grace.days).saturating_sub(gone).max(0);
        let grace = line
            .interest
            .grace
            .filter(|_| line.after_due)
            .map(|grace| Grace { days: u16::try_from(left(grace)).unwrap_or(grace.days), ..grace });
        let terms = crate::interest::InterestTerms { grace, ..line.interest.clone() }.prepare()?;
        Ok(Some(Self { component: line.component, terms, from, until }))
    }
}

/// All meters of one account, and what has been taken from them.
pub(super) struct Growth<'a> {
    currency: Currency,
    rounding: Rounding,
    meters: Vec<Meter<'a>>,
    /// What was taken so far, by component in the order of [`GROWING`].
    taken: [i64; 3],
}

/// What interest grows on: the two kinds of interest, and the tax on both.
const GROWING: [Component; 3] = [Component::Interest, Component::DefaultInterest, Component::Tax];

struct Meter<'a> {
    run: &'a Run,
    accruer: Accruer<'a>,
    stopped: bool,
}

impl<'a> Growth<'a> {
    pub(super) fn new(runs: &'a [Run], currency: Currency, rounding: Rounding) -> Result<Self, LedgerError> {
        let meter = |run: &'a Run| {
            let accruer = Accruer::new(&run.terms, run.from, Decimal::ZERO)?;
            Ok(Meter { run, accruer, stopped: false })
        };
        let meters = runs.iter().map(meter).collect::<Result<_, LedgerError>>()?;
        Ok(Self { currency, rounding, meters, taken: [0; 3] })
    }

    /// Lets interest grow until `day`; from `day` on the principal is `principal`.
    pub(super) fn advance(&mut self, day: NaiveDate, principal: Money) -> Result<(), LedgerError> {
        if self.meters.is_empty() {
            return Ok(());
        }
        let principal = if principal.is_negative() { Money::zero(self.currency) } else { principal };
        let principal = Decimal::from_money(principal);
        for meter in &mut self.meters {
            meter.advance(day, principal)?;
        }
        Ok(())
    }

    /// What has grown and was not taken before, rounded: the whole since the first day is rounded
    /// once, so that taking often or seldom gives the same sum.
    pub(super) fn take(&mut self) -> Result<Vec<(Component, Money)>, LedgerError> {
        let mut exact = [Decimal::ZERO; 3];
        for meter in &self.meters {
            let grown = meter.accruer.exact()?;
            for (component, sum) in GROWING.iter().zip(&mut exact) {
                if *component == meter.run.component {
                    *sum = sum.add(grown)?;
                } else if *component == Component::Tax {
                    *sum = sum.add(meter.accruer.vat()?)?;
                }
            }
        }
        let mut new = Vec::new();
        for ((component, exact), taken) in GROWING.iter().zip(exact).zip(&mut self.taken) {
            let whole = exact.to_money(self.currency, self.rounding)?;
            let more = whole.sub(Money::from_minor(*taken, self.currency))?;
            if !more.is_zero() {
                *taken = whole.minor();
                new.push((*component, more));
            }
        }
        Ok(new)
    }

    pub(super) fn segments(&self) -> Result<Vec<(Component, Segment)>, LedgerError> {
        let mut all = Vec::new();
        for meter in &self.meters {
            let earning = |segment: &Segment| !segment.principal.is_zero() && segment.days > 0;
            let segments = meter.accruer.segments()?.into_iter().filter(earning);
            all.extend(segments.map(|segment| (meter.run.component, segment)));
        }
        Ok(all)
    }
}

impl Meter<'_> {
    fn advance(&mut self, day: NaiveDate, principal: Decimal) -> Result<(), InterestError> {
        if self.stopped {
            return Ok(());
        }
        self.stopped = day >= self.run.until;
        self.accruer.advance(day.min(self.run.until), principal)
    }
}
