//! In which order a payment goes over instalments and their parts.

use chrono::NaiveDate;

use super::replay::Payment;
use super::{Entry, Open, Part};
use crate::ledger::waterfall::Direction;
use crate::money::{Money, MoneyError};

/// Where an instalment stands on the day of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    PastDue,
    Due,
    InAdvance,
}

impl Timing {
    fn of(due_on: NaiveDate, paid_on: NaiveDate) -> Self {
        match due_on.cmp(&paid_on) {
            std::cmp::Ordering::Less => Self::PastDue,
            std::cmp::Ordering::Equal => Self::Due,
            std::cmp::Ordering::Greater => Self::InAdvance,
        }
    }
}

/// The order of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentOrder {
    /// Instalment by instalment, oldest first; in each, what is due in one order and what is not
    /// yet due in another. A charge is due by its own date.
    Installments { due: [Part; 4], in_advance: [Part; 4] },
    /// Past due, due, and in advance, each with its order; horizontally or vertically. Charges
    /// fall due with their instalment, and a payment sees only those made by then.
    Timed { past_due: [Part; 4], due: [Part; 4], in_advance: [Part; 4], direction: Direction },
}

impl PaymentOrder {
    /// Pays as much of `payment` as goes; returns what each part received.
    pub(super) fn pay(
        &self,
        payment: &Payment,
        rows: &mut [Open],
        visible: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<(Part, Money)>, MoneyError> {
        let mut pot = Pot { payment, rest: payment.amount, taken: vec![] };
        match self {
            Self::Installments { due, in_advance } => {
                for row in rows {
                    pot.pay_installment(row, *due, *in_advance, &visible)?;
                }
            }
            Self::Timed { past_due, due, in_advance, direction } => {
                let steps =
                    [(Timing::PastDue, past_due), (Timing::Due, due), (Timing::InAdvance, in_advance)];
                for (timing, order) in steps {
                    pot.pay_timed(rows, timing, *order, *direction, &visible)?;
                }
            }
        }
        Ok(pot.taken)
    }
}

struct Pot<'a> {
    payment: &'a Payment,
    rest: Money,
    taken: Vec<(Part, Money)>,
}

impl Pot<'_> {
    fn pay(
        &mut self,
        row: &mut Open,
        part: Part,
        visible: impl Fn(&Entry) -> bool,
    ) -> Result<(), MoneyError> {
        let took = row.pay(part, self.rest, self.payment.on, visible)?;
        self.rest = self.rest.sub(took)?;
        self.taken.push((part, took));
        Ok(())
    }

    fn pay_installment(
        &mut self,
        row: &mut Open,
        due: [Part; 4],
        in_advance: [Part; 4],
        visible: &impl Fn(&Entry) -> bool,
    ) -> Result<(), MoneyError> {
        let on = self.payment.on;
        for part in due {
            self.pay(row, part, |entry| entry.due_on <= on && visible(entry))?;
        }
        for part in in_advance {
            self.pay(row, part, visible)?;
        }
        Ok(())
    }

    fn pay_timed(
        &mut self,
        rows: &mut [Open],
        timing: Timing,
        order: [Part; 4],
        direction: Direction,
        visible: &impl Fn(&Entry) -> bool,
    ) -> Result<(), MoneyError> {
        let on = self.payment.on;
        let mut matching: Vec<_> =
            rows.iter_mut().filter(|row| Timing::of(row.due_on, on) == timing).collect();
        match direction {
            Direction::Horizontal => {
                for row in matching {
                    for part in order {
                        self.pay(row, part, visible)?;
                    }
                }
            }
            Direction::Vertical => {
                for part in order {
                    for row in &mut matching {
                        self.pay(row, part, visible)?;
                    }
                }
            }
        }
        Ok(())
    }
}
