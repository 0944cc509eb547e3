//! A plan changed by its debtor: the next instalment at another day, skipped once, or in two parts.
//!
//! Pure: the schedule, what was paid and the limits go in, another schedule that comes to the same
//! total goes out. What has fallen due and what is paid never moves.

#[cfg(test)]
mod tests;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::lifecycle::{Arrangement, ArrangementStatus, Due, InstallmentStatus, Progress};
use super::schedule::PlanError;
use crate::money::{Money, MoneyError};
use crate::party::text_enum;

/// How far debtors may change a plan that they keep; each number counts for the whole agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeLimits {
    /// By how many days an instalment, or the second half of one, may come later.
    pub move_days: u16,
    pub moves: u32,
    pub skips: u32,
    pub splits: u32,
}

impl Default for ChangeLimits {
    fn default() -> Self {
        Self { move_days: 15, moves: 2, skips: 1, splits: 2 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Move,
    Skip,
    Split,
}

text_enum!(ChangeKind { Move = "move", Skip = "skip", Split = "split" });

/// What the debtor asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum PlanChange {
    /// The next instalment on another day.
    Move { to: NaiveDate },
    /// What is left of the next instalment comes after the last one.
    Skip,
    /// What is left of the next instalment in two parts: the first on its day, the second on this one.
    Split { second_on: NaiveDate },
}

impl PlanChange {
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Self::Move { .. } => ChangeKind::Move,
            Self::Skip => ChangeKind::Skip,
            Self::Split { .. } => ChangeKind::Split,
        }
    }
}

/// Why a change is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error("only an active arrangement can be changed")]
    NotActive,
    #[error("an instalment is past due; only a plan that is kept can be changed")]
    NotKept,
    #[error("there is no instalment left to change")]
    NothingLeft,
    #[error("this was done {0} time(s) already; that is all that the policy allows")]
    NoMore(u32),
    #[error("{day} is not possible; choose a day from {from} to {to}")]
    Day { day: NaiveDate, from: NaiveDate, to: NaiveDate },
    #[error("no day is left between this instalment and the one after it")]
    NoDay,
    #[error("the last instalment cannot be skipped; there is none after it")]
    Last,
    #[error("an instalment of {0} is too small to be split")]
    Small(Money),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What can be changed today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeOptions {
    pub next: InstallmentStatus,
    /// The days to which it can move.
    pub move_to: Option<(NaiveDate, NaiveDate)>,
    /// When a skipped one would fall due.
    pub skip_to: Option<NaiveDate>,
    /// The parts, and the days for the second one.
    pub split: Option<(Money, Money, NaiveDate, NaiveDate)>,
    /// How often each can still be done, this time included.
    pub left: [(ChangeKind, u32); 3],
}

/// How often each was done before: `made(kind)`.
pub type Made<'a> = &'a dyn Fn(ChangeKind) -> u32;

impl ChangeLimits {
    const fn most(&self, kind: ChangeKind) -> u32 {
        match kind {
            ChangeKind::Move => self.moves,
            ChangeKind::Skip => self.skips,
            ChangeKind::Split => self.splits,
        }
    }

    /// What the debtor can choose from.
    ///
    /// # Errors
    /// Nothing can be changed at all.
    pub fn options(
        &self,
        of: &Arrangement,
        progress: &Progress,
        made: Made,
        today: NaiveDate,
    ) -> Result<ChangeOptions, ChangeError> {
        let place = Place::of(of, progress, today)?;
        let left = |kind| self.most(kind).saturating_sub(made(kind));
        let can = |kind| left(kind) > 0;
        let move_to = place.days(place.first_move(today), self.move_days).filter(|_| can(ChangeKind::Move));
        let skip_to = if can(ChangeKind::Skip) { place.skip_to(of).ok() } else { None };
        let parts = place.parts(of).ok();
        let days = place.days(place.next.due_on.succ_opt(), self.move_days);
        let split = parts.zip(days).filter(|_| can(ChangeKind::Split));
        Ok(ChangeOptions {
            next: place.next,
            move_to,
            skip_to,
            split: split.map(|((first, second), (from, to))| (first, second, from, to)),
            left: [ChangeKind::Move, ChangeKind::Skip, ChangeKind::Split].map(|kind| (kind, left(kind))),
        })
    }

