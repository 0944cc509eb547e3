//! The walk through time: interest so far, at any moment of an account's history.

use chrono::NaiveDate;

use super::{InterestError, PreparedTerms, Segment};
use crate::money::Decimal;

/// Walks an account's history once, forwards. At each fact call [`Accruer::advance`], and read
/// [`Accruer::exact`] whenever a fact needs the figure; both take the same time however long the
/// history is. Where neither principal nor rate changes nothing is split, so that the figure does
/// not depend on how often somebody looked.
#[derive(Clone, Debug)]
pub struct Accruer<'a> {
    terms: &'a PreparedTerms,
    starts_on: NaiveDate,
    forgiven_until: Option<NaiveDate>,
    closed: Vec<Closed>,
    /// The open segment's first day, principal and row of the rate table.
    open: Stretch,
    at: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: NaiveDate,
    principal: Decimal,
    row: usize,
}

#[derive(Clone, Copy, Debug)]
struct Closed {
    stretch: Stretch,
    to: NaiveDate,
    /// Of this and all segments before it, undivided.
    sum: Decimal,
}

impl<'a> Accruer<'a> {
    /// Starts with the principal that is overdue on the due date, in major units.
    ///
    /// # Errors
    /// No rate holds on the first day that counts, or a principal below zero.
    pub fn new(terms: &'a PreparedTerms, due: NaiveDate, principal: Decimal) -> Result<Self, InterestError> {
        not_negative(due, principal)?;
        let starts_on = terms.starts_on(due);
        let open = Stretch { from: starts_on, principal, row: terms.row_on(starts_on)? };
        let forgiven_until = terms.forgiven_until(due);
        Ok(Self { terms, starts_on, forgiven_until, closed: Vec::new(), open, at: None })
    }

    /// Goes to `to` with the principal held so far; from `to` on it is `principal`. Changes up to
    /// the first day that counts only set the principal. Several on one day leave the last.
    ///
    /// # Errors
    /// A date before the one advanced to last, a principal below zero, dates out of range.
    pub fn advance(&mut self, to: NaiveDate, principal: Decimal) -> Result<(), InterestError> {
        not_negative(to, principal)?;
        if let Some(after) = self.at.filter(|at| to < *at) {
            return Err(InterestError::OutOfOrder { on: to, after });
        }
        self.walk(to)?;
        self.at = Some(to);
        if principal != self.open.principal {
            let falls = principal < self.open.principal;
            self.set_principal(to, principal)?;
            if falls && self.forgiven_until.is_some_and(|last| to <= last) {
                self.forgive_above(principal)?;
            }
        }
        Ok(())
    }

    /// The principal now held.
    pub fn principal(&self) -> Decimal {
        self.open.principal
    }

    /// Whether everything until now is forgiven if it is paid now.
    pub fn in_grace(&self) -> bool {
        self.at.is_none_or(|at| at <= self.starts_on || self.forgiven_until.is_some_and(|last| at <= last))
    }

    /// The interest up to the date advanced to, unrounded, in major units.
    ///
    /// # Errors
    /// Overflow.
    pub fn exact(&self) -> Result<Decimal, InterestError> {
        if self.in_grace() {
            return Ok(Decimal::ZERO);
        }
        let sum = self.sum().add(self.undivided_of_open()?)?;
        Ok(sum.div(self.terms.divisor())?)
    }

    /// The tax on it, unrounded.
    ///
    /// # Errors
    /// Overflow.
    pub fn vat(&self) -> Result<Decimal, InterestError> {
        self.terms.vat_on(self.exact()?)
    }

    /// How the figure came about; none in grace.
    ///
    /// # Errors
    /// Overflow.
    pub fn segments(&self) -> Result<Vec<Segment>, InterestError> {
        if self.in_grace() {
            return Ok(Vec::new());
        }
        let open = self.at.filter(|at| *at > self.open.from).map(|at| (self.open, at));
        let closed = self.closed.iter().map(|closed| (closed.stretch, closed.to));
        closed.chain(open).map(|(stretch, to)| self.segment(stretch, to)).collect()
    }

    /// Closes a segment wherever the rate table has a new row before `to`.
    fn walk(&mut self, to: NaiveDate) -> Result<(), InterestError> {
        while let Some(next) = self.terms.row(self.open.row + 1).filter(|next| next.from < to) {
            let from = next.from;
            self.close(from)?;
            self.open = Stretch { from, row: self.open.row + 1, ..self.open };
        }
        Ok(())
    }

    fn set_principal(&mut self, on: NaiveDate, principal: Decimal) -> Result<(), InterestError> {
        if on > self.open.from {
            self.close(on)?;
            self.open = Stretch { from: on, principal, row: self.terms.row_on(on)? };
        } else {
            self.open.principal = principal;
            self.reopen();
        }
        Ok(())
    }

    /// A principal taken back on the day it was changed was never changed.
    fn reopen(&mut self) {
        let open = self.open;
        let same = |last: &Closed| {
            last.to == open.from && last.stretch.principal == open.principal && last.stretch.row == open.row
        };
        if self.closed.last().is_some_and(same)
            && let Some(last) = self.closed.pop()
        {
            self.open = last.stretch;
        }
    }

    /// What is paid within grace earns nothing, so earlier segments count only what remained.
    fn forgive_above(&mut self, principal: Decimal) -> Result<(), InterestError> {
        let closed = std::mem::take(&mut self.closed);
        let last = std::mem::replace(&mut self.open, Stretch { from: self.starts_on, principal, row: 0 });
        let mut stretches = closed.into_iter().map(|closed| closed.stretch).chain([last]);
        if let Some(first) = stretches.next() {
            self.open = Stretch { principal: first.principal.min(principal), ..first };
        }
        for stretch in stretches {
            let held = stretch.principal.min(principal);
            if held != self.open.principal || stretch.row != self.open.row {
                self.close(stretch.from)?;
                self.open = Stretch { principal: held, ..stretch };
            }
        }
        Ok(())
    }

    fn close(&mut self, to: NaiveDate) -> Result<(), InterestError> {
        let sum = self.sum().add(self.undivided(self.open, to)?)?;
        self.closed.push(Closed { stretch: self.open, to, sum });
        Ok(())
    }

    fn sum(&self) -> Decimal {
        self.closed.last().map_or(Decimal::ZERO, |last| last.sum)
    }

    fn undivided_of_open(&self) -> Result<Decimal, InterestError> {
        match self.at.filter(|at| *at > self.open.from) {
            Some(at) => self.undivided(self.open, at),
            None => Ok(Decimal::ZERO),
        }
    }

    fn undivided(&self, stretch: Stretch, to: NaiveDate) -> Result<Decimal, InterestError> {
        let row = self.terms.row(stretch.row).ok_or(InterestError::NoRateOn(stretch.from))?;
        self.terms.undivided(row, stretch.principal, stretch.from, to)
    }

    fn segment(&self, stretch: Stretch, to: NaiveDate) -> Result<Segment, InterestError> {
        let row = self.terms.row(stretch.row).ok_or(InterestError::NoRateOn(stretch.from))?;
        Ok(Segment {
            from: stretch.from,
            to,
            days: self.terms.days(stretch.from, to)?,
            principal: stretch.principal,
            rate_pct: row.rate_pct,
            agreed_pct: row.agreed_pct,
            capped: row.capped(),
            interest: self.undivided(stretch, to)?.div(self.terms.divisor())?,
        })
    }
}

fn not_negative(on: NaiveDate, principal: Decimal) -> Result<(), InterestError> {
    if principal.is_negative() { Err(InterestError::NegativePrincipal { on, principal }) } else { Ok(()) }
}