    /// The schedule after a change; it comes to the same total.
    ///
    /// # Errors
    /// What is not possible, and why.
    pub fn changed(
        &self,
        of: &Arrangement,
        progress: &Progress,
        change: PlanChange,
        made: Made,
        today: NaiveDate,
    ) -> Result<Vec<Due>, ChangeError> {
        let place = Place::of(of, progress, today)?;
        let before = made(change.kind());
        if before >= self.most(change.kind()) {
            return Err(ChangeError::NoMore(before));
        }
        let within = |day: NaiveDate, from: Option<NaiveDate>| {
            let (from, to) = place.days(from, self.move_days).ok_or(ChangeError::NoDay)?;
            if day < from || day > to { Err(ChangeError::Day { day, from, to }) } else { Ok(()) }
        };
        let next = place.next;
        let mut schedule = of.schedule.clone();
        let tail = schedule.split_off(place.at.saturating_add(1).min(schedule.len()));
        schedule.truncate(place.at);
        let mut part = |due_on, amount: Money| {
            if amount.is_positive() {
                schedule.push(Due { due_on, amount });
            }
        };
        let mut end = None;
        match change {
            PlanChange::Move { to } => {
                within(to, place.first_move(today))?;
                if to == next.due_on {
                    return Err(ChangeError::NoDay);
                }
                part(to, next.amount);
            }
            PlanChange::Skip => {
                end = Some(Due { due_on: place.skip_to(of)?, amount: next.left });
                part(next.due_on, next.paid);
            }
            PlanChange::Split { second_on } => {
                let (first, second) = place.parts(of)?;
                within(second_on, next.due_on.succ_opt())?;
                part(next.due_on, next.paid.add(first)?);
                part(second_on, second);
            }
        }
        schedule.extend(tail);
        schedule.extend(end);
        Ok(schedule)
    }
}

/// The next instalment among the others.
struct Place {
    next: InstallmentStatus,
    at: usize,
    /// The day of the one after it.
    after: Option<NaiveDate>,
    before: Option<NaiveDate>,
}

impl Place {
    fn of(of: &Arrangement, progress: &Progress, today: NaiveDate) -> Result<Self, ChangeError> {
        if of.status != ArrangementStatus::Active {
            return Err(ChangeError::NotActive);
        }
        if !progress.is_kept() {
            return Err(ChangeError::NotKept);
        }
        let next = *progress.next().ok_or(ChangeError::NothingLeft)?;
        let at = progress.installments.iter().position(|one| one.number == next.number).unwrap_or(0);
        if next.due_on < today {
            return Err(ChangeError::NotKept);
        }
        let day = |at: usize| of.schedule.get(at).map(|due| due.due_on);
        let before = at.checked_sub(1).and_then(day);
        Ok(Self { next, at, after: day(at.saturating_add(1)), before })
    }

    /// The earliest day to move to: today, and after the instalment before it.
    fn first_move(&self, today: NaiveDate) -> Option<NaiveDate> {
        let after = self.before.map_or(Some(today), |before| before.succ_opt())?;
        Some(after.max(today))
    }

    /// Days from `from` on: `most` after its own day at the latest, and before the one after it.
    fn days(&self, from: Option<NaiveDate>, most: u16) -> Option<(NaiveDate, NaiveDate)> {
        let latest = self.next.due_on.checked_add_days(Days::new(most.into()))?;
        let to = self.after.and_then(|after| after.pred_opt()).map_or(latest, |before| before.min(latest));
        let from = from?;
        (from <= to).then_some((from, to))
    }

    fn skip_to(&self, of: &Arrangement) -> Result<NaiveDate, ChangeError> {
        let last = of.schedule.last().map(|due| due.due_on).filter(|_| self.after.is_some());
        Ok(of.terms.frequency().after(last.ok_or(ChangeError::Last)?, 1)?)
    }

    /// What is left in two parts; the first is the larger by a unit at most.
    fn parts(&self, of: &Arrangement) -> Result<(Money, Money), ChangeError> {
        let left = self.next.left;
        let second = Money::from_minor(left.minor() / 2, left.currency());
        let small = of.terms.min_installment.is_some_and(|least| second < least);
        if small || !second.is_positive() {
            return Err(ChangeError::Small(left));
        }
        Ok((left.sub(second)?, second))
    }
}
